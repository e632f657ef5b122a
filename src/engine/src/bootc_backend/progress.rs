// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc writes to `--progress-fd`: a line of JSON for everything that moves.
//!
//! Source: bootc's `docs/src/experimental-progress-fd.md` and `progress-v0.schema.json`; what it really sends is in
//! `tests/recordings`.

use std::ops::RangeInclusive;
use std::time::Duration;

use isotope_model::{Phase, Progress};
use serde_json::Value;

/// What the phases take of the whole, in thousandths. bootc tells nothing of how long its phases last; these are rough,
/// which is why no time is told from them.
const PULLING: RangeInclusive<u64> = 0..=800;
const IMPORTING: RangeInclusive<u64> = 800..=900;
const STAGING: RangeInclusive<u64> = 900..=1000;

/// A phase without bytes says how long it lasts once it has lasted so long.
const WORTH_TELLING: Duration = Duration::from_secs(2);

/// Makes one progress of everything that a run of bootc tells: phases in their order, bytes while it pulls, and how much
/// of the whole is done. Nothing in it ever goes back.
#[derive(Debug)]
pub(crate) struct BootcProgress {
    phase: Phase,
    phase_began: Duration,
    bytes: u64,
    total_bytes: u64,
    layers_done: bool,
    overall: Option<u64>,
    digest: Option<String>,
}

/// A line, taken apart. What is absent or of another type is zero.
#[derive(Debug, Default, PartialEq, Eq)]
struct Event {
    task: String,
    id: String,
    bytes: u64,
    total_bytes: u64,
    steps: u64,
    total_steps: u64,
}

impl Default for BootcProgress {
    fn default() -> Self {
        Self {
            phase: Phase::Checking,
            phase_began: Duration::ZERO,
            bytes: 0,
            total_bytes: 0,
            layers_done: false,
            overall: None,
            digest: None,
        }
    }
}

impl BootcProgress {
    /// Takes a line that came so long after the start, and returns how things stand now; nothing if it tells nothing that
    /// this version knows.
    pub(crate) fn take(&mut self, line: &[u8], at: Duration) -> Option<Progress> {
        let event = Event::parse(line)?;
        let phase = match event.task.as_str() {
            "pulling" => Phase::Pulling,
            // bootc says "importing", and even that it is complete, when a download was cut off in the middle.
            "importing" if self.everything_pulled() => Phase::Importing,
            "staging" => Phase::Staging,
            _ => return None,
        };
        if phase < self.phase {
            return None;
        }
        if phase > self.phase {
            (self.phase, self.phase_began) = (phase, at);
        }
        let done = match phase {
            // Without a digest it is of a composefs host, and its numbers are of the layers that are pulled just then.
            Phase::Pulling if !event.id.starts_with("sha256:") => {
                self.bytes = self.bytes.max(event.bytes);
                None
            }
            Phase::Pulling => self.pulled(&event).then(|| part_of(&PULLING, self.bytes, self.total_bytes)),
            Phase::Importing => Some(part_of(&IMPORTING, event.steps, event.total_steps)),
            _ => Some(part_of(&STAGING, event.steps, event.total_steps)),
        };
        self.overall = self.overall.max(done);
        Some(self.now(at))
    }

    /// How things stand when nothing was heard for a while.
    pub(crate) fn now(&self, at: Duration) -> Progress {
        let known = |number: u64| Some(number).filter(|number| *number > 0);
        let (bytes, total_bytes) = match self.phase {
            Phase::Pulling => (Some(self.bytes), known(self.total_bytes)),
            _ => (None, None),
        };
        let lasted = at.saturating_sub(self.phase_began);
        let tells_nothing = self.phase != Phase::Pulling && lasted >= WORTH_TELLING;
        Progress {
            phase: self.phase,
            bytes,
            total_bytes,
            overall: self.overall.and_then(|overall| u16::try_from(overall).ok()),
            seconds_in_phase: tells_nothing.then_some(lasted.as_secs()),
            ..Progress::default()
        }
    }

    /// The digest of the image that is being pulled, as soon as bootc has told it.
    pub(crate) fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Takes the numbers of a download; true if its size is known. What was here before it, `bytesCached`, is no part of
    /// either number.
    fn pulled(&mut self, event: &Event) -> bool {
        if self.digest.is_none() && event.id.starts_with("sha256:") {
            self.digest = Some(event.id.clone());
        }
        // The count of bytes at the end of a layer can be one less than the one before it.
        let bytes = self.bytes.max(event.bytes);
        self.total_bytes = self.total_bytes.max(event.total_bytes);
        if self.total_bytes > 0 {
            self.total_bytes = self.total_bytes.max(self.bytes);
            self.bytes = bytes.min(self.total_bytes);
        } else {
            self.bytes = bytes;
        }
        self.layers_done |= event.total_steps > 0 && event.steps >= event.total_steps;
        self.total_bytes > 0
    }

    fn everything_pulled(&self) -> bool {
        self.layers_done || self.bytes >= self.total_bytes
    }
}

impl Event {
    /// Reads a line; nothing if it is no JSON object.
    fn parse(line: &[u8]) -> Option<Self> {
        let value: Value = serde_json::from_str(&String::from_utf8_lossy(line)).ok()?;
        let fields = value.as_object()?;
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default().chars().take(200).collect();
        let number = |key: &str| fields.get(key).and_then(Value::as_u64).unwrap_or_default();
        Some(Self {
            task: text("task"),
            id: text("id"),
            bytes: number("bytes"),
            total_bytes: number("bytesTotal"),
            steps: number("steps"),
            total_steps: number("stepsTotal"),
        })
    }
}

/// Where one is in this stretch of the whole.
fn part_of(stretch: &RangeInclusive<u64>, done: u64, total: u64) -> u64 {
    let length = u128::from(stretch.end() - stretch.start());
    let gone = match total {
        0 => 0,
        total => u128::from(done.min(total)) * length / u128::from(total),
    };
    stretch.start() + u64::try_from(gone).unwrap_or_default()
}

#[cfg(test)]
pub(super) mod tests;
