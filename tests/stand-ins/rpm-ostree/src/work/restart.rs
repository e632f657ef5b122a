// SPDX-License-Identifier: GPL-3.0-or-later
//! Restarting the machine, as the daemon does: through systemctl.

use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::Setting;
use crate::events::Event;

/// Does it at once.
pub(super) fn restart(setting: &Setting) -> Result<()> {
    let output = Command::new("systemctl").arg("reboot").output().context("Running systemctl")?;
    ensure!(output.status.success(), "systemctl reboot: {}", String::from_utf8_lossy(&output.stderr).trim());
    setting.reporter.tell(Event::Restarting);
    Ok(())
}
