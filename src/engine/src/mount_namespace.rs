// SPDX-License-Identifier: GPL-3.0-or-later
//! A mount namespace of the engine's own, in which libostree may make /sysroot and /boot writable.

use std::path::Path;

use anyhow::Context as _;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::statvfs::{FsFlags, statvfs};

/// Enters it. Mounts that the host makes later are still seen here.
///
/// # Errors
/// Not root, or the kernel refuses.
pub(crate) fn enter() -> anyhow::Result<()> {
    unshare(CloneFlags::CLONE_NEWNS).context("unshare")?;
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none).context("making / a slave mount")?;
    Ok(())
}

/// Makes the sysroot writable in this namespace without taking its lock: a check writes the commit object it finds.
///
/// # Errors
/// The file system itself is read-only.
pub(crate) fn make_sysroot_writable() -> anyhow::Result<()> {
    let path = Path::new("/sysroot");
    let read_only = statvfs(path).context("/sysroot")?.flags().contains(FsFlags::ST_RDONLY);
    if read_only {
        let none = None::<&str>;
        mount(none, path, none, MsFlags::MS_REMOUNT | MsFlags::MS_BIND, none).context("making /sysroot writable")?;
    }
    Ok(())
}
