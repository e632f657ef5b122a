// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{BootOrderPlan, OperationKind, Trial};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Lets the next restart start what ran before the switch, once the person has agreed to it.
pub(crate) async fn run(context: &Context, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let target = Trial::of(&before).map_err(ClientError::Refused)?.before;
    let plan = BootOrderPlan::starting(&before, &target.id).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["go-back"])? {
        confirmation::ask(context, question::go_back(&plan, &before, &context.view)).await?;
    }
    let request = client.set_default(&target.id, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::SetDefault, request).await?;
    Ok(Exit::of_outcome(&outcome))
}
