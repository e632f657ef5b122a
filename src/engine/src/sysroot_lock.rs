// SPDX-License-Identifier: GPL-3.0-or-later
//! Waiting for the sysroot's lock, in sight and cancellable.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::{Phase, Progress, Refusal};
use ostree::gio;
use ostree::gio::prelude::CancellableExt as _;

use crate::failure::Failure;
use crate::progress_reporter::ProgressReporter;

const LOCK: &str = "/sysroot/ostree/lock";
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
    while !sysroot.try_lock().context("locking the sysroot")? {
        let progress = Progress { phase: Phase::Waiting, waits_for: holder(), ..Progress::default() };
        reporter.report(progress);
        if cancellable.is_cancelled() {
            return Err(Refusal::Cancelled.into());
        }
        std::thread::sleep(PAUSE);
    }
    Ok(SysrootLock { sysroot })
}

/// The name of the program that holds the lock, where the kernel tells.
fn holder() -> Option<String> {
    let inode = fs::metadata(LOCK).ok()?.ino();
    let process = holder_in(&fs::read_to_string("/proc/locks").ok()?, inode)?;
    let name = fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
    let name: String = name.trim().chars().filter(|letter| !letter.is_control()).collect();
    Some(name).filter(|name| !name.is_empty())
}

/// The process that holds an flock on this inode. Source: `proc_locks(5)`.
fn holder_in(locks: &str, inode: u64) -> Option<u32> {
    let ending = format!(":{inode}");
    locks.lines().find_map(|line| {
        let mut words = line.split_ascii_whitespace().skip(1);
        // A waiting one has an arrow in front.
        (words.next()? == "FLOCK").then_some(())?;
        let process = words.nth(2)?.parse().ok().filter(|process| *process > 0)?;
        words.next()?.ends_with(&ending).then_some(process)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_holder_is_found_and_those_who_wait_are_not() {
        let locks = "1: POSIX  ADVISORY  WRITE 10 fd:00:77 0 EOF\n\
                     2: FLOCK  ADVISORY  WRITE 4321 07:01:77 0 EOF\n\
                     2: -> FLOCK  ADVISORY  WRITE 9999 07:01:77 0 EOF\n\
                     3: FLOCK  ADVISORY  WRITE 0 07:01:78 0 EOF\n";
        assert_eq!(holder_in(locks, 77), Some(4321));
        assert_eq!(holder_in(locks, 78), None);
        assert_eq!(holder_in("garbage\n4:\n", 77), None);
    }
}
