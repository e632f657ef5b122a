// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{BootOrderPlan, OperationKind};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{commands, confirmation, following};

/// Lets the next restart start this deployment, once the person has agreed to it.
pub(crate) async fn run(context: &Context, named: &str, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (before, target) = context.chosen(&client, named).await?;
    commands::offered(OperationKind::SetDefault, &before)?;
    let plan = BootOrderPlan::starting(&before, &target.id).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["set-default", named])? {
        confirmation::ask(context, question::set_default(&plan, &before, &context.view)).await?;
    }
    let request = client.set_default(&target.id, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::SetDefault, request).await?;
    Ok(Exit::of_outcome(&outcome))
}
