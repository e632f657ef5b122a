// SPDX-License-Identifier: GPL-3.0-or-later
//! The folders and files that a service manager makes while a machine boots.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use anyhow::{Context, Result};

use crate::accounts::{self, Account};
use crate::unit::Unit;

/// Folders of /var and /run: name, mode.
const FOLDERS: [(&str, u32); 12] = [
    ("/run/dbus", 0o755),
    ("/run/lock", 0o1777),
    ("/run/user", 0o755),
    ("/var/cache", 0o755),
    ("/var/home", 0o755),
    ("/var/lib", 0o755),
    ("/var/log", 0o755),
    ("/var/opt", 0o755),
    ("/var/roothome", 0o700),
    ("/var/spool", 0o755),
    ("/var/srv", 0o755),
    ("/var/tmp", 0o1777),
];

pub(super) fn create() -> Result<()> {
    for (path, mode) in FOLDERS {
        make(Path::new(path), mode, None)?;
    }
    for name in ["person", "administrator"] {
        let account = accounts::find(name)?;
        make(&Path::new("/var/home").join(name), 0o700, Some(&account))?;
        make(&Path::new("/run/user").join(account.user.to_string()), 0o700, Some(&account))?;
    }
    make_machine_id()?;
    for unit in ["isotope-helper.service", "isotope-boot.service"] {
        make_service_directories(unit)?;
    }
    Ok(())
}

/// State and runtime directories that a unit asks for.
fn make_service_directories(name: &str) -> Result<()> {
    let unit = Unit::read(&Path::new(super::UNITS).join(name))?;
    let owner = unit.value("Service", "User").map(accounts::find).transpose()?;
    for (key, parent) in [("StateDirectory", "/var/lib"), ("RuntimeDirectory", "/run")] {
        let mode = unit.mode("Service", &format!("{key}Mode"))?.unwrap_or(0o755);
        for directory in unit.value("Service", key).into_iter().flat_map(str::split_ascii_whitespace) {
            make(&Path::new(parent).join(directory), mode, owner.as_ref())?;
        }
    }
    Ok(())
}

fn make(path: &Path, mode: u32, owner: Option<&Account>) -> Result<()> {
    std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
    if let Some(owner) = owner {
        chown(path, Some(owner.user), Some(owner.group))?;
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
    Ok(())
}

/// The first boot gives the machine its identity.
fn make_machine_id() -> Result<()> {
    let path = Path::new("/etc/machine-id");
    let known = std::fs::read_to_string(path).unwrap_or_default();
    if known.trim().is_empty() || known.trim() == "uninitialized" {
        let id = std::fs::read_to_string("/proc/sys/kernel/random/uuid")?.replace('-', "");
        std::fs::write(path, id).context("cannot write the machine's id")?;
    }
    Ok(())
}
