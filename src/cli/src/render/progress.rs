// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Duration, Instant};

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Phase, Progress};

/// The remaining time is told from so many seconds on; before that it says nothing.
const LEAST_SECONDS: u64 = 10;

/// How far an operation is, in one line: the phase, and the numbers as far as they are known.
pub(crate) fn line(progress: &Progress) -> String {
    let phase = wording::phase(progress);
    let bytes = |number: Option<u64>| number.map(wording::bytes).unwrap_or_default();
    let left = progress.seconds_left().filter(|seconds| *seconds >= LEAST_SECONDS);
    let text = match (progress.bytes, progress.total_bytes, left) {
        (Some(_), Some(_), Some(seconds)) => {
            // Translators: “Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s (About 10 seconds)”; {left} is the time left.
            let text = gettext("{phase}: {done} of {total}, {rate}/s ({left})");
            text.replace("{left}", &wording::seconds_left(seconds))
        }
        (Some(_), Some(_), None) if progress.bytes_per_second.is_some() => {
            // Translators: “Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s”.
            gettext("{phase}: {done} of {total}, {rate}/s")
        }
        // Translators: “Downloading: 12.1 MB of 30.0 MB”.
        (Some(_), Some(_), None) => gettext("{phase}: {done} of {total}"),
        // Translators: “Downloading: 12.1 MB”, where nobody knows how much it will be.
        (Some(_), None, _) => gettext("{phase}: {done}"),
        (None, ..) => return objects(progress, phase),
    };
    text.replace("{phase}", &phase)
        .replace("{done}", &bytes(progress.bytes))
        .replace("{total}", &bytes(progress.total_bytes))
        .replace("{rate}", &bytes(progress.bytes_per_second))
}

fn objects(progress: &Progress, phase: String) -> String {
    let text = match (progress.objects, progress.total_objects) {
        // Translators: “Downloading: 120 of 300 files”.
        (Some(_), Some(_)) => gettext("{phase}: {done} of {total} files"),
        // Translators: “Downloading: 120 files”.
        (Some(_), None) => gettext("{phase}: {done} files"),
        (None, _) => return phase,
    };
    let number = |number: Option<u64>| number.unwrap_or_default().to_string();
    text.replace("{phase}", &phase)
        .replace("{done}", &number(progress.objects))
        .replace("{total}", &number(progress.total_objects))
}

/// Decides which readings are worth a line of their own where lines are kept: every new phase, and within a phase
/// one every few seconds if something moved.
#[derive(Debug, Default)]
pub(crate) struct Spaced {
    last: Option<(Phase, Instant, String)>,
}

/// The time between two lines of one phase.
const BETWEEN: Duration = Duration::from_secs(5);

impl Spaced {
    /// The line for this reading, if it is worth one.
    pub(crate) fn line(&mut self, progress: &Progress, now: Instant) -> Option<String> {
        let text = line(progress);
        if let Some((phase, when, last)) = &self.last
            && *phase == progress.phase
            && (now.duration_since(*when) < BETWEEN || *last == text)
        {
            return None;
        }
        self.last = Some((progress.phase, now, text.clone()));
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulling(bytes: Option<u64>, total_bytes: Option<u64>) -> Progress {
        Progress { phase: Phase::Pulling, bytes, total_bytes, ..Progress::default() }
    }

    #[test]
    fn only_what_is_known_is_said() {
        let known = Progress { bytes_per_second: Some(2_000_000), ..pulling(Some(12_100_000), Some(30_000_000)) };
        let long = Progress { bytes_per_second: Some(300_000), ..known.clone() };
        let objects = Progress { objects: Some(3), total_objects: Some(9), ..pulling(None, None) };
        for (progress, text) in [
            (known, "Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s"),
            (long, "Downloading: 12.1 MB of 30.0 MB, 300.0 kB/s (About 1 minute)"),
            (pulling(Some(12_100_000), Some(30_000_000)), "Downloading: 12.1 MB of 30.0 MB"),
            (pulling(Some(0), None), "Downloading: 0 bytes"),
            (pulling(None, Some(5)), "Downloading"),
            (objects, "Downloading: 3 of 9 files"),
            (Progress::default(), "Starting"),
            (Progress { phase: Phase::Unknown, ..Progress::default() }, "Working"),
        ] {
            assert_eq!(line(&progress), text);
        }
    }

    #[test]
    fn kept_lines_are_few() {
        let mut spaced = Spaced::default();
        let start = Instant::now();
        let after = |seconds: u64| start + Duration::from_secs(seconds);
        assert!(spaced.line(&Progress::default(), start).is_some());
        assert!(spaced.line(&pulling(Some(1), None), start).is_some());
        assert!(spaced.line(&pulling(Some(2), None), after(4)).is_none());
        assert!(spaced.line(&pulling(Some(3), None), after(5)).is_some());
        assert!(spaced.line(&pulling(Some(3), None), after(60)).is_none());
        assert!(spaced.line(&pulling(Some(4), None), after(61)).is_some());
    }
}
