// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Context as _;
use isotope_model::{DeploymentId, Snapshot};
use ostree::{Sysroot, SysrootWriteDeploymentsOpts, gio};

use super::finalization;
use crate::failure::{Failure, of_change};
use crate::freeze_guard::FreezeGuard;
use crate::soft_restart;
use crate::sysroot;

/// Writes a complete boot order, without cleaning up, and reads the sysroot again. Not to be cancelled: libostree
/// discards a staged deployment that is not first before it writes.
///
/// # Errors
/// One of the deployments is gone; the disk; libostree.
pub(super) fn write(sysroot: &Sysroot, order: &[DeploymentId]) -> Result<Snapshot, Failure> {
    let order = order.iter().map(|id| sysroot::find(sysroot, id)).collect::<Result<Vec<_>, _>>()?;
    let guard = FreezeGuard::begin()?;
    let options = SysrootWriteDeploymentsOpts { do_postclean: false };
    sysroot
        .write_deployments_with_options(&order, &options, gio::Cancellable::NONE)
        .map_err(|error| of_change(&error))?;
    drop(guard);
    soft_restart::clear();
    // It is written: that it cannot be read is no reason to say that nothing was changed.
    sysroot.load_if_changed(gio::Cancellable::NONE).context("reading the boot order that was written")?;
    let now = sysroot::snapshot_of(sysroot)?;
    if now.staged().is_none()
        && let Err(error) = finalization::remove_lock_file()
    {
        tracing::warn!("what is staged next is held back: {error:#}");
    }
    Ok(now)
}
