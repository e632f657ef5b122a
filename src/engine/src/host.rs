// SPDX-License-Identifier: GPL-3.0-or-later
//! What kind of host this is: whether it has an OSTree sysroot, what pulls and stages on it, and why.

use std::fs;
use std::path::Path;

use isotope_model::{Backend, BackendFacts, Host, ImageReference, choose_backend};

use crate::automatic_updaters;
use crate::rpm_ostree_backend::{automatic_updates, driver};

/// Without it there is no OSTree on this host.
const REPOSITORY: &str = "/sysroot/ostree/repo";
/// Where bootc is.
pub(crate) const BOOTC: &str = "/usr/bin/bootc";
const RPM_OSTREE: &str = "/usr/bin/rpm-ostree";
const APM: &str = "/usr/bin/apm";

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
    Host {
        automatic_updaters: automatic_updaters::read(),
        looks_by_itself: automatic_updaters::looks_by_itself(),
        image_based: true,
        backend,
        backend_reason,
        libostree_version: libostree_version(),
        composefs: false,
        update_driver: driver::read(),
        automatic_updates: (backend == Backend::RpmOstree).then(automatic_updates::read),
    }
}

/// The newest version that the library says it is at least; it tells no more at run time.
fn libostree_version() -> Option<String> {
    let year = (2024..2060).rev().find(|year| ostree::check_version(*year, 1))?;
    let release = (1..30).rev().find(|release| ostree::check_version(year, *release))?;
    Some(format!("{year}.{release}"))
}
