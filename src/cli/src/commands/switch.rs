// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, SwitchOptions};
use isotope_model::{OperationKind, check_switch, resolve_image};

use crate::confirmation;
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following::{self, Asked};
use crate::render::question;

/// Downloads and stages another image, once the person has agreed to it.
pub(crate) async fn run(context: &Context, image: &str, soft_restart: bool, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let target = resolve_image(&before, image).map_err(ClientError::Refused)?;
    check_switch(&before, &target).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["switch", image])? {
        let trust = context.trust(&client, image).await.ok();
        confirmation::ask(context, question::switch(&target, trust.as_ref(), &before, &context.view)).await?;
    }
    let options = SwitchOptions { token: Some(before.token.clone()), soft_restart, ..SwitchOptions::default() };
    let asked = Asked { kind: OperationKind::Switch, soft_restart };
    let outcome = following::run(context, &client, &before, asked, client.switch(image, options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
