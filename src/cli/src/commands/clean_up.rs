// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{OperationKind, possible};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Removes what nothing refers to, once the person has agreed to it and knows what that frees.
pub(crate) async fn run(context: &Context, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    possible(OperationKind::CleanUp, &before).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["cleanup"])? {
        let frees = context.disk_usage(&client).await.ok().map(|usage| usage.clean_up_bytes);
        confirmation::ask(context, question::clean_up(frees)).await?;
    }
    let outcome =
        following::run(context, &client, &before, OperationKind::CleanUp, client.clean_up(Some(before.token.clone())))
            .await?;
    Ok(Exit::of_outcome(&outcome))
}
