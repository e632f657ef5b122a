// SPDX-License-Identifier: GPL-3.0-or-later
//! The polkit rules of the machine that a test can choose.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures_util::StreamExt;
use isotope_model::names::ACTION_PREFIX;
use serde::{Deserialize, Serialize};

use crate::rpm_ostree::ACTION_PREFIX as OF_RPM_OSTREE;

/// What polkit says on the machine. Root may do everything with any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PolkitPreset {
    /// The project's policy decides; nobody has an active session, and administrators are the group `sudo`.
    #[default]
    Defaults,
    /// The user `person` is answered as in an active session.
    Active,
    /// The user `person` may do everything.
    Allow,
    /// Nobody may do anything.
    Deny,
}

impl FromStr for PolkitPreset {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "defaults" => Self::Defaults,
            "active" => Self::Active,
            "allow" => Self::Allow,
            "deny" => Self::Deny,
            other => bail!("“{other}” is none of defaults, active, allow, deny"),
        })
    }
}

impl PolkitPreset {
    /// The rules as polkit reads them.
    fn rules(self) -> String {
        let decision = match self {
            Self::Defaults => return "// The policy decides.\n".to_owned(),
            Self::Active => format!(
                r#"
    if (subject.user == "person" && action.id.indexOf("{OF_RPM_OSTREE}") == 0)
        return action.id == "{OF_RPM_OSTREE}client-management" ? polkit.Result.YES : polkit.Result.AUTH_ADMIN_KEEP;
    if (subject.user != "person" || action.id.indexOf("{ACTION_PREFIX}") != 0) return polkit.Result.NOT_HANDLED;
    switch (action.id.substring("{ACTION_PREFIX}".length)) {{
        case "check": case "update": return polkit.Result.YES;
        case "switch-unverified": return polkit.Result.AUTH_ADMIN;
        default: return polkit.Result.AUTH_ADMIN_KEEP;
    }}"#
            ),
            Self::Allow => r#"
    return subject.user == "person" ? polkit.Result.YES : polkit.Result.NOT_HANDLED;"#
                .to_owned(),
            Self::Deny => "\n    return polkit.Result.NO;".to_owned(),
        };
        format!("polkit.addRule(function(action, subject) {{{decision}\n}});\n")
    }
}

/// Writes the rules below the machine's `run`.
pub(crate) fn write(run: &Path, preset: PolkitPreset) -> Result<()> {
    let folder = run.join("polkit-1/rules.d");
    std::fs::create_dir_all(&folder)?;
    // The first rule that decides wins; new rules are there at once or not at all.
    let new = folder.join("00-lab.new");
    std::fs::write(&new, preset.rules())?;
    std::fs::rename(&new, folder.join("00-lab.rules")).context("cannot write the machine's polkit rules")
}

/// Writes the rules and waits until polkit has read them.
pub(crate) async fn change(run: &Path, preset: PolkitPreset) -> Result<()> {
    let address = format!("unix:path={}", run.join("dbus/system_bus_socket").display());
    let bus = zbus::connection::Builder::address(address.as_str())?.build().await.context("the bus does not answer")?;
    let authority = zbus::Proxy::new(
        &bus,
        "org.freedesktop.PolicyKit1",
        "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority",
    )
    .await?;
    let mut changes = authority.receive_signal("Changed").await?;
    write(run, preset)?;
    match tokio::time::timeout(Duration::from_secs(5), changes.next()).await {
        Ok(Some(_)) => Ok(()),
        _ => bail!("polkit has not read its new rules after 5 seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_has_a_name() {
        for preset in [PolkitPreset::Defaults, PolkitPreset::Active, PolkitPreset::Allow, PolkitPreset::Deny] {
            let name = serde_json::to_value(preset).unwrap();
            assert_eq!(name.as_str().unwrap().parse::<PolkitPreset>().unwrap(), preset);
        }
        assert!("sometimes".parse::<PolkitPreset>().is_err());
    }
}
