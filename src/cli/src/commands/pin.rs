// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{OperationKind, check_target};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::{commands, following};

/// Keeps a deployment until it is unpinned.
pub(crate) async fn pin(context: &Context, named: &str) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (before, target) = context.chosen(&client, named).await?;
    commands::offered(OperationKind::Pin, &before)?;
    check_target(OperationKind::Pin, &before, &target.id).map_err(ClientError::Refused)?;
    let request = client.pin(&target.id, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::Pin, request).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// Keeps a deployment no longer than others.
pub(crate) async fn unpin(context: &Context, named: &str) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (before, target) = context.chosen(&client, named).await?;
    commands::offered(OperationKind::Unpin, &before)?;
    check_target(OperationKind::Unpin, &before, &target.id).map_err(ClientError::Refused)?;
    let request = client.unpin(&target.id, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::Unpin, request).await?;
    Ok(Exit::of_outcome(&outcome))
}
