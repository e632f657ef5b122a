// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context as _, anyhow};
use isotope_model::{DeploymentId, OperationKind, Outcome, Phase, check_target};
use ostree::gio;

use crate::failure::{Failure, of_change};
use crate::inhibitor::Against;
use crate::session::Session;
use crate::sysroot;

/// Keeps a deployment through every clean-up, or no longer.
pub(crate) fn set_pinned(session: &Session<'_>, target: &DeploymentId, pinned: bool) -> Outcome {
    session.change(|sysroot, before| {
        let kind = if pinned { OperationKind::Pin } else { OperationKind::Unpin };
        check_target(kind, before, target)?;
        let _on = session.inhibit(Against::Shutdown);
        session.require_not_cancelled()?;
        session.reporter.phase(Phase::Pinning);
        let deployment = sysroot::find(sysroot, target)?;
        sysroot.deployment_set_pinned(&deployment, pinned).map_err(|error| of_change(&error))?;
        sysroot.load_if_changed(gio::Cancellable::NONE).context("reading what was written")?;
        let after = sysroot::snapshot_of(sysroot)?;
        match after.deployment(target) {
            Some(found) if found.pinned == pinned => {
                let deployment = target.clone();
                Ok(if pinned { Outcome::Pinned { deployment } } else { Outcome::Unpinned { deployment } })
            }
            found => Err(Failure::Other(anyhow!("pinning was written, but the sysroot shows {found:?}"))),
        }
    })
}
