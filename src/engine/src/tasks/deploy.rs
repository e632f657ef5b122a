// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase, Refusal, Snapshot, update_source};
use ostree::Sysroot;

use super::new_deployment::{NewDeployment, not_whole_yet};
use super::source;
use crate::failure::Failure;
use crate::mount_namespace;
use crate::ostree_backend::stage::{origin_to_follow, stay_at};
use crate::ostree_backend::{download_size, versions};
use crate::session::{Session, ended};
use crate::sysroot;

/// Asks the remote which versions of the followed image there are. Deployments are not touched and the sysroot's lock is
/// not taken.
pub(crate) fn list_versions(session: &Session<'_>) -> Outcome {
    let ask = || -> Result<Outcome, Failure> {
        session.reporter.phase(Phase::Checking);
        mount_namespace::make_sysroot_writable()?;
        let sysroot = sysroot::open()?;
        let snapshot = sysroot::snapshot_of(&sysroot)?;
        session.check_state(&snapshot, Some(&sysroot.repo()))?;
        let source = source::of_image(update_source(&snapshot)?)?;
        let versions = versions::list(&sysroot.repo(), &source, session.cancellable())?;
        versions.iter().for_each(|version| not_whole_yet(&sysroot.repo(), &snapshot, &version.checksum));
        Ok(Outcome::Versions { versions })
    };
    ask().unwrap_or_else(|failure| ended(failure, None))
}

/// A version as a person may write it: a word, or the checksum of a commit.
///
/// # Errors
/// [`Refusal::MalformedArgument`].
pub(super) fn require_version(text: &str) -> Result<(), Refusal> {
    const LONGEST: usize = 100;
    match text.is_empty() || text.len() > LONGEST || text.chars().any(|letter| letter.is_control()) {
        true => Err(Refusal::MalformedArgument { argument: "version".into() }),
        false => Ok(()),
    }
}

/// Downloads and stages a version of the followed image. The next update goes on from the newest one again.
pub(crate) fn deploy(session: &Session<'_>, version: &str) -> Outcome {
    session.change(|sysroot, before| download_and_stage(session, sysroot, before, version))
}

fn download_and_stage(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    version: &str,
) -> Result<Outcome, Failure> {
    let repo = sysroot.repo();
    let source = source::of_image(update_source(before)?)?;
    session.reporter.phase(Phase::Checking);
    let offered = versions::list(&repo, &source, session.cancellable())?;
    let checksum = versions::choose(offered, version)?.checksum;
    if let Some(next) = before.next().filter(|next| next.id.checksum() == checksum) {
        return Err(Refusal::AlreadyDefault { deployment: next.id.clone() }.into());
    }
    let booted = sysroot.booted_deployment().ok_or(Refusal::NotBooted)?;
    let origin = origin_to_follow(&sysroot.staged_deployment().unwrap_or(booted))?;
    stay_at(&origin, &checksum);
    let download_bytes = download_size::of_pull(&repo, &source, &checksum, session.cancellable());
    NewDeployment { source, checksum, download_bytes, origin, hold_back: false, way_back: None }
        .make(session, sysroot, before)
}
