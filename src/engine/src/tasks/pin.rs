// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context as _, anyhow};
use isotope_model::{DeploymentId, OperationKind, Outcome, Phase, check_target};
use ostree::gio;

use crate::automatic_pin::{self, Pin};
use crate::failure::Failure;
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
        // Whatever a switch has noted beside the pin goes: now a person has decided.
        automatic_pin::write(sysroot, target, if pinned { Pin::ByHand } else { Pin::None })?;
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
