// SPDX-License-Identifier: GPL-3.0-or-later
//! A mount namespace of the daemon's own, in which libostree may make the sysroot writable.

use anyhow::{Context, Result, ensure};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};

/// Enters it, unless whoever started the daemon has seen to that, as its unit does. No thread may have been started.
pub(crate) fn enter() -> Result<()> {
    ensure!(nix::unistd::Uid::effective().is_root(), "rpm-ostree's daemon must run as root");
    let of = |process: &str| std::fs::read_link(format!("/proc/{process}/ns/mnt")).ok();
    if of("self") != of("1") {
        return Ok(());
    }
    unshare(CloneFlags::CLONE_NEWNS).context("Creating a mount namespace")?;
    let none = None::<&str>;
    mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_SLAVE, none).context("Making mounts slaves")
}
