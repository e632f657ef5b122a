// SPDX-License-Identifier: GPL-3.0-or-later
//! Running a program and saying what failed.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, Result, bail};

use crate::configuration::Folder;

/// A command that reads nothing and speaks plain English.
pub(crate) fn command<I, S>(program: &str, arguments: I) -> Command
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).env("LC_ALL", "C.UTF-8");
    command
}

/// An `ostree` command whose temporary files are in the lab.
pub(crate) fn ostree<S: AsRef<OsStr>>(folder: &Folder, arguments: impl IntoIterator<Item = S>) -> Command {
    let mut command = command("ostree", arguments);
    command.env("TMPDIR", folder.temporary());
    command
}

/// Runs `command` to its end; a failure becomes an error with what the program said.
pub(crate) fn run(mut command: Command) -> Result<Output> {
    let output = command.output().with_context(|| format!("cannot start {}", written(&command)))?;
    if !output.status.success() {
        let said = if output.stderr.is_empty() { &output.stdout } else { &output.stderr };
        bail!("{} failed ({}): {}", written(&command), output.status, tail_of(&String::from_utf8_lossy(said), 10));
    }
    Ok(output)
}

/// Runs `command` to its end and returns what it wrote, without the last line break.
pub(crate) fn run_for_text(command: Command) -> Result<String> {
    let output = run(command)?;
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// The last lines of a log file, for error messages.
pub(crate) fn tail_of_file(path: &Path, lines: usize) -> String {
    match std::fs::read(path) {
        Ok(bytes) => tail_of(&String::from_utf8_lossy(&bytes), lines),
        Err(error) => format!("(no log: {error})"),
    }
}

/// `NAME=value` for an argument that holds a path.
pub(crate) fn assigned(name: &str, path: &Path) -> std::ffi::OsString {
    let mut argument = std::ffi::OsString::from(name);
    argument.push("=");
    argument.push(path);
    argument
}

fn tail_of(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.trim_end().lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn written(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_carries_what_the_program_said() {
        let error = run(command("sh", ["-c", "echo first; echo broken >&2; exit 3"])).unwrap_err().to_string();
        assert!(error.contains("broken") && error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn only_the_last_lines_are_shown() {
        assert_eq!(tail_of("a\nb\nc\n", 2), "b\nc");
        assert_eq!(tail_of("", 2), "");
    }
}
