// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has changed on the machine.

use std::path::PathBuf;
use std::time::SystemTime;

use anyhow::{Context, Result, ensure};

use super::Lab;
use crate::services::LAB;
use crate::{deployment_file, origin_file};

impl Lab {
    /// Layers packages. Where the machine has rpm-ostree, its daemon stages a deployment with these besides others, and the
    /// machine must be on. Elsewhere these, instead of others, are noted in the origin of what the machine has booted, or
    /// else of what it boots next, as rpm-ostree does that has layered them; no package is installed.
    ///
    /// # Errors
    /// A name is none, the daemon fails, the boot menu is damaged, or the file cannot be written.
    pub fn layer_packages(&self, packages: &[&str]) -> Result<()> {
        ensure!(!packages.is_empty(), "there is no package to layer");
        let plain =
            |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-:".contains(c));
        if let Some(name) = packages.iter().find(|name| !plain(name)) {
            anyhow::bail!("no package is called “{name}”");
        }
        match self.rpm_ostree_program()? {
            Some(_) => self.ask_rpm_ostree(packages),
            None => self.change_origin(|origin| origin_file::with_packages(origin, packages)),
        }
    }

    /// Takes the layered packages away again: with rpm-ostree, in a deployment that is staged.
    ///
    /// # Errors
    /// The daemon fails, the boot menu is damaged, or the file cannot be written.
    pub fn unlayer_packages(&self) -> Result<()> {
        match self.rpm_ostree_program()? {
            Some(_) => self.ask_rpm_ostree(&[]),
            None => self.change_origin(origin_file::without_packages),
        }
    }

    /// From the machine itself: the daemon looks its clients up by their processes.
    fn ask_rpm_ostree(&self, packages: &[&str]) -> Result<()> {
        let output = self.run("root", &[&[LAB, "change-packages", "--"], packages].concat())?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "the machine's rpm-ostree did not layer packages: {}", said.trim());
        Ok(())
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
