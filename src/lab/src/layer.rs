// SPDX-License-Identifier: GPL-3.0-or-later
//! What lies over the host's /usr on the machine: the project's own files, as a package would install them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::sys::stat::{Mode, SFlag, mknod};

use crate::Installation;

/// The project's data files and where a package puts them below /usr.
const DATA: [(&str, &str); 7] = [
    ("dbus/io.github.isotope_desktop.Isotope1.conf", "share/dbus-1/system.d"),
    ("dbus/io.github.isotope_desktop.Isotope1.service", "share/dbus-1/system-services"),
    ("polkit/io.github.isotope_desktop.isotope.policy", "share/polkit-1/actions"),
    ("systemd/isotope-helper.service", "lib/systemd/system"),
    ("systemd/isotope-engine.socket", "lib/systemd/system"),
    ("systemd/isotope-engine@.service", "lib/systemd/system"),
    ("sysusers/isotope.conf", "lib/sysusers.d"),
];
/// What the lab adds for itself.
const OWN: [(&str, &str, u32); 3] = [
    ("bin/systemctl", include_str!("files/systemctl"), 0o755),
    ("share/dbus-1/system.d/isotope-lab-login1.conf", include_str!("files/login1.conf"), 0o644),
    // The package database of an image is in /usr.
    ("lib/rpm/macros.d/macros.lab", "%_dbpath /usr/share/rpm\n", 0o644),
];

/// What the host has and the machine has not: nobody is to wait for a service manager that does not come.
const HIDDEN: [&str; 2] = [
    "share/dbus-1/system-services/org.freedesktop.systemd1.service",
    "share/dbus-1/system-services/org.freedesktop.login1.service",
];

/// A program of the host that the machine sees at another place.
pub(crate) struct ProgramMount {
    pub(crate) source: PathBuf,
    pub(crate) place: PathBuf,
}

/// Makes the layer anew in `layer` and returns what is to be mounted over it.
pub(crate) fn create(layer: &Path, installation: &Installation) -> Result<Vec<ProgramMount>> {
    if layer.exists() {
        std::fs::remove_dir_all(layer)?;
    }
    for (name, folder) in DATA {
        let source = installation.data.join(name);
        let file = source.file_name().context("a data file has no name")?;
        let contents = std::fs::read(&source).with_context(|| format!("{} is missing", source.display()))?;
        write(&layer.join(folder).join(file), &contents, 0o644)?;
    }
    for (place, contents, mode) in OWN {
        write(&layer.join(place), contents.as_bytes(), mode)?;
    }
    for place in HIDDEN {
        mknod(&layer.join(place), SFlag::S_IFCHR, Mode::empty(), 0).with_context(|| format!("cannot hide {place}"))?;
    }
    let mut mounts = Vec::new();
    for (source, place) in installation.programs()? {
        write(&layer.join(place), b"", 0o755)?;
        mounts.push(ProgramMount { source, place: Path::new("/usr").join(place) });
    }
    Ok(mounts)
}

fn write(path: &Path, contents: &[u8], mode: u32) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(())
}
