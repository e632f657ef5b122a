// SPDX-License-Identifier: GPL-3.0-or-later
//! Misbehaviour on request: the lab writes what is to go wrong into a file.

use std::time::Duration;

use nix::sys::signal::{Signal, raise};
use serde::Deserialize;

const FILE: &str = "/run/isotope-lab/bootc-faults.json";

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Fault {
    /// Does its work and says nothing at all.
    Silent,
    /// The first line is cut in the middle, without a line break.
    HalfLine,
    /// A line of a megabyte comes first.
    LongLine,
    /// Bytes that are no UTF-8 come first.
    InvalidUtf8,
    /// Does its work and does not end.
    NeverEnds,
    /// Closes the progress pipe after the first event.
    ClosesProgress,
    /// Pulls and reports success, and stages nothing.
    StagesNothing,
    /// Kills itself.
    Killed,
}

/// When it kills itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Moment {
    /// After the first layer.
    #[default]
    Pulling,
    /// When all layers are there.
    Importing,
    /// Before it is staged.
    Staging,
    /// When it is staged and nothing was said of it.
    Staged,
}

#[derive(Debug, Deserialize)]
struct File {
    fault: Fault,
    #[serde(default)]
    moment: Moment,
    /// Only when this is what it is asked for.
    verb: Option<String>,
}

/// What goes wrong in this run.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    fault: Option<Fault>,
    moment: Moment,
}

impl Faults {
    pub(crate) fn read(verb: &str) -> Self {
        let Ok(text) = std::fs::read(FILE) else { return Self::default() };
        match serde_json::from_slice::<File>(&text) {
            Ok(file) if file.verb.as_deref().is_none_or(|wanted| wanted == verb) => {
                Self { fault: Some(file.fault), moment: file.moment }
            }
            _ => Self::default(),
        }
    }

    pub(crate) fn has(self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    /// Kills this process if this is the moment for it.
    pub(crate) fn reach(self, moment: Moment) {
        if self.has(Fault::Killed) && self.moment == moment {
            let _ = raise(Signal::SIGKILL);
        }
    }

    pub(crate) fn at_the_end(self) {
        while self.has(Fault::NeverEnds) {
            std::thread::sleep(Duration::from_secs(3600));
        }
    }
}
