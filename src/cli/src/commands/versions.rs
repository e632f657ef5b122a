// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::OperationKind;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following;

/// Asks which versions of the followed image there are.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let outcome =
        following::run(context, &client, &before, OperationKind::ListVersions, client.list_versions()).await?;
    Ok(Exit::of_outcome(&outcome))
}
