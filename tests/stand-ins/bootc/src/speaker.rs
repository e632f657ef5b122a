// SPDX-License-Identifier: GPL-3.0-or-later
//! What is said on the standard streams, with the faults that were asked for.

use std::cell::Cell;
use std::io::Write;

use crate::faults::{Fault, Faults};

/// Says things.
#[derive(Debug)]
pub(crate) struct Speaker {
    pub(crate) faults: Faults,
    begun: Cell<bool>,
}

impl Speaker {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, begun: Cell::new(false) }
    }

    /// A line on standard output.
    pub(crate) fn say(&self, line: &str) {
        let first = !self.begun.replace(true);
        // Nobody listens: nothing to be done about it.
        let _ = std::io::stdout().write_all(&spoilt(self.faults, line, first));
        let _ = std::io::stdout().flush();
    }

    /// A line on standard error.
    pub(crate) fn complain(&self, line: &str) {
        if !self.faults.has(Fault::Silent) {
            eprintln!("{line}");
        }
    }
}

/// The line as it goes out, `first` or not.
pub(crate) fn spoilt(faults: Faults, line: &str, first: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    if faults.has(Fault::Silent) {
        return bytes;
    }
    if first && faults.has(Fault::LongLine) {
        bytes.resize(1 << 20, b'x');
        bytes.push(b'\n');
    }
    if first && faults.has(Fault::InvalidUtf8) {
        bytes.extend_from_slice(b"\xff\xfe\xc3\x28\n");
    }
    if first && faults.has(Fault::HalfLine) {
        bytes.extend_from_slice(&line.as_bytes()[..line.len() / 2]);
        return bytes;
    }
    bytes.extend_from_slice(line.as_bytes());
    bytes.push(b'\n');
    bytes
}
