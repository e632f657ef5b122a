// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::anyhow;
use isotope_model::{AvailableUpdate, Outcome, Phase, Refusal, Snapshot, require_newer, update_source};

use super::super::noted_image::noted_of;
use super::run::{End, Run};
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::merge_commit::{self, ImageFacts};
use crate::bootc_backend::output::{Announced, Said};
use crate::bootc_backend::program::Program;
use crate::bootc_backend::stored_images;
use crate::failure::Failure;
use crate::ostree_backend::refs;
use crate::session::{Session, ended};
use crate::sysroot;

/// What the registry has, compared with what is here.
#[derive(Debug)]
pub(super) enum Found {
    /// A newer image.
    Newer(AvailableUpdate),
    /// What is here.
    Nothing,
    /// bootc cannot look without updating, or said nothing that makes sense.
    Unknown,
}

/// Asks the registry what the followed tag names now. Deployments are not touched.
pub(crate) fn check(session: &Session<'_>) -> Outcome {
    let ask = || -> Result<Outcome, Failure> {
        let before = session.settle()?;
        let program = session.find_bootc()?;
        match look(session, &program, &before)? {
            Found::Newer(update) => Ok(Outcome::UpdateAvailable { update }),
            Found::Nothing => Ok(Outcome::UpToDate),
            Found::Unknown => Err(anyhow!("bootc ended well, but said nothing about an update").into()),
        }
    };
    ask().unwrap_or_else(|failure| ended(failure, None))
}

/// Has bootc look for a newer image.
///
/// # Errors
/// The network, the signature, the registry; [`Refusal::Older`]; a cancel.
pub(super) fn look(session: &Session<'_>, program: &Program, before: &Snapshot) -> Result<Found, Failure> {
    let image = update_source(before)?;
    let newest = before.newest().ok_or(Refusal::NotBooted)?;
    session.reporter.phase(Phase::Checking);
    let reference = image.to_string();
    let run = Run { program, verb: Verb::Check, reference: &reference, expected: None };
    let End { refusal, said, .. } = run.follow(session)?;
    match refusal {
        None => {}
        Some(Refusal::NotSupported { .. }) => return Ok(Found::Unknown),
        Some(refusal) => return Err(refusal.into()),
    }
    let repo = sysroot::open()?.repo();
    let refs = refs::read(&repo)?;
    let facts = match said {
        Said::UpdateAvailable(announced) => {
            let noted = image.container().map(|container| noted_of(&repo, &refs, before, &container));
            let found = noted.into_iter().flatten().find(|noted| noted.digest == announced.digest);
            let Announced { digest, version, .. } = announced;
            found.unwrap_or_else(|| ImageFacts { digest, version, ..ImageFacts::default() })
        }
        // So it says too of what was pulled once and is not deployed, for instance because it was discarded.
        Said::NoChanges => {
            let pulled = image.container().and_then(|container| stored_images::pulled(&refs, &container));
            let facts = pulled.and_then(|commit| merge_commit::of_commit(&repo, commit).ok().flatten());
            match facts {
                Some(facts) => facts,
                None => return Ok(Found::Nothing),
            }
        }
        Said::StagedAlready => return Ok(Found::Nothing),
        _ => return Ok(Found::Unknown),
    };
    let Some(digest) = facts.digest.clone() else { return Ok(Found::Unknown) };
    if digest == newest.image_checksum() {
        return Ok(Found::Nothing);
    }
    require_newer(before, image, facts.built)?;
    let here = |name: &str| refs.layers.iter().any(|layer| layer.name == name);
    Ok(Found::Newer(AvailableUpdate {
        image: image.clone(),
        checksum: digest,
        download_bytes: facts.missing_bytes(|layer| here(&layer.ref_name())),
        version: facts.version,
        built: facts.built,
    }))
}
