// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{Client, ClientError, SwitchOptions, wording};
use isotope_model::{
    Backend, ImagePreview, ImageReference, OperationKind, Refusal, Snapshot, Trust, TrustState, check_switch,
    resolve_image, update_source,
};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following::{self, Asked};
use crate::render::question::{self, Prospect};
use crate::{confirmation, lookup, output};

/// Downloads and stages another image, once the person has agreed to it; if the registry could be asked what that image
/// is, this very one.
pub(crate) async fn run(context: &Context, image: &str, soft_restart: bool, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let target = resolve_image(&before, image).map_err(ClientError::Refused)?;
    check_switch(&before, &target).map_err(ClientError::Refused)?;
    let mut prospect = Prospect {
        present: present(context, &client, &before).await,
        trust: context.trust(&client, Some(image)).await.ok(),
        preview: None,
    };
    if confirmation::needed(context, agreed, &["switch", image])? {
        prospect.preview = preview(context, &client, image, &target, &before).await?;
        if let Some(trust) = prospect.trust().filter(|trust| trust.state == TrustState::Refused) {
            return Err(ClientError::Refused(refused(trust)).into());
        }
        confirmation::ask(context, question::switch(&target, &prospect, &before, &context.view)).await?;
    } else if let Some(lost) = prospect.weakened(&target) {
        // Nobody is asked, and yet it is said.
        output::remarks(context.terminal, &[lost]);
    }
    let expected = prospect.preview.map(|preview| preview.digest);
    let options = SwitchOptions { token: Some(before.token.clone()), expected, soft_restart };
    let asked = Asked { kind: OperationKind::Switch, soft_restart };
    let outcome = following::run(context, &client, &before, asked, client.switch(image, options)).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// Who vouches for what runs, and for what is followed where that is another image.
async fn present(context: &Context, client: &Client, before: &Snapshot) -> Vec<Trust> {
    let booted = before.booted().and_then(|booted| booted.image.as_ref());
    let followed = update_source(before).ok();
    let images = [booted, followed.filter(|followed| Some(*followed) != booted)];
    let mut known = Vec::new();
    for image in images.into_iter().flatten() {
        known.extend(context.trust(client, Some(&image.to_string())).await.ok());
    }
    known
}

/// What the rules of this computer refuse is not asked about.
fn refused(trust: &Trust) -> Refusal {
    Refusal::SignatureRefused {
        problem: trust.signature_problem(),
        reference: trust.image.to_string(),
        detail: wording::trust(trust),
    }
}

/// What the registry tells of the image, as far as it can be asked.
///
/// # Errors
/// There is no such image for this computer, so that there is nothing to agree to; or Ctrl-C.
async fn preview(
    context: &Context,
    client: &Client,
    image: &str,
    target: &ImageReference,
    snapshot: &Snapshot,
) -> Result<Option<ImagePreview>, Failure> {
    if snapshot.host.backend != Backend::Bootc || target.in_registry().is_none() {
        return Ok(None);
    }
    match lookup::free_preview(context, client, image).await {
        Ok(preview) => Ok(Some(preview)),
        Err(
            failure @ (Failure::Interrupted
            | Failure::Service(ClientError::Refused(
                Refusal::ImageNotFound { .. } | Refusal::WrongArchitecture { .. },
            ))),
        ) => Err(failure),
        Err(_) => Ok(None),
    }
}
