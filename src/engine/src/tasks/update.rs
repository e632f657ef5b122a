// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context as _, anyhow};
use isotope_model::{Outcome, Phase, Refusal, Snapshot};
use ostree::gio::prelude::CancellableExt as _;
use ostree::{Sysroot, gio};

use super::check::{look, source};
use crate::deployment_reader;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::ostree_backend::pull::fetch_content;
use crate::ostree_backend::stage::{origin_to_follow, stage};
use crate::session::Session;

/// Downloads and stages what the followed branch names now. `expected` is the checksum that was previewed.
pub(crate) fn update(session: &Session<'_>, expected: Option<&str>) -> Outcome {
    session.change(|sysroot, before| download_and_stage(session, sysroot, before, expected))
}

fn download_and_stage(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    expected: Option<&str>,
) -> Result<Outcome, Failure> {
    let repo = sysroot.repo();
    session.reporter.phase(Phase::Checking);
    let Some(update) = look(session, &repo, before)? else {
        let newest = before.newest().ok_or(Refusal::NotBooted)?;
        expect_image(expected, newest.id.checksum())?;
        return Ok(Outcome::UpToDate);
    };
    expect_image(expected, &update.checksum)?;
    {
        let _awake = session.inhibit(Against::Sleep);
        let source = source(&update.image)?;
        let expected = update.download_bytes;
        let deployed = before.deployments.iter().any(|deployment| deployment.id.checksum() == update.checksum);
        fetch_content(&repo, &source, &update.checksum, !deployed, expected, &session.reporter, session.cancellable())?;
        let pulled = repo.resolve_rev(&source.refspec(), false).context("the pulled branch")?;
        let found = pulled.map(|checksum| checksum.to_string()).unwrap_or_default();
        if found != update.checksum {
            return Err(Refusal::ImageChanged { expected: update.checksum, found }.into());
        }
    }
    let _on = session.inhibit(Against::Shutdown);
    if session.cancellable().is_cancelled() {
        return Err(Refusal::Cancelled.into());
    }
    session.reporter.phase(Phase::Staging);
    let booted = sysroot.booted_deployment().ok_or(Refusal::NotBooted)?;
    let followed = sysroot.staged_deployment().unwrap_or_else(|| booted.clone());
    let origin = origin_to_follow(&followed)?;
    let deployment = stage(sysroot, &update.checksum, &origin, &booted, session.cancellable())?;
    session.reporter.phase(Phase::CleaningUp);
    if let Err(error) = sysroot.cleanup(gio::Cancellable::NONE) {
        tracing::warn!("cleaning up: {error}");
    }
    still_staged(sysroot, &deployment)?;
    Ok(Outcome::Staged { deployment, replaced: before.staged().map(|staged| staged.id.clone()) })
}

fn expect_image(expected: Option<&str>, found: &str) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != found => {
            Err(Refusal::ImageChanged { expected: expected.to_owned(), found: found.to_owned() })
        }
        _ => Ok(()),
    }
}

fn still_staged(sysroot: &Sysroot, expected: &isotope_model::DeploymentId) -> anyhow::Result<()> {
    sysroot.load_if_changed(gio::Cancellable::NONE).context("reading the sysroot again")?;
    let staged = sysroot.staged_deployment().map(|staged| deployment_reader::id(&staged)).transpose()?;
    match staged {
        Some(staged) if staged == *expected => Ok(()),
        other => Err(anyhow!("after staging {expected}, the sysroot shows {other:?} as staged")),
    }
}
