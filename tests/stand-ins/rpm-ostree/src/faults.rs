// SPDX-License-Identifier: GPL-3.0-or-later
//! Misbehaviour on request: the lab writes what is to go wrong into a file.

use std::time::Duration;

use nix::sys::signal::{Signal, raise};
use serde::Deserialize;

const FILE: &str = "/run/isotope-lab/rpm-ostree-faults.json";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// Ends before it owns its name.
    DoesNotStart,
    /// Takes its time before it owns its name.
    StartsLate,
    /// Takes its time to answer calls.
    AnswersLate,
    /// Kills itself.
    DiesInTransaction,
    /// Says that a transaction has failed.
    FinishedFalse,
    /// Cancels late.
    SlowCancel,
    /// Says nothing but how a transaction ended.
    Silent,
    /// Says very much, at great length.
    ManySignals,
}

/// When it kills itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Moment {
    /// With the first sign of a download.
    #[default]
    Pulling,
    /// Before it is staged.
    Staging,
    /// When it is staged and nothing was said of it.
    Staged,
}

/// What goes wrong now.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Faults {
    fault: Option<Fault>,
    seconds: Option<u64>,
    moment: Option<Moment>,
    text: Option<String>,
    staged: Option<bool>,
}

impl Faults {
    /// As the lab wants it at this moment.
    pub(crate) fn read() -> Self {
        let Ok(text) = std::fs::read(FILE) else { return Self::default() };
        serde_json::from_slice(&text).unwrap_or_else(|error| {
            eprintln!("rpm-ostree: {FILE}: {error}");
            Self::default()
        })
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// How long it takes, if this is the fault.
    pub(crate) fn delay(&self, fault: Fault) -> Duration {
        let seconds = if self.has(fault) { self.seconds.unwrap_or_default() } else { 0 };
        Duration::from_secs(seconds)
    }

    /// What the transaction is to fail with, although all went well. Before it is staged, or when it is.
    pub(crate) fn failure(&self, staged: bool) -> Option<String> {
        let wanted = self.has(Fault::FinishedFalse) && self.staged.unwrap_or_default() == staged;
        wanted.then(|| self.text.clone().unwrap_or_else(|| "Transaction failed".to_owned()))
    }

    /// Kills this process if this is the moment for it.
    pub(crate) fn reach(&self, moment: Moment) {
        if self.has(Fault::DiesInTransaction) && self.moment.unwrap_or_default() == moment {
            let _ = raise(Signal::SIGKILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_has_all_keys_or_few() {
        let text = r#"{"fault":"finished-false","seconds":null,"moment":null,"text":"no","staged":true}"#;
        let faults: Faults = serde_json::from_str(text).unwrap();
        assert_eq!((faults.failure(true).as_deref(), faults.failure(false)), (Some("no"), None));
        let faults: Faults = serde_json::from_str(r#"{"fault":"slow-cancel","seconds":3}"#).unwrap();
        assert_eq!(faults.delay(Fault::SlowCancel), Duration::from_secs(3));
        assert_eq!(faults.delay(Fault::AnswersLate), Duration::ZERO);
    }
}
