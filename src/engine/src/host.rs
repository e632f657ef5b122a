// SPDX-License-Identifier: GPL-3.0-or-later
//! What kind of host this is: whether it has an OSTree sysroot, what pulls and stages on it, and why.

use std::fs;
use std::path::Path;

use isotope_model::{BackendFacts, Host, ImageReference, choose_backend};

/// Without it there is no OSTree on this host.
const REPOSITORY: &str = "/sysroot/ostree/repo";
/// Where bootc is.
pub(crate) const BOOTC: &str = "/usr/bin/bootc";
const RPM_OSTREE: &str = "/usr/bin/rpm-ostree";
const APM: &str = "/usr/bin/apm";
/// A tree that is mounted here is what a soft restart goes on with. Source: `systemd-soft-reboot.service(8)`.
const NEXT_ROOT: &str = "/run/nextroot";
/// What libostree leaves that mounts it late. Source: libostree's `ostree-soft-reboot.c`.
const QUEUED: &str = "/run/ostree/nextroot-queued";

/// There is an OSTree sysroot.
pub(crate) fn has_sysroot() -> bool {
    Path::new(REPOSITORY).exists()
}

/// The computer was started from a composefs image of bootc's, and has no OSTree sysroot. Source: the `composefs=` that
/// bootc writes into the boot entry, and reads to find out the same.
pub(crate) fn has_composefs() -> bool {
    let named = |line: String| line.split_ascii_whitespace().any(|word| word.starts_with("composefs="));
    !has_sysroot() && Path::new(BOOTC).exists() && fs::read_to_string("/proc/cmdline").is_ok_and(named)
}

/// Describes a host with an OSTree sysroot. `followed` is what its booted deployment follows; `changed` says that
/// rpm-ostree has changed one that matters.
pub(crate) fn describe(followed: Option<&ImageReference>, changed: bool) -> Host {
    let (backend, backend_reason) = choose_backend(&BackendFacts {
        followed,
        changed_by_rpm_ostree: changed,
        has_bootc: Path::new(BOOTC).exists(),
        has_rpm_ostree: Path::new(RPM_OSTREE).exists(),
        has_apm: Path::new(APM).exists(),
    });
    Host { image_based: true, backend, backend_reason, libostree_version: libostree_version(), composefs: false }
}

/// A soft restart is prepared: a tree is mounted where it goes on, or libostree will mount one just before.
pub(crate) fn soft_restart_prepared() -> bool {
    Path::new(QUEUED).exists()
        || fs::read_to_string("/proc/self/mountinfo").is_ok_and(|mounts| is_mounted(&mounts, NEXT_ROOT))
}

/// Source: `proc_pid_mountinfo(5)`; the fifth field is where it is mounted.
fn is_mounted(mounts: &str, path: &str) -> bool {
    mounts.lines().any(|line| line.split(' ').nth(4) == Some(path))
}

/// The newest version that the library says it is at least; it tells no more at run time.
fn libostree_version() -> Option<String> {
    let year = (2024..2060).rev().find(|year| ostree::check_version(*year, 1))?;
    let release = (1..30).rev().find(|release| ostree::check_version(year, *release))?;
    Some(format!("{year}.{release}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_tree_is_told_from_a_folder() {
        let mounts =
            "29 1 259:2 / / rw - ext4 /dev/x rw\n41 29 259:2 /ostree/deploy /run/nextroot ro - ext4 /dev/x rw\n";
        assert!(is_mounted(mounts, NEXT_ROOT));
        assert!(!is_mounted(mounts, "/run") && !is_mounted("", NEXT_ROOT));
    }
}
