// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::Snapshot;

use crate::sysroot;

/// Reads the sysroot, without its lock.
///
/// # Errors
/// libostree cannot read it.
pub(crate) fn read() -> anyhow::Result<Snapshot> {
    sysroot::read_snapshot()
}
