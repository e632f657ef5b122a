// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{Client, ClientError, SwitchOptions};
use isotope_model::{ImageReference, OperationKind, Signature, SignatureState, Snapshot, check_switch, resolve_image};

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
        let signature = signature_of_remote(context, &client, &before, &target).await;
        confirmation::ask(context, question::switch(&target, signature.as_ref(), &before, &context.view)).await?;
    }
    let options = SwitchOptions { token: Some(before.token.clone()), soft_restart, ..SwitchOptions::default() };
    let asked = Asked { kind: OperationKind::Switch, soft_restart };
    let outcome = following::run(context, &client, &before, asked, client.switch(image, options)).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// How this computer judges a deployment that came from the same remote, where it has one: the remote's signatures are
/// then demanded of the new image too, or not.
async fn signature_of_remote(
    context: &Context,
    client: &Client,
    snapshot: &Snapshot,
    target: &ImageReference,
) -> Option<Signature> {
    let ImageReference::Ostree { remote, .. } = target else { return None };
    let same =
        |image: &ImageReference| matches!(image, ImageReference::Ostree { remote: other, .. } if other == remote);
    let known = snapshot.deployments.iter().find(|deployment| deployment.image.as_ref().is_some_and(same))?;
    let signature = context.details(client, &known.id).await.ok()?.signature;
    Some(signature).filter(|signature| signature.required || signature.state != SignatureState::Unknown)
}
