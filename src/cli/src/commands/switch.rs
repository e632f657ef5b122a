// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{Client, ClientError, SwitchOptions, wording};
use isotope_model::{
    ImageReference, LayeredEffect, OperationKind, Outcome, Preflight, Refusal, Snapshot, Trust, TrustState,
    check_switch_or_reset, layered_effect, update_source,
};

use crate::chosen_image::{self, ChosenImage};
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following::{self, Asked};
use crate::render::preflight;
use crate::render::question::{self, Prospect};
use crate::{confirmation, lookup, output};

/// How a person wants to switch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wish {
    /// Prepare a restart that does not restart the hardware.
    pub(crate) soft_restart: bool,
    /// Leave what runs unpinned.
    pub(crate) without_pin: bool,
    /// Take back what rpm-ostree has changed.
    pub(crate) reset: bool,
    /// Nobody is to be asked.
    pub(crate) agreed: bool,
}

/// Downloads and stages another image, once the person has agreed to it; if it could be looked at, this very one.
pub(crate) async fn run(context: &Context, typed: &str, wish: Wish) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let catalogs = context.catalogs(&client).await.ok();
    let chosen = chosen_image::of(context, &client, &before, catalogs.as_ref(), typed).await?;
    match check_switch_or_reset(&before, &chosen.target, wish.reset) {
        // What is found before the switch names the packages.
        Ok(()) | Err(Refusal::LocallyModified { .. } | Refusal::NeedsReset { .. }) => {}
        Err(refusal) => return Err(ClientError::Refused(refusal).into()),
    }
    let command: &[_] = if wish.reset { &["switch", typed, "--reset"] } else { &["switch", typed] };
    let ask = confirmation::needed(context, wish.agreed, command)?;
    let (mut prospect, unlooked) = prospect(context, &client, &chosen, &before, ask).await?;
    if let Some(refusal) = unlooked {
        output::remarks(context.terminal, &[preflight::not_looked_at(&refusal)]);
        // What is layered is known all the same.
        if !wish.reset && needs_reset(&before, &chosen.target) {
            let reference = chosen.target.to_string();
            return Err(ClientError::Refused(Refusal::NeedsReset { reference }).into());
        }
    }
    prospect.variant = prospect.preflight.as_ref().and_then(|found| preflight::variant(found, catalogs.as_ref()));
    prospect.without_pin = wish.without_pin;
    if let Some(preflight) = prospect.preflight.as_ref().filter(|preflight| preflight.is_blocked(wish.reset)) {
        return Err(Failure::Blocked { preflight: Box::new(preflight.clone()), reset: wish.reset });
    }
    prospect.taken_back = before.newest().map(|newest| newest.layered.clone()).filter(|_| wish.reset);
    if ask {
        if let Some(trust) = prospect.trust.as_ref().filter(|trust| trust.state == TrustState::Refused) {
            return Err(ClientError::Refused(refused(trust)).into());
        }
        confirmation::ask(context, question::switch(&chosen.target, &prospect, &before, &context.view)).await?;
    } else {
        // Nobody is asked, and yet it is said.
        output::remarks(context.terminal, &prospect.warnings(&chosen.target, &context.view));
    }
    let options = SwitchOptions {
        token: Some(before.token.clone()),
        expected: prospect.preflight.and_then(|preflight| preflight.checksum),
        soft_restart: wish.soft_restart,
        without_pin: wish.without_pin,
        reset: wish.reset,
    };
    let asked = Asked { kind: OperationKind::Switch, soft_restart: wish.soft_restart };
    let outcome = following::run(context, &client, &before, asked, client.switch(&chosen.asked, options)).await?;
    if matches!(outcome, Outcome::Staged { .. }) && !context.json {
        tell_of_content(context, &client).await?;
    }
    Ok(Exit::of_outcome(&outcome))
}

/// Everything that is known of the image; where this person may not have it looked at, who vouches for it at least, and why.
/// Who is asked anyhow may be asked for a password as well.
///
/// # Errors
/// It could not be looked at for a reason that may pass; Ctrl-C.
async fn prospect(
    context: &Context,
    client: &Client,
    chosen: &ChosenImage,
    before: &Snapshot,
    ask: bool,
) -> Result<(Prospect, Option<Refusal>), Failure> {
    let image = Some(chosen.asked.as_str());
    let looked = match ask {
        true => lookup::preflight(context, client, image).await,
        false => lookup::free_preflight(context, client, image).await,
    };
    match looked {
        Ok(preflight) => Ok((Prospect { preflight: Some(preflight), ..Prospect::default() }, None)),
        // It may still be switched to: that is another right.
        Err(Failure::Service(ClientError::Refused(
            refusal @ (Refusal::NotAuthorised { .. } | Refusal::Dismissed { .. }),
        ))) => {
            let present = present(context, client, before).await;
            let trust = context.trust(client, image).await.ok();
            Ok((Prospect { present, trust, ..Prospect::default() }, Some(refusal)))
        }
        Err(failure) => Err(failure),
    }
}

/// What rpm-ostree has changed cannot stay with this switch.
fn needs_reset(before: &Snapshot, target: &ImageReference) -> bool {
    before.newest().is_some_and(|newest| !newest.layered.is_empty())
        && layered_effect(before, target) == LayeredEffect::NeedsReset
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

/// What could only be seen once it was downloaded, where there is something to be done about it.
async fn tell_of_content(context: &Context, client: &Client) -> Result<(), Failure> {
    let found: Option<Preflight> = lookup::free_preflight(context, client, None).await.ok();
    let lines = found.map(|found| preflight::before_restart(&found, &context.view)).unwrap_or_default();
    output::results(context.terminal, &lines)?;
    Ok(())
}
