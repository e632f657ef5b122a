// SPDX-License-Identifier: GPL-3.0-or-later
//! Downloading an image and staging it: what update, switch and deploy have in common.

use anyhow::{Context as _, anyhow};
use isotope_model::{DeploymentId, Outcome, Phase, Refusal, Snapshot};
use ostree::glib::KeyFile;
use ostree::{Sysroot, gio};

use crate::automatic_pin;
use crate::deployment_reader;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::ostree_backend::pull::{Source, fetch_content};
use crate::ostree_backend::stage::stage;
use crate::ostree_backend::{download_size, refs, room};
use crate::session::Session;
use crate::sysroot;

/// What is to become a deployment.
#[derive(Debug)]
pub(super) struct NewDeployment {
    /// Where it comes from.
    pub(super) source: Source,
    /// Its commit, which is here already but for its content.
    pub(super) checksum: String,
    /// Bytes to download, where that is known.
    pub(super) download_bytes: Option<u64>,
    /// The origin file that it gets.
    pub(super) origin: KeyFile,
    /// It is not to start before it is released.
    pub(super) hold_back: bool,
    /// What was pinned for it, as the way back.
    pub(super) way_back: Option<DeploymentId>,
}

impl NewDeployment {
    /// Downloads and stages it; the sysroot's lock is held.
    ///
    /// # Errors
    /// The network, the signature, the disk, a cancel.
    pub(super) fn make(self, session: &Session<'_>, sysroot: &Sysroot, before: &Snapshot) -> Result<Outcome, Failure> {
        self.download(session, sysroot, before)?;
        let _on = session.inhibit(Against::Shutdown);
        session.require_not_cancelled()?;
        session.reporter.phase(Phase::Staging);
        let way_back = self.way_back.as_ref();
        let mut released = self.make_room(sysroot)?;
        let staged = self.stage(session, sysroot);
        let (deployment, now) = staged.inspect_err(|_| automatic_pin::restore(sysroot, before, &released))?;
        released.extend(automatic_pin::settle(sysroot, before, &now));
        Ok(automatic_pin::told(Outcome::staged(&deployment, before), way_back, &released))
    }

    fn stage(&self, session: &Session<'_>, sysroot: &Sysroot) -> Result<(DeploymentId, Snapshot), Failure> {
        let booted = sysroot.booted_deployment().ok_or(Refusal::NotBooted)?;
        let staged = stage(sysroot, &self.checksum, &self.origin, &booted, self.hold_back, session.cancellable());
        let deployment = staged?;
        session.reporter.phase(Phase::CleaningUp);
        if let Err(error) = sysroot.cleanup(gio::Cancellable::NONE) {
            tracing::warn!("cleaning up: {error}");
        }
        still_staged(sysroot, &deployment)?;
        Ok((deployment, sysroot::snapshot_of(sysroot)?))
    }

    /// Makes sure that there is room in /boot, where it must at the cost of older ways back.
    fn make_room(&self, sysroot: &Sysroot) -> Result<Vec<DeploymentId>, Failure> {
        let now = sysroot::snapshot_of(sysroot)?;
        let releasable = automatic_pin::releasable(&now, self.way_back.as_ref());
        let released = room::require_for_kernel(sysroot, &self.checksum, &releasable)?;
        automatic_pin::release(sysroot, &now, &released)?;
        Ok(released)
    }

    fn download(&self, session: &Session<'_>, sysroot: &Sysroot, before: &Snapshot) -> Result<(), Failure> {
        let _awake = session.inhibit(Against::Sleep);
        let repo = sysroot.repo();
        let (source, checksum, expected) = (&self.source, &self.checksum, self.download_bytes);
        room::require_for_download(download_size::unpacked(&repo, checksum, session.cancellable()).or(expected))?;
        let deployed = before.deployments.iter().any(|deployment| deployment.id.checksum() == checksum);
        fetch_content(&repo, source, checksum, !deployed, expected, &session.reporter, session.cancellable())?;
        let pulled = repo.resolve_rev(&source.refspec(), false).context("the pulled branch")?;
        let found = pulled.map(|checksum| checksum.to_string()).unwrap_or_default();
        if found != *checksum {
            return Err(Refusal::ImageChanged { expected: checksum.clone(), found }.into());
        }
        Ok(())
    }
}

/// Notes of a commit that is not deployed that its content may not be here, before anybody else sees it under its branch.
pub(super) fn not_whole_yet(repo: &ostree::Repo, before: &Snapshot, checksum: &str) {
    if before.deployments.iter().all(|deployment| deployment.id.checksum() != checksum) {
        refs::mark_incomplete(repo, checksum);
    }
}

/// The image is the one that was previewed, if one was.
///
/// # Errors
/// [`Refusal::ImageChanged`].
pub(super) fn expect_image(expected: Option<&str>, found: &str) -> Result<(), Refusal> {
    match expected {
        Some(expected) if expected != found => {
            Err(Refusal::ImageChanged { expected: expected.to_owned(), found: found.to_owned() })
        }
        _ => Ok(()),
    }
}

fn still_staged(sysroot: &Sysroot, expected: &DeploymentId) -> anyhow::Result<()> {
    sysroot.load_if_changed(gio::Cancellable::NONE).context("reading the sysroot again")?;
    let staged = sysroot.staged_deployment().map(|staged| deployment_reader::id(&staged)).transpose()?;
    match staged {
        Some(staged) if staged == *expected => Ok(()),
        other => Err(anyhow!("after staging {expected}, the sysroot shows {other:?} as staged")),
    }
}
