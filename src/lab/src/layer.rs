// SPDX-License-Identifier: GPL-3.0-or-later
//! What the lab itself lays over the host's /usr and the installed tree.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result};
use nix::sys::stat::{Mode, SFlag, mknod};

/// What the lab adds for itself.
const OWN: [(&str, &str, u32); 4] = [
    ("bin/systemctl", include_str!("files/systemctl"), 0o755),
    ("share/dbus-1/system.d/isotope-lab-login1.conf", include_str!("files/login1.conf"), 0o644),
    ("share/dbus-1/system.d/isotope-lab-surroundings.conf", include_str!("files/surroundings.conf"), 0o644),
    // The package database of an image is in /usr.
    ("lib/rpm/macros.d/macros.lab", "%_dbpath /usr/share/rpm\n", 0o644),
];

/// What the package of rpm-ostree brings besides the program.
const RPM_OSTREE: [(&str, &str, u32); 3] = [
    (
        "share/dbus-1/system-services/org.projectatomic.rpmostree1.service",
        include_str!("files/rpm-ostree.service"),
        0o644,
    ),
    ("share/dbus-1/system.d/org.projectatomic.rpmostree1.conf", include_str!("files/rpm-ostree.conf"), 0o644),
    ("share/polkit-1/actions/org.projectatomic.rpmostree1.policy", include_str!("files/rpm-ostree.policy"), 0o644),
];

/// What the host has and the machine has not: nobody is to wait for a service manager that does not come.
const HIDDEN: [&str; 4] = [
    "share/dbus-1/system-services/org.freedesktop.systemd1.service",
    "share/dbus-1/system-services/org.freedesktop.login1.service",
    "share/dbus-1/system-services/org.freedesktop.NetworkManager.service",
    "share/dbus-1/system-services/org.freedesktop.UPower.service",
];

/// Makes the layer anew in `layer`, for a machine with rpm-ostree or without.
pub(crate) fn create(layer: &Path, rpm_ostree: bool) -> Result<()> {
    if layer.exists() {
        std::fs::remove_dir_all(layer)?;
    }
    let of_rpm_ostree: &[_] = if rpm_ostree { &RPM_OSTREE } else { &[] };
    for (place, contents, mode) in OWN.iter().chain(of_rpm_ostree) {
        let path = within(layer, place)?;
        std::fs::write(&path, contents).with_context(|| format!("cannot write {}", path.display()))?;
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(*mode))?;
    }
    for place in HIDDEN {
        let path = within(layer, place)?;
        mknod(&path, SFlag::S_IFCHR, Mode::empty(), 0).with_context(|| format!("cannot hide {place}"))?;
    }
    Ok(())
}

/// An empty file in the layer, for another to be laid over.
pub(crate) fn make_room(layer: &Path, place: &str) -> Result<()> {
    std::fs::write(within(layer, place)?, "").with_context(|| format!("cannot make room for {place}"))
}

/// The path of `place` in the layer, whose folder exists.
fn within(layer: &Path, place: &str) -> Result<std::path::PathBuf> {
    let path = layer.join(place);
    std::fs::create_dir_all(path.parent().unwrap_or(layer))?;
    Ok(path)
}
