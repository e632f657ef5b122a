// SPDX-License-Identifier: GPL-3.0-or-later
//! The two ways out: results on standard output, everything else on standard error.

use std::io::{self, Write as _};

use serde_json::Value;

use crate::render::{Line, json_text};
use crate::terminal::{Terminal, plain_wanted};

/// What was to be read cannot be written, for example because a disk is full.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub(crate) struct OutputError(#[from] io::Error);

/// Writes results. False once nobody reads them any more.
///
/// # Errors
/// They cannot be written.
pub(crate) fn results(terminal: Terminal, lines: &[Line]) -> Result<bool, OutputError> {
    let styles = terminal.output_styles && !plain_wanted();
    write(lines.iter().map(|line| line.paint(styles)))
}

/// Writes one JSON document over several lines.
pub(crate) fn document(value: &Value) -> Result<bool, OutputError> {
    write([json_text::pretty(value)])
}

/// Writes one JSON document on one line.
pub(crate) fn record(value: &Value) -> Result<bool, OutputError> {
    write([json_text::line(value)])
}

/// Writes a program for another one to read, as it stands.
pub(crate) fn script(text: &[u8]) -> Result<bool, OutputError> {
    write([String::from_utf8_lossy(text).trim_end().to_owned()])
}

/// Writes what is no result; there is nobody left to tell if that fails.
pub(crate) fn remarks(terminal: Terminal, lines: &[Line]) {
    let styles = terminal.error_styles && !plain_wanted();
    let mut errors = io::stderr().lock();
    for line in lines {
        let _ = writeln!(errors, "{}", line.paint(styles));
    }
}

fn write(lines: impl IntoIterator<Item = String>) -> Result<bool, OutputError> {
    let mut output = io::stdout().lock();
    let written = lines.into_iter().try_for_each(|line| writeln!(output, "{line}")).and_then(|()| output.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        other => Ok(other.map(|()| true)?),
    }
}
