// SPDX-License-Identifier: GPL-3.0-or-later
//! What the machine's rpm-ostree is, and what is done to it.

use std::path::PathBuf;

use anyhow::{Result, ensure};

use super::Lab;
use crate::rpm_ostree::{self, RpmOstreeFault};

impl Lab {
    /// The program that the machine has as `/usr/bin/rpm-ostree`, if it has one.
    ///
    /// # Errors
    /// The lab's memory is damaged.
    pub fn rpm_ostree_program(&self) -> Result<Option<PathBuf>> {
        Ok(self.folder.read_configuration()?.rpm_ostree)
    }

    /// What the stand-in for rpm-ostree does wrong from now on, until the machine is switched off. A daemon that runs
    /// already runs on.
    ///
    /// # Errors
    /// The machine is off.
    pub fn set_rpm_ostree_fault(&self, fault: RpmOstreeFault) -> Result<()> {
        rpm_ostree::set_fault(&self.folder, &fault)
    }

    /// The stand-in for rpm-ostree behaves again.
    ///
    /// # Errors
    /// The machine's /run cannot be written.
    pub fn clear_rpm_ostree_fault(&self) -> Result<()> {
        rpm_ostree::clear_fault(&self.folder)
    }

    /// Somebody drives the machine's updates, until it is switched off: a program of that name, which is that unit. It is
    /// noted where rpm-ostree's daemon notes it; that needs a service manager for finding the unit, which a lab has not.
    ///
    /// # Errors
    /// The machine is off or has no rpm-ostree, or the texts are too long.
    pub fn register_update_driver(&self, name: &str, unit: &str) -> Result<()> {
        ensure!(self.rpm_ostree_program()?.is_some(), "the machine has no rpm-ostree");
        rpm_ostree::set_driver(&self.folder, name, unit)
    }

    /// Nobody drives the machine's updates any more.
    ///
    /// # Errors
    /// The machine's /run cannot be written.
    pub fn unregister_update_driver(&self) -> Result<()> {
        rpm_ostree::clear_driver(&self.folder)
    }
}
