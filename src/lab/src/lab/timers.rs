// SPDX-License-Identifier: GPL-3.0-or-later
//! Timers that are switched on in the machine's /etc, as `systemctl enable` leaves them. Nothing runs them.

use std::os::unix::fs::symlink;

use anyhow::{Context, Result, ensure};

use super::Lab;
use crate::deployment_file;

const UNITS: &str = "etc/systemd/system";
const WANTS: &str = "etc/systemd/system/timers.target.wants";

impl Lab {
    /// Installs a timer of this name, for example `uupd.timer`, on what the machine has booted, or else on what it boots
    /// next, and switches it on.
    ///
    /// # Errors
    /// It is no name of a timer, the boot menu is damaged, or the files cannot be written.
    pub fn enable_timer(&self, name: &str) -> Result<()> {
        let service = service_of(name)?;
        let deployment = self.deployment()?;
        let service_text =
            format!("[Unit]\nDescription={service} of the lab\n\n[Service]\nType=oneshot\nExecStart=/bin/true\n");
        let timer_text = format!(
            "[Unit]\nDescription={name} of the lab\n\n[Timer]\nOnBootSec=1h\nOnUnitInactiveSec=8h\n\n\
             [Install]\nWantedBy=timers.target\n"
        );
        for (unit, text) in [(service.as_str(), service_text), (name, timer_text)] {
            deployment_file::set(&deployment.join(UNITS).join(unit), 0o644, Some(&text))?;
        }
        std::fs::create_dir_all(deployment.join(WANTS))?;
        let link = deployment.join(WANTS).join(name);
        let _ = std::fs::remove_file(&link);
        symlink(format!("/etc/systemd/system/{name}"), &link).context("cannot switch the timer on")
    }

    /// Switches it off again, and leaves it installed.
    ///
    /// # Errors
    /// As with [`Lab::enable_timer`].
    pub fn disable_timer(&self, name: &str) -> Result<()> {
        service_of(name)?;
        deployment_file::set(&self.deployment()?.join(WANTS).join(name), 0o644, None)
    }
}

fn service_of(timer: &str) -> Result<String> {
    let stem = timer.strip_suffix(".timer").filter(|stem| !stem.is_empty() && !stem.contains('/'));
    ensure!(stem.is_some(), "this is no name of a timer: “{timer}”");
    Ok(format!("{}.service", stem.unwrap_or_default()))
}
