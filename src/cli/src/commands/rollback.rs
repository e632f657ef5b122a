// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, RollBackOptions};
use isotope_model::{Refusal, RollbackPlan};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{following, output, terminal};

/// Lets the next restart start the version before, once the person has agreed to it.
pub(crate) async fn run(context: &Context, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let plan = RollbackPlan::of(&before).map_err(ClientError::Refused)?;
    if !agreed {
        if !context.ask || !context.terminal.can_ask() {
            return Err(Failure::Unconfirmed);
        }
        output::remarks(context.terminal, &question::rollback(&plan, &before, &context.view));
        if !terminal::confirm(question::go_ahead(&plan)).await? {
            return Err(ClientError::Refused(Refusal::Cancelled).into());
        }
    }
    let options = RollBackOptions { token: Some(before.token.clone()), expected: Some(plan.boots_next) };
    let outcome = following::run(context, &client, &before, client.roll_back(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
