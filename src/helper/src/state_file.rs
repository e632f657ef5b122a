// SPDX-License-Identifier: GPL-3.0-or-later
//! Files in the service's state directory.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest file that is read, in bytes: a snapshot, which may be as long as a reply of the engine, and more.
const LONGEST: u64 = 8 * 1024 * 1024;

/// The state directory: systemd says where; elsewhere it is where systemd would have put it.
pub(crate) fn directory() -> PathBuf {
    std::env::var_os("STATE_DIRECTORY").map_or_else(|| PathBuf::from("/var/lib/isotope"), PathBuf::from)
}

/// Reads a value; nothing where that is not to be read.
pub(crate) fn load<T: DeserializeOwned>(name: &str) -> Option<T> {
    load_file(&directory().join(name))
}

/// The same of a file that lies anywhere.
pub(crate) fn load_file<T: DeserializeOwned>(path: &Path) -> Option<T> {
    if fs::metadata(path).ok()?.len() > LONGEST {
        return None;
    }
    serde_json::from_slice(&fs::read(path).ok()?).ok()
}

/// Removes a value.
pub(crate) fn remove(name: &str) {
    let _ = fs::remove_file(directory().join(name));
}

/// Writes a value, whole or not at all.
///
/// # Errors
/// The directory cannot be written.
pub(crate) fn save<T: Serialize>(name: &str, value: &T) -> std::io::Result<()> {
    save_in(&directory(), name, value)
}

/// Writes a value into another directory, whole or not at all.
///
/// # Errors
/// The directory cannot be written.
pub(crate) fn save_in<T: Serialize>(directory: &Path, name: &str, value: &T) -> std::io::Result<()> {
    let path = directory.join(name);
    let fresh = path.with_extension(format!("{}.new", std::process::id()));
    let text = serde_json::to_vec(value).map_err(std::io::Error::other)?;
    let written = fs::File::create(&fresh).and_then(|mut file| {
        file.write_all(&text)?;
        file.sync_all()?;
        fs::rename(&fresh, &path)
    });
    if written.is_err() {
        let _ = fs::remove_file(&fresh);
    }
    written
}
