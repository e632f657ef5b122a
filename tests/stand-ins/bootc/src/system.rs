// SPDX-License-Identifier: GPL-3.0-or-later
//! The sysroot of the machine, locked for as long as it is held.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use ostree::{Repo, Sysroot, gio};

/// It, ready to be changed.
#[derive(Debug)]
pub(crate) struct System {
    pub(crate) sysroot: Sysroot,
    pub(crate) repo: Repo,
}

impl System {
    /// Enters a mount namespace, waits for the lock and reads the sysroot; nothing where no ostree was booted.
    pub(crate) fn open() -> Result<Option<Self>> {
        if !Path::new("/run/ostree-booted").exists() {
            return Ok(None);
        }
        Self::prepare_for_write().context("Preparing for write")?;
        let sysroot = Sysroot::new_default();
        sysroot.set_mount_namespace_in_use();
        Self::locked(sysroot).map(Some)
    }

    /// One that must be there.
    pub(crate) fn require() -> Result<Self> {
        Self::open()?.context("This command requires an ostree-booted host system")
    }

    /// The sysroot at `path`, which is not running.
    pub(crate) fn at(path: &Path) -> Result<Self> {
        Self::locked(Sysroot::new(Some(&gio::File::for_path(path))))
    }

    fn locked(sysroot: Sysroot) -> Result<Self> {
        let none = gio::Cancellable::NONE;
        sysroot.load(none)?;
        // Waits without end.
        sysroot.lock().context("Locking sysroot")?;
        sysroot.load_if_changed(none)?;
        let repo = sysroot.repo();
        Ok(Self { sysroot, repo })
    }

    fn prepare_for_write() -> Result<()> {
        let root = nix::unistd::Uid::effective().is_root();
        require(root, "This command must be executed as the root user").context("Querying root privilege")?;
        unshare(CloneFlags::CLONE_NEWNS)?;
        let none = None::<&str>;
        Ok(mount(none, "/", none, MsFlags::MS_REC | MsFlags::MS_PRIVATE, none)?)
    }

    /// Who watches bootc's folder is to notice.
    pub(crate) fn touch(&self) -> Result<()> {
        let folder = Path::new("/sysroot/ostree/bootc");
        std::fs::create_dir_all(folder)?;
        std::fs::File::open(folder)?.set_modified(std::time::SystemTime::now()).context("Updating mtime")
    }
}

fn require(condition: bool, otherwise: &'static str) -> Result<()> {
    ensure!(condition, otherwise);
    Ok(())
}

/// Says for everybody that a restart changes what runs.
pub(crate) fn note_reboot_required(digest: &str) -> Result<()> {
    let new = Path::new("/run/.reboot-required.new");
    std::fs::write(new, format!("bootc: Reboot required for image: {digest}"))?;
    std::fs::rename(new, "/run/reboot-required").context("Creating /run/reboot-required")
}
