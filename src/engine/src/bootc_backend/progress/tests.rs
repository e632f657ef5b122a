// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::ProgressMeter;
use proptest::prelude::*;

use super::super::progress_lines::ProgressLines;
use super::super::recordings::read;
use super::*;

/// A recording; the phases that it shows, how many bytes of how many it pulls, and how much of the whole is done in the
/// end.
type Row = (&'static str, &'static [Phase], Option<(u64, u64)>, Option<u16>);

const ALL: &[Phase] = &[Phase::Pulling, Phase::Importing, Phase::Staging];

pub(in super::super) const RECORDINGS: &[Row] = &[
    ("upgrade.progress.jsonl", ALL, Some((3_018_549, 3_018_549)), Some(1000)),
    ("switch.progress.jsonl", ALL, Some((3_018_470, 3_018_470)), Some(1000)),
    ("switch-multi.progress.jsonl", ALL, Some((33_022_180, 33_022_180)), Some(1000)),
    // More was here already than had to be downloaded.
    ("upgrade-concurrent-a.progress.jsonl", ALL, Some((12_007_999, 12_007_999)), Some(1000)),
    // The count of bytes goes back by one in the middle.
    ("upgrade-download-only.progress.jsonl", ALL, Some((20_013_077, 20_013_077)), Some(1000)),
    ("upgrade-sigterm.progress.jsonl", &[Phase::Pulling], Some((5_917_747, 20_013_050)), Some(236)),
    // It ends with "importing", completed, though not even half was downloaded.
    ("switch-cut.progress.jsonl", &[Phase::Pulling], Some((8_987_714, 20_013_072)), Some(359)),
    ("switch-refused.progress.jsonl", &[], None, None),
    ("upgrade-check.progress.jsonl", &[], None, None),
    ("upgrade-concurrent-b.progress.jsonl", &[], None, None),
    ("upgrade-from-downloaded.progress.jsonl", &[], None, None),
    ("upgrade-incompatible.progress.jsonl", &[], None, None),
];

/// Everything that would be shown, one line every 200 milliseconds, as the reporter does it.
fn shown(stream: &[u8]) -> Vec<Progress> {
    let (mut progress, mut meter, mut lines) =
        (BootcProgress::default(), ProgressMeter::default(), ProgressLines::default());
    let (mut all, mut at) = (Vec::new(), Duration::ZERO);
    lines.feed(stream, |line| {
        at += Duration::from_millis(200);
        let milliseconds = u64::try_from(at.as_millis()).unwrap();
        if let Some(reading) = progress.take(line, at) {
            all.push(meter.take(reading, milliseconds));
        }
    });
    all
}

#[test]
fn every_recording_shows_what_happened() {
    for (name, phases, bytes, overall) in RECORDINGS {
        let all = shown(&read(name));
        let mut seen: Vec<_> = all.iter().map(|progress| progress.phase).collect();
        seen.dedup();
        assert_eq!(&seen, phases, "{name}");
        let pulled = all.iter().rfind(|progress| progress.phase == Phase::Pulling);
        assert_eq!(pulled.map(|last| (last.bytes.unwrap(), last.total_bytes.unwrap())), *bytes, "{name}");
        assert_eq!(all.last().and_then(|last| last.overall), *overall, "{name}");
        check(&all).unwrap();
    }
}

#[test]
fn the_first_line_tells_what_is_being_pulled() {
    let mut progress = BootcProgress::default();
    let stream = read("upgrade.progress.jsonl");
    let mut lines = stream.split(|byte| *byte == b'\n');
    assert_eq!(progress.take(lines.next().unwrap(), Duration::ZERO), None);
    assert_eq!(progress.digest(), None);
    progress.take(lines.next().unwrap(), Duration::ZERO).unwrap();
    let digest = "sha256:439d7f3e8c42f515ec5a68a2e417aa44d6ca021d97f11695ce9e61673538fbcd";
    assert_eq!(progress.digest(), Some(digest));
}

#[test]
fn rate_and_remaining_time_are_there_only_while_bytes_flow() {
    let all = shown(&read("switch-multi.progress.jsonl"));
    assert!(all.iter().any(|progress| progress.seconds_left().is_some()));
    let others = all.iter().filter(|progress| progress.phase != Phase::Pulling);
    assert!(others.clone().all(|other| other.bytes.is_none() && other.bytes_per_second.is_none()));
    let (mut progress, mut meter) = (BootcProgress::default(), ProgressMeter::default());
    let line = |bytes: u64| format!(r#"{{"task":"pulling","bytes":{bytes},"bytesTotal":9000}}"#);
    for (second, bytes) in [(0, 0), (1, 1000), (2, 2000)] {
        let reading = progress.take(line(bytes).as_bytes(), Duration::from_secs(second)).unwrap();
        meter.take(reading, second * 1000);
    }
    let silent = meter.take(progress.now(Duration::from_secs(4)), 4000);
    assert_eq!((silent.bytes, silent.bytes_per_second, silent.seconds_left()), (Some(2000), None, None));
}

#[test]
fn a_phase_without_bytes_shows_how_long_it_lasts() {
    let mut progress = BootcProgress::default();
    assert_eq!(progress.now(Duration::from_secs(1)).seconds_in_phase, None);
    assert_eq!(progress.now(Duration::from_secs(4)).seconds_in_phase, Some(4));
    let begun = progress.take(br#"{"task":"staging","steps":0,"stepsTotal":3}"#, Duration::from_secs(10)).unwrap();
    assert_eq!((begun.overall, begun.seconds_in_phase), (Some(900), None));
    assert_eq!(progress.now(Duration::from_secs(13)).seconds_in_phase, Some(3));
}

#[test]
fn what_is_not_known_is_passed_over() {
    let mut progress = BootcProgress::default();
    for line in [
        "",
        "null",
        "[]",
        "{",
        "{}",
        r#"{"type":"Start","version":"9.0"}"#,
        r#"{"type":"OfTheFuture","task":"teleporting","bytes":5}"#,
        r#"{"task":7}"#,
        &"[".repeat(100_000),
    ] {
        assert_eq!(progress.take(line.as_bytes(), Duration::ZERO), None, "{line:.40}");
    }
    let line = b"{\"task\":\"pulling\",\"bytes\":-5,\"bytesTotal\":\"many\",\"description\":\"\xff\",\"more\":{}}";
    let shown = progress.take(line, Duration::ZERO).unwrap();
    assert_eq!((shown.bytes, shown.total_bytes, shown.overall), (Some(0), None, None));
}

/// What may never happen.
fn check(all: &[Progress]) -> Result<(), TestCaseError> {
    let (mut overall, mut last) = (None, Progress::default());
    let mut fraction = 0.0;
    for progress in all {
        prop_assert!(progress.phase >= last.phase, "{last:?} {progress:?}");
        if progress.phase > last.phase {
            fraction = 0.0;
        } else {
            prop_assert!(progress.bytes >= last.bytes, "{last:?} {progress:?}");
        }
        if let (Some(bytes), Some(total)) = (progress.bytes, progress.total_bytes) {
            prop_assert!(bytes <= total, "{progress:?}");
        }
        if let Some(now) = progress.fraction() {
            prop_assert!((fraction..=1.0).contains(&now), "{last:?} {progress:?}");
            fraction = now;
        }
        prop_assert!(progress.overall >= overall && progress.overall.unwrap_or(0) <= Progress::WHOLE, "{progress:?}");
        overall = progress.overall;
        last = progress.clone();
    }
    Ok(())
}

#[derive(Clone, Debug)]
enum Damage {
    Truncate(usize),
    Repeat(usize),
    Swap(usize, usize),
    Number(usize, usize, u64),
    Byte(usize, u8),
}

fn damage() -> impl Strategy<Value = Damage> {
    let (place, number) = (any::<usize>, prop_oneof![any::<u64>(), 0u64..100, 1_000_000u64..100_000_000]);
    prop_oneof![
        1 => place().prop_map(Damage::Truncate),
        4 => place().prop_map(Damage::Repeat),
        4 => (place(), place()).prop_map(|(one, other)| Damage::Swap(one, other)),
        8 => (place(), place(), number).prop_map(|(line, which, number)| Damage::Number(line, which, number)),
        4 => (place(), any::<u8>()).prop_map(|(place, byte)| Damage::Byte(place, byte)),
    ]
}

impl Damage {
    fn apply(&self, stream: &mut Vec<u8>) {
        let mut lines: Vec<Vec<u8>> = stream.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
        if stream.is_empty() {
            return;
        }
        let count = lines.len();
        match *self {
            Self::Truncate(at) => return stream.truncate(at % stream.len()),
            Self::Byte(at, byte) => {
                let at = at % stream.len();
                stream[at] = byte;
                return;
            }
            Self::Repeat(line) => lines.insert(line % count, lines[line % count].clone()),
            Self::Swap(one, other) => lines.swap(one % count, other % count),
            Self::Number(line, which, number) => {
                let line = &mut lines[line % count];
                if let Ok(Value::Object(mut fields)) = serde_json::from_slice(line) {
                    let key = ["bytes", "bytesTotal", "steps", "stepsTotal", "bytesCached"][which % 5];
                    fields.insert(key.to_owned(), number.into());
                    *line = format!("{}\n", Value::Object(fields)).into_bytes();
                }
            }
        }
        *stream = lines.concat();
    }
}

proptest! {
    #[test]
    fn no_damage_makes_it_go_back_or_exceed_the_whole(
        (name, ..) in prop::sample::select(RECORDINGS),
        damages in prop::collection::vec(damage(), 1..30),
    ) {
        let mut stream = read(name);
        damages.iter().for_each(|damage| damage.apply(&mut stream));
        check(&shown(&stream))?;
    }
}
