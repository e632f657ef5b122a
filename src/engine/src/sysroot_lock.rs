// SPDX-License-Identifier: GPL-3.0-or-later
//! Waiting for the sysroot's lock, in sight and cancellable.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::{Phase, Progress, Refusal};
use ostree::gio;
use ostree::gio::prelude::CancellableExt as _;

use crate::failure::Failure;
use crate::progress_reporter::ProgressReporter;

const LOCK: &str = "/sysroot/ostree/lock";
/// A process has no more ancestors than this.
const MOST_ANCESTORS: u32 = 64;
const PAUSE: Duration = Duration::from_millis(200);

/// Holds the lock until it is dropped.
#[derive(Debug)]
pub(crate) struct SysrootLock<'a> {
    sysroot: &'a ostree::Sysroot,
}

impl Drop for SysrootLock<'_> {
    fn drop(&mut self) {
        self.sysroot.unlock();
    }
}

/// Takes the lock, waiting for whoever holds it.
///
/// # Errors
/// [`Refusal::Cancelled`], or libostree cannot lock at all.
pub(crate) fn take<'a>(
    sysroot: &'a ostree::Sysroot,
    cancellable: &gio::Cancellable,
    reporter: &ProgressReporter,
) -> Result<SysrootLock<'a>, Failure> {
    let mut waits_for = None;
    while !sysroot.try_lock().context("locking the sysroot")? {
        waits_for = waits_for.or_else(holder);
        reporter.report(Progress { phase: Phase::Waiting, waits_for: waits_for.clone(), ..Progress::default() });
        if cancellable.is_cancelled() {
            return Err(Refusal::Cancelled.into());
        }
        std::thread::sleep(PAUSE);
    }
    Ok(SysrootLock { sysroot })
}

/// The name of the program that holds the lock.
fn holder() -> Option<String> {
    holding_process().and_then(|process| name(&process))
}

/// The same, unless it is this process or one that it has started.
pub(crate) fn other_holder() -> Option<String> {
    let process = holding_process()?;
    let mut ancestor: u32 = process.file_name()?.to_str()?.parse().ok()?;
    for _ in 0..MOST_ANCESTORS {
        if ancestor == std::process::id() {
            return None;
        }
        match parent(ancestor) {
            Some(parent) if parent > 0 => ancestor = parent,
            _ => break,
        }
    }
    name(&process)
}

/// libostree locks the open file, not for a process, so the kernel's list of locks names none: it is whoever has the file
/// open with a lock on it.
fn holding_process() -> Option<PathBuf> {
    let lock = fs::metadata(LOCK).ok()?;
    let holds = |process: &Path| {
        fs::read_dir(process.join("fd")).into_iter().flatten().flatten().any(|file| {
            let same = fs::metadata(file.path()).is_ok_and(|open| open.ino() == lock.ino() && open.dev() == lock.dev());
            let information = process.join("fdinfo").join(file.file_name());
            same && fs::read_to_string(information).is_ok_and(|text| has_lock(&text))
        })
    };
    let mut processes = fs::read_dir("/proc").ok()?.flatten().map(|process| process.path());
    processes.find(|process| is_process(process) && holds(process))
}

fn name(process: &Path) -> Option<String> {
    let name = fs::read_to_string(process.join("comm")).ok()?;
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// Source: `proc_pid_status(5)`.
fn parent(process: u32) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:")).and_then(|id| id.trim().parse().ok())
}

fn is_process(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
}

/// An open file has a lock. Source: `proc_pid_fdinfo(5)`.
fn has_lock(information: &str) -> bool {
    information.lines().any(|line| line.starts_with("lock:") && !line.contains("->"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_file_with_a_lock_is_told_from_one_without() {
        assert!(has_lock("pos:\t0\nflags:\t02100002\nlock:\t1: OFDLCK ADVISORY  WRITE -1 07:01:77 0 EOF\n"));
        assert!(!has_lock("pos:\t0\nflags:\t02100002\nmnt_id:\t40\n"));
    }

    #[test]
    fn a_process_has_a_parent() {
        assert_eq!(parent(std::process::id()), Some(std::os::unix::process::parent_id()));
        assert_eq!(parent(0), None);
    }

    #[test]
    fn only_numbers_are_processes() {
        assert!(is_process(Path::new("/proc/123")));
        assert!(!is_process(Path::new("/proc/self")));
    }
}
