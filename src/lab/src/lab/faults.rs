// SPDX-License-Identifier: GPL-3.0-or-later
//! What can be made to go wrong.

use std::path::PathBuf;

use anyhow::Result;

use super::Lab;
use crate::control::Order;
use crate::damage::{self, Damage};
use crate::{PolkitPreset, RemoteBehaviour};

impl Lab {
    /// Chooses the polkit rules; returns when polkit has read them.
    ///
    /// # Errors
    /// polkit does not read them.
    pub fn set_polkit(&self, preset: PolkitPreset) -> Result<()> {
        self.order(&Order::Polkit { preset })
    }

    /// Chooses how the remote answers from now on.
    ///
    /// # Errors
    /// The remote cannot listen on its port again.
    pub fn set_remote(&self, behaviour: RemoteBehaviour) -> Result<()> {
        self.order(&Order::Remote { behaviour })
    }

    /// The repository that the remote serves.
    pub fn remote_repository(&self) -> PathBuf {
        self.folder.remote()
    }

    /// Damages what is published of the commit `checksum`, until [`Lab::repair`].
    ///
    /// # Errors
    /// It is not published, or has no file of its own.
    pub fn damage(&self, checksum: &str, damage: Damage) -> Result<()> {
        damage::damage(&self.folder, checksum, damage)
    }

    /// Undoes all damage.
    ///
    /// # Errors
    /// The remote's repository cannot be written.
    pub fn repair(&self) -> Result<()> {
        damage::repair(&self.folder)
    }

    /// Makes the machine's disk read-only as a failing one makes itself, or writable again. Nothing on the machine can
    /// change that, and it lasts until it is undone; it does not concern a /boot of its own. Where somebody has a file
    /// open for writing, the kernel treats the disk as a damaged one; the machine must then be off to make it writable.
    ///
    /// # Errors
    /// The sysroot is a plain directory, or the machine must be off.
    pub fn set_disk_read_only(&self, read_only: bool) -> Result<()> {
        self.order(&Order::Disk { read_only })
    }
}
