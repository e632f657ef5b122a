// SPDX-License-Identifier: GPL-3.0-or-later
//! What an administrator has in the machine's /etc: of what it has booted, or else of what it boots next.

use std::path::{Component, Path};

use anyhow::{Result, ensure};

use super::Lab;
use crate::{Backend, container, deployment_file, own_images};

/// Below /etc.
const CATALOGS: &str = "isotope/catalogs.d";

impl Lab {
    /// Writes a file of root's: `isotope/switching.toml` is `/etc/isotope/switching.toml`.
    ///
    /// # Errors
    /// The path leads out of /etc, the boot menu is damaged, or the file cannot be written.
    pub fn write_file(&self, path: &str, text: &str) -> Result<()> {
        self.set_file(path, Some(text))
    }

    /// Takes a file away; one that is not there is none.
    ///
    /// # Errors
    /// As with [`Lab::write_file`].
    pub fn remove_file(&self, path: &str) -> Result<()> {
        self.set_file(path, None)
    }

    /// Writes an administrator's catalog. The service keeps for two seconds what it has read.
    ///
    /// # Errors
    /// As with [`Lab::write_file`].
    pub fn write_catalog(&self, file_name: &str, text: &str) -> Result<()> {
        ensure!(!file_name.contains('/'), "a catalog is called by one word: “{file_name}”");
        self.write_file(&format!("{CATALOGS}/{file_name}"), text)
    }

    /// The catalog of the lab's own images: the vendor `lab` with `lab-gnome` and `lab-kde`, each with the streams `stable`
    /// and `testing`, as containers and as branches. Whether they are published is another matter.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn catalog(&self) -> Result<String> {
        let key = (self.backend()? == Backend::BootcSigned).then_some(container::MACHINE_KEY);
        Ok(own_images::catalog(&self.policy_scope()?, key))
    }

    /// Offers them on the machine: writes [`Lab::catalog`] as `lab.toml`.
    ///
    /// # Errors
    /// As with [`Lab::write_catalog`].
    pub fn offer_own_images(&self) -> Result<()> {
        self.write_catalog(own_images::FILE, &self.catalog()?)
    }

    fn set_file(&self, path: &str, text: Option<&str>) -> Result<()> {
        let plain = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
        ensure!(plain && !path.is_empty(), "this is no path below /etc: “{path}”");
        deployment_file::set(&self.deployment()?.join("etc").join(path), 0o644, text)
    }
}
