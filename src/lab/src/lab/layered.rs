// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has changed on the machine.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use super::Lab;
use crate::{deployment_file, origin_file};

impl Lab {
    /// Notes these packages, instead of others, in the origin of what the machine has booted, or else of what it boots next,
    /// as rpm-ostree does that has layered them. No package is installed.
    ///
    /// # Errors
    /// A name is none, the boot menu is damaged, or the file cannot be written.
    pub fn layer_packages(&self, packages: &[&str]) -> Result<()> {
        ensure!(!packages.is_empty(), "there is no package to layer");
        let plain =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-:".contains(c));
        if let Some(name) = packages.iter().find(|name| !plain(name)) {
            anyhow::bail!("no package is called “{name}”");
        }
        self.change_origin(|origin| origin_file::with_packages(origin, packages))
    }

    /// Takes the layered packages away again.
    ///
    /// # Errors
    /// The boot menu is damaged, or the file cannot be written.
    pub fn unlayer_packages(&self) -> Result<()> {
        self.change_origin(origin_file::without_packages)
    }

    fn change_origin(&self, change: impl FnOnce(&str) -> String) -> Result<()> {
        let mut path = self.deployment()?.into_os_string();
        path.push(".origin");
        let path = PathBuf::from(path);
        let origin = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        deployment_file::set(&path, 0o644, Some(&change(&origin)))?;
        // Whoever changes a deployment says so by this folder's time.
        let folder = std::fs::File::open(self.sysroot().join("ostree/deploy"))?;
        Ok(folder.set_modified(SystemTime::now())?)
    }
}
