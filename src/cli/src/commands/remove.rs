// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{OperationKind, check_target};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{commands, confirmation, following};

/// Removes a deployment, once the person has agreed to it and knows what that frees.
pub(crate) async fn run(context: &Context, named: &str, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (before, target) = context.chosen(&client, named).await?;
    commands::offered(OperationKind::Remove, &before)?;
    check_target(OperationKind::Remove, &before, &target.id).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["remove", named])? {
        let usage = context.disk_usage(&client).await.ok();
        let frees = usage.and_then(|usage| usage.of(&target.id));
        confirmation::ask(context, question::remove(&target, frees, &before, &context.view)).await?;
    }
    let request = client.remove(&target.id, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::Remove, request).await?;
    Ok(Exit::of_outcome(&outcome))
}
