// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{ClientError, SwitchOptions};
use isotope_model::{ImageReference, Refusal, check_switch};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Downloads and stages another image, once the person has agreed to it.
pub(crate) async fn run(context: &Context, image: &str, agreed: bool) -> Result<Exit, Failure> {
    let malformed = |_| ClientError::Refused(Refusal::malformed_reference(image));
    let target = ImageReference::from_refspec(image).map_err(malformed)?;
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    check_switch(&before, &target).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["switch", image])? {
        confirmation::ask(context, question::switch(&target, &before, &context.view)).await?;
    }
    let options = SwitchOptions { token: Some(before.token.clone()), ..SwitchOptions::default() };
    let outcome = following::run(context, &client, &before, client.switch(image, options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
