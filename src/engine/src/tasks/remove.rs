// SPDX-License-Identifier: GPL-3.0-or-later
//! Removing a deployment, and removing what nothing refers to.

use std::collections::HashSet;

use anyhow::anyhow;
use isotope_model::{Backend, Deployment, DeploymentId, OperationKind, Outcome, Phase, Snapshot, check_target};
use ostree::gio;

use super::write_order;
use crate::bootc_backend::stored_images;
use crate::failure::of_change;
use crate::free_space::Measurement;
use crate::inhibitor::Against;
use crate::ostree_backend::refs;
use crate::session::Session;

/// Removes a deployment and what only it needs.
pub(crate) fn remove(session: &Session<'_>, target: &DeploymentId) -> Outcome {
    session.change(|sysroot, before| {
        check_target(OperationKind::Remove, before, target)?;
        let _on = session.inhibit(Against::Shutdown);
        session.require_not_cancelled()?;
        let measurement = Measurement::begin();
        session.reporter.phase(Phase::ChangingBootOrder);
        let rest = before.deployments.iter().map(|deployment| deployment.id.clone()).filter(|id| id != target);
        let after = write_order::write(sysroot, &rest.collect::<Vec<_>>())?;
        if after.deployment(target).is_some() {
            return Err(anyhow!("the boot order was written, but {target} is still there").into());
        }
        session.reporter.phase(Phase::CleaningUp);
        // It is gone; that its space is not freed yet is no failure of the whole, and the next clean-up frees it.
        let (repo, deployed) = (sysroot.repo(), checksums(&after));
        let image = before.deployment(target).map_or_else(|| target.checksum(), Deployment::image_commit);
        let unneeded = |checksum: &str| checksum == target.checksum() && !deployed.contains(checksum);
        let forgotten = match before.host.backend {
            Backend::Bootc | Backend::RpmOstree => forget_images(&repo, &after, Some(image)),
            backend if refs::may_forget(backend) => refs::forget(&repo, unneeded),
            _ => Ok(()),
        };
        if let Err(error) = forgotten.and_then(|()| Ok(sysroot.cleanup(gio::Cancellable::NONE)?)) {
            tracing::warn!("cleaning up after {target}: {error:#}");
        }
        Ok(Outcome::Removed { deployment: target.clone(), freed_bytes: measurement.freed() })
    })
}

/// Removes what no deployment needs: leftovers of downloads, branches of images that are no longer deployed, folders of
/// deployments that are gone.
pub(crate) fn clean_up(session: &Session<'_>) -> Outcome {
    session.change(|sysroot, before| {
        let _on = session.inhibit(Against::Shutdown);
        session.require_not_cancelled()?;
        let measurement = Measurement::begin();
        session.reporter.phase(Phase::CleaningUp);
        let deployed = checksums(before);
        match before.host.backend {
            Backend::Bootc | Backend::RpmOstree => forget_images(&sysroot.repo(), before, None)?,
            backend if refs::may_forget(backend) => {
                refs::forget(&sysroot.repo(), |checksum| !deployed.contains(checksum))?;
            }
            _ => {}
        }
        // From here on not to be cancelled: what is forgotten is forgotten.
        sysroot.cleanup(gio::Cancellable::NONE).map_err(|error| of_change(&error))?;
        Ok(Outcome::CleanedUp { freed_bytes: measurement.freed() })
    })
}

fn forget_images(repo: &ostree::Repo, now: &Snapshot, only: Option<&str>) -> anyhow::Result<()> {
    stored_images::forget(repo, &refs::read(repo)?, now, only)
}

fn checksums(snapshot: &Snapshot) -> HashSet<String> {
    snapshot.deployments.iter().map(|deployment| deployment.id.checksum().to_owned()).collect()
}
