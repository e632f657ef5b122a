// SPDX-License-Identifier: GPL-3.0-or-later
//! `/etc/rpm-ostreed.conf`.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use ostree::glib::{KeyFile, KeyFileFlags};

const FILE: &str = "/etc/rpm-ostreed.conf";
const GROUP: &str = "Daemon";
const IDLE: u64 = 60;

/// What it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Configuration {
    pub(crate) policy: String,
    /// How long the daemon stays without anything to do; always, if nothing is here.
    pub(crate) idle: Option<Duration>,
}

impl Default for Configuration {
    fn default() -> Self {
        Self { policy: "none".to_owned(), idle: Some(Duration::from_secs(IDLE)) }
    }
}

impl Configuration {
    pub(crate) fn read() -> Result<Self> {
        match std::fs::read_to_string(FILE) {
            Ok(text) => Self::parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error).context(FILE),
        }
    }

    fn parse(text: &str) -> Result<Self> {
        let file = KeyFile::new();
        file.load_from_data(text, KeyFileFlags::NONE)?;
        let lookup = |key| file.string(GROUP, key).ok().map(|text| text.trim().to_owned());
        let idle = match lookup("IdleExitTimeout") {
            Some(text) => text.parse().context("Invalid value for IdleExitTimeout")?,
            None => IDLE,
        };
        let policy = policy(&lookup("AutomaticUpdatePolicy").unwrap_or_else(|| "none".to_owned()))?;
        Ok(Self { policy, idle: (idle > 0).then(|| Duration::from_secs(idle)) })
    }
}

/// The policy of this name.
pub(crate) fn policy(name: &str) -> Result<String> {
    Ok(match name {
        "none" | "off" | "" => "none",
        "check" => "check",
        "stage" | "ex-stage" => "stage",
        "apply" => "apply",
        other => bail!("Invalid value for AutomaticUpdatePolicy: '{other}'"),
    }
    .to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_one_of_four() {
        let parse = |text: &str| Configuration::parse(text);
        assert_eq!(parse("[Daemon]\nAutomaticUpdatePolicy=stage\n").unwrap().policy, "stage");
        assert_eq!(parse("[Daemon]\n#AutomaticUpdatePolicy=stage\n").unwrap(), Configuration::default());
        assert_eq!(parse("[Daemon]\nIdleExitTimeout=0\n").unwrap().idle, None);
        let error = parse("[Daemon]\nAutomaticUpdatePolicy=bogus\n").unwrap_err();
        assert_eq!(error.to_string(), "Invalid value for AutomaticUpdatePolicy: 'bogus'");
    }
}
