// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{AvailableUpdate, Outcome, Phase, Refusal, Snapshot, require_newer, update_source};

use super::new_deployment::not_whole_yet;
use super::source;
use crate::failure::Failure;
use crate::mount_namespace;
use crate::ostree_backend::commit::CommitFacts;
use crate::ostree_backend::download_size;
use crate::ostree_backend::pull::fetch_commit;
use crate::session::{Session, ended};
use crate::sysroot;

/// Asks the remote what the followed branch names now. Deployments are not touched and the sysroot's lock is not taken.
pub(crate) fn check(session: &Session<'_>) -> Outcome {
    ask(session).unwrap_or_else(|failure| ended(failure, None))
}

fn ask(session: &Session<'_>) -> Result<Outcome, Failure> {
    session.reporter.phase(Phase::Checking);
    mount_namespace::make_sysroot_writable()?;
    let sysroot = sysroot::open()?;
    let snapshot = sysroot::snapshot_of(&sysroot)?;
    session.check_state(&snapshot, Some(&sysroot.repo()))?;
    Ok(match look(session, &sysroot.repo(), &snapshot)? {
        Some(update) => Outcome::UpdateAvailable { update },
        None => Outcome::UpToDate,
    })
}

/// What the remote has that is newer than what boots next, if anything.
///
/// # Errors
/// The network, the signature, or [`Refusal::Older`].
pub(super) fn look(
    session: &Session<'_>,
    repo: &ostree::Repo,
    snapshot: &Snapshot,
) -> Result<Option<AvailableUpdate>, Failure> {
    let image = update_source(snapshot)?;
    let source = source::of_image(image)?;
    let checksum = fetch_commit(repo, &source, session.cancellable())?;
    not_whole_yet(repo, snapshot, &checksum);
    let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
    let current = snapshot.newest().unwrap_or(booted);
    if checksum == current.id.checksum() {
        return Ok(None);
    }
    let facts = CommitFacts::load(repo, &checksum)?;
    require_newer(snapshot, image, facts.built)?;
    let download_bytes = download_size::of_pull(repo, &source, &checksum, session.cancellable());
    session.require_not_cancelled()?;
    Ok(Some(AvailableUpdate {
        image: image.clone(),
        checksum,
        version: facts.version,
        built: facts.built,
        download_bytes,
    }))
}
