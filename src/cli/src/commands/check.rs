// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{OperationKind, Outcome};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following;

/// Looks for an update.
pub(crate) async fn run(context: &Context, exit_code: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let outcome = following::run(context, &client, &before, OperationKind::Check, client.check()).await?;
    Ok(match outcome {
        Outcome::UpdateAvailable { .. } if exit_code => Exit::UpdateAvailable,
        outcome => Exit::of_outcome(&outcome),
    })
}
