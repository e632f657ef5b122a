// SPDX-License-Identifier: GPL-3.0-or-later
//! The recorded runs of the real bootc, and that each is asserted by a test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::{errors, output, progress, status};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings/bootc-1.15.2")
}

/// Where a recording is.
pub(super) fn path(name: &str) -> PathBuf {
    folder().join(name)
}

/// A recording.
pub(super) fn read(name: &str) -> Vec<u8> {
    std::fs::read(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A recording that is text, without the exit status that was written down at its end.
pub(super) fn read_text(name: &str) -> String {
    let text = String::from_utf8(read(name)).unwrap();
    text.lines().filter(|line| !line.starts_with("rc=")).map(|line| format!("{line}\n")).collect()
}

/// The tables below are gone through by a test each, which fails for a row that does not hold.
#[test]
fn every_recording_is_asserted_by_a_test() {
    let asserted: BTreeSet<&str> = (progress::tests::RECORDINGS.iter().map(|row| row.0))
        .chain(errors::tests::RECORDINGS.iter().map(|row| row.0))
        .chain(output::tests::RECORDINGS.iter().map(|row| row.0))
        .chain(status::tests::RECORDINGS.iter().map(|row| row.0))
        .collect();
    let names: Vec<String> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "README.md")
        .collect();
    let there: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(there, asserted);
    assert!(there.len() > 50);
}
