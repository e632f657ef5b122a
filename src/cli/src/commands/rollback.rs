// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, RollBackOptions};
use isotope_model::{OperationKind, RollbackPlan};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Lets the next restart start the version before, once the person has agreed to it.
pub(crate) async fn run(context: &Context, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let plan = RollbackPlan::of(&before).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["rollback"])? {
        confirmation::ask(context, question::rollback(&plan, &before, &context.view)).await?;
    }
    let options = RollBackOptions { token: Some(before.token.clone()), expected: Some(plan.boots_next) };
    let outcome = following::run(context, &client, &before, OperationKind::RollBack, client.roll_back(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
