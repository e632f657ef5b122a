// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, DiscardOptions};
use isotope_model::{BootOrderPlan, OperationKind, possible};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Discards what is staged, once the person has agreed to it.
pub(crate) async fn run(context: &Context, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    possible(OperationKind::Discard, &before).map_err(ClientError::Refused)?;
    let plan = BootOrderPlan::discarding(&before).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["discard"])? {
        confirmation::ask(context, question::discard(&plan, &before, &context.view)).await?;
    }
    let options = DiscardOptions { token: Some(before.token.clone()), expected: plan.discards };
    let outcome = following::run(context, &client, &before, OperationKind::Discard, client.discard(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
