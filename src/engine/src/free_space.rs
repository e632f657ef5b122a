// SPDX-License-Identifier: GPL-3.0-or-later
//! How much room there is on the file systems of the deployments and of /boot.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use isotope_model::Space;
use nix::sys::statvfs::statvfs;

/// Where the deployments are.
pub(crate) const SYSROOT: &str = "/sysroot";
/// Where the boot loader finds kernels.
pub(crate) const BOOT: &str = "/boot";

/// The room on the file system of a path.
///
/// # Errors
/// It cannot be asked.
pub(crate) fn of(path: &str) -> nix::Result<Space> {
    let room = statvfs(path)?;
    let unit = room.fragment_size();
    Ok(Space { free: room.blocks_available().saturating_mul(unit), total: room.blocks().saturating_mul(unit) })
}

/// /boot is a file system of its own.
pub(crate) fn boot_is_separate() -> bool {
    let device = |path: &str| fs::metadata(path).map(|metadata| metadata.dev()).ok();
    device(SYSROOT) != device(BOOT)
}

/// Tells how much became free between two moments, on both file systems together.
#[derive(Debug)]
pub(crate) struct Measurement {
    before: Option<u64>,
}

impl Measurement {
    /// Begins.
    pub(crate) fn begin() -> Self {
        Self { before: free_everywhere() }
    }

    /// Bytes that are free now and were not before; nothing where that cannot be measured.
    pub(crate) fn freed(&self) -> Option<u64> {
        Some(free_everywhere()?.saturating_sub(self.before?))
    }
}

/// Some file systems count what was deleted as free only after it has been written out.
fn free_everywhere() -> Option<u64> {
    let mut free = settled(SYSROOT)?;
    if boot_is_separate() {
        free = free.saturating_add(settled(BOOT)?);
    }
    Some(free)
}

fn settled(path: &str) -> Option<u64> {
    let folder = File::open(Path::new(path)).ok()?;
    let _ = nix::unistd::syncfs(&folder);
    of(path).ok().map(|space| space.free)
}
