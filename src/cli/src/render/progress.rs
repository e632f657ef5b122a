// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Duration, Instant};

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Phase, Progress};

use super::duration;

/// The remaining time is told from so many seconds on; before that it says nothing.
const LEAST_SECONDS: u64 = 10;

/// How much room there is for a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// As much as it takes.
    Enough,
    /// Little: where the time left is known, how fast it goes is left out.
    Little,
}

/// How far an operation is, in one line: the phase, and the numbers as far as they are known.
pub(crate) fn line(progress: &Progress, room: Room) -> String {
    let phase = wording::phase(progress);
    let bytes = |number: Option<u64>| number.map(wording::bytes).unwrap_or_default();
    let left = progress.seconds_left().filter(|seconds| *seconds >= LEAST_SECONDS);
    let text = match (progress.bytes, progress.total_bytes, left) {
        (Some(_), Some(_), Some(seconds)) => {
            let text = match room {
                // Translators: “Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s (About 10 seconds)”; {left} is the time left.
                Room::Enough => gettext("{phase}: {done} of {total}, {rate}/s ({left})"),
                // Translators: “Downloading: 12.1 MB of 30.0 MB (About 10 seconds)”; {left} is the time left.
                Room::Little => gettext("{phase}: {done} of {total} ({left})"),
            };
            text.replace("{left}", &wording::seconds_left(seconds))
        }
        (Some(_), Some(_), None) if progress.bytes_per_second.is_some() => {
            // Translators: “Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s”.
            gettext("{phase}: {done} of {total}, {rate}/s")
        }
        // Translators: “Downloading: 12.1 MB of 30.0 MB”.
        (Some(_), Some(_), None) => gettext("{phase}: {done} of {total}"),
        // Translators: “Downloading: 12.1 MB, 2.0 MB/s”, where nobody knows how much it will be.
        (Some(_), None, _) if progress.bytes_per_second.is_some() => gettext("{phase}: {done}, {rate}/s"),
        // Translators: “Downloading: 12.1 MB”, where nobody knows how much it will be.
        (Some(_), None, _) => gettext("{phase}: {done}"),
        (None, ..) if progress.layers.is_some() => return of_layers(progress, phase, room),
        (None, ..) => return without_bytes(progress, phase),
    };
    text.replace("{phase}", &phase)
        .replace("{done}", &bytes(progress.bytes))
        .replace("{total}", &bytes(progress.total_bytes))
        .replace("{rate}", &bytes(progress.bytes_per_second))
}

/// The same where no bar stands beside it: how much of the whole is done comes first, where that is known.
pub(crate) fn line_of_the_whole(progress: &Progress) -> String {
    let line = line(progress, Room::Enough);
    match progress.overall.map(|thousandths| thousandths.min(Progress::WHOLE) / 10) {
        // Translators: how much is done of everything, and of what is done just now: “80%, Unpacking, for 12 s”.
        Some(percent) => {
            gettext("{percent}%, {line}").replace("{percent}", &percent.to_string()).replace("{line}", &line)
        }
        None => line,
    }
}

/// The part of the bar that is done, from 0 to 1: of the whole operation, or, where nobody knows that, of its phase.
#[derive(Debug, Default)]
pub(crate) struct Bar {
    phase: Option<Phase>,
    of_the_whole: bool,
    part: Option<f64>,
}

impl Bar {
    /// Takes a reading. Within the whole, or within a phase, the bar never goes back.
    pub(crate) fn take(&mut self, progress: &Progress) -> Option<f64> {
        let whole = progress.overall_fraction();
        let goes_on = match (self.of_the_whole, whole) {
            (true, _) => true,
            (false, Some(_)) => false,
            (false, None) => self.phase == Some(progress.phase),
        };
        let before = self.part.filter(|_| goes_on);
        let now = if self.of_the_whole { whole } else { whole.or_else(|| progress.fraction()) };
        self.of_the_whole |= whole.is_some();
        self.phase = Some(progress.phase);
        self.part = match (before, now) {
            (Some(before), Some(now)) => Some(before.max(now)),
            // What was known of the whole still holds; of a phase it may have been taken back.
            (before, None) if self.of_the_whole => before,
            (_, now) => now,
        };
        self.part
    }
}

/// Where a container image is told of by its layers: the one that comes now, and about how much it is in all.
fn of_layers(progress: &Progress, phase: String, room: Room) -> String {
    let text = match (progress.total_bytes, room) {
        // Translators: “Downloading: Layer 3 of 8 (1.8 MB), about 11.8 MB in all”.
        (Some(_), Room::Enough) => gettext("{phase}: {layer}, about {total} in all"),
        // Translators: the same where there is little room: “Downloading: Layer 3 of 8 (1.8 MB), about 11.8 MB”.
        (Some(_), Room::Little) => gettext("{phase}: {layer}, about {total}"),
        // Translators: “Downloading: Layer 3 of 8 (1.8 MB)”.
        (None, _) => gettext("{phase}: {layer}"),
    };
    text.replace("{phase}", &phase)
        .replace("{layer}", &wording::layer(progress).unwrap_or_default())
        .replace("{total}", &wording::bytes(progress.total_bytes.unwrap_or_default()))
}

fn without_bytes(progress: &Progress, phase: String) -> String {
    let text = match (progress.objects, progress.total_objects) {
        // Translators: “Downloading: 120 of 300 files”.
        (Some(_), Some(_)) => gettext("{phase}: {done} of {total} files"),
        // Translators: “Downloading: 120 files”.
        (Some(_), None) => gettext("{phase}: {done} files"),
        (None, _) => match progress.seconds_in_phase {
            // Translators: “Unpacking, for 12 s”: how long that lasts already.
            Some(seconds) => gettext("{phase}, for {time}").replace("{time}", &duration::whole(seconds)),
            None => return phase,
        },
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
        let text = line_of_the_whole(progress);
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

    fn at(phase: Phase, overall: Option<u16>) -> Progress {
        Progress { phase, overall, ..Progress::default() }
    }

    #[test]
    fn the_whole_goes_on_through_all_phases() {
        let flowing = Progress {
            overall: Some(323),
            bytes_per_second: Some(300_000),
            ..pulling(Some(12_100_000), Some(30_000_000))
        };
        let alive = Progress { seconds_in_phase: Some(12), ..at(Phase::Importing, Some(800)) };
        for (progress, text) in [
            (flowing, "32%, Downloading: 12.1 MB of 30.0 MB, 300.0 kB/s (About 1 minute)"),
            (at(Phase::Pulling, Some(0)), "0%, Downloading"),
            (alive, "80%, Unpacking, for 12 s"),
            (at(Phase::Staging, Some(999)), "99%, Preparing the new version"),
            (at(Phase::Staging, Some(u16::MAX)), "100%, Preparing the new version"),
            (at(Phase::Checking, None), "Asking what is new"),
        ] {
            assert_eq!(line_of_the_whole(&progress), text);
        }
    }

    #[test]
    fn the_bar_is_of_the_whole_where_that_is_known_and_never_goes_back() {
        let mut bar = Bar::default();
        let half = pulling(Some(50), Some(100));
        assert_eq!(bar.take(&at(Phase::Checking, None)), None);
        assert_eq!(bar.take(&half), Some(0.5));
        assert_eq!(bar.take(&Progress { overall: Some(400), ..half.clone() }), Some(0.4));
        assert_eq!(bar.take(&half), Some(0.4));
        assert_eq!(bar.take(&at(Phase::Importing, Some(300))), Some(0.4));
        assert_eq!(bar.take(&at(Phase::Staging, None)), Some(0.4));
        assert_eq!(bar.take(&at(Phase::Staging, Some(1000))), Some(1.0));
    }

    #[test]
    fn where_only_phases_are_known_each_has_its_bar() {
        let mut bar = Bar::default();
        let shown = [
            pulling(Some(90), Some(100)),
            pulling(Some(80), Some(100)),
            pulling(Some(95), None),
            Progress { phase: Phase::Staging, ..pulling(Some(1), Some(4)) },
            at(Phase::CleaningUp, None),
        ]
        .map(|progress| bar.take(&progress));
        assert_eq!(shown, [Some(0.9), Some(0.9), None, Some(0.25), None]);
    }

    #[test]
    fn only_what_is_known_is_said() {
        let known = Progress { bytes_per_second: Some(2_000_000), ..pulling(Some(12_100_000), Some(30_000_000)) };
        let objects = Progress { objects: Some(3), total_objects: Some(9), ..pulling(None, None) };
        for (progress, text) in [
            (known, "Downloading: 12.1 MB of 30.0 MB, 2.0 MB/s"),
            (pulling(Some(12_100_000), Some(30_000_000)), "Downloading: 12.1 MB of 30.0 MB"),
            (pulling(Some(0), None), "Downloading: 0 bytes"),
            (
                Progress { bytes_per_second: Some(2_000_000), ..pulling(Some(12_100_000), None) },
                "Downloading: 12.1 MB, 2.0 MB/s",
            ),
            (Progress { seconds_in_phase: Some(4), ..at(Phase::Importing, None) }, "Unpacking, for 4 s"),
            (
                Progress { seconds_in_phase: Some(75), ..at(Phase::Staging, None) },
                "Preparing the new version, for 1 min 15 s",
            ),
            (Progress { seconds_in_phase: Some(4), ..pulling(Some(5), None) }, "Downloading: 5 bytes"),
            (pulling(None, Some(5)), "Downloading"),
            (objects, "Downloading: 3 of 9 files"),
            (Progress::default(), "Starting"),
            (Progress { phase: Phase::Unknown, ..Progress::default() }, "Working"),
        ] {
            assert_eq!(
                (line(&progress, Room::Enough), line(&progress, Room::Little)),
                (text.to_owned(), text.to_owned())
            );
        }
    }

    #[test]
    fn layers_are_counted_where_nobody_counts_bytes() {
        let layers = Progress {
            layers: Some(2),
            total_layers: Some(8),
            layer_bytes: Some(1_800_000),
            ..pulling(None, Some(11_800_000))
        };
        for (progress, text) in [
            (layers.clone(), "Downloading: Layer 3 of 8 (1.8 MB), about 11.8 MB in all"),
            (Progress { total_bytes: None, ..layers.clone() }, "Downloading: Layer 3 of 8 (1.8 MB)"),
            (
                Progress { layers: Some(8), layer_bytes: None, ..layers.clone() },
                "Downloading: All 8 layers, about 11.8 MB in all",
            ),
            (Progress { bytes: Some(1_000_000), ..layers.clone() }, "Downloading: 1.0 MB of 11.8 MB"),
        ] {
            assert_eq!(line(&progress, Room::Enough), text);
        }
        assert_eq!(line(&layers, Room::Little), "Downloading: Layer 3 of 8 (1.8 MB), about 11.8 MB");
        assert_eq!(Bar::default().take(&layers), Some(0.25));
    }

    #[test]
    fn where_there_is_little_room_the_time_left_is_told_and_not_the_rate() {
        let long = Progress { bytes_per_second: Some(300_000), ..pulling(Some(12_100_000), Some(30_000_000)) };
        for (room, text) in [
            (Room::Enough, "Downloading: 12.1 MB of 30.0 MB, 300.0 kB/s (About 1 minute)"),
            (Room::Little, "Downloading: 12.1 MB of 30.0 MB (About 1 minute)"),
        ] {
            assert_eq!(line(&long, room), text);
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
        let alive = |seconds| Progress { seconds_in_phase: Some(seconds), ..at(Phase::Staging, Some(900)) };
        assert!(spaced.line(&alive(2), after(62)).is_some());
        assert!(spaced.line(&alive(4), after(64)).is_none());
        assert_eq!(spaced.line(&alive(7), after(67)).as_deref(), Some("90%, Preparing the new version, for 7 s"));
    }
}
