// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, KeepOptions};
use isotope_model::{OperationKind, Trial};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following;

/// Decides that what was switched to is kept.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let trial = Trial::of(&before).map_err(ClientError::Refused)?;
    let options = KeepOptions { token: Some(before.token.clone()), expected: Some(trial.before.id.clone()) };
    let outcome = following::run(context, &client, &before, OperationKind::Keep, client.keep(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
