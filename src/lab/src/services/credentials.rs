// SPDX-License-Identifier: GPL-3.0-or-later
//! Credentials of a service: what its unit wants to hand over, in a folder that nobody but its user can read.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::accounts::Account;
use crate::unit::Unit;

/// Credentials for one process; the folder goes when this is dropped.
#[derive(Debug)]
pub(super) struct Credentials {
    folder: PathBuf,
}

impl Credentials {
    /// Copies what the unit names as it stands now; nothing where it names nothing.
    pub(super) fn create(unit: &Unit, folder: PathBuf, owner: &Account) -> Result<Option<Self>> {
        let contents = contents(unit)?;
        if contents.is_empty() {
            return Ok(None);
        }
        if let Some(parent) = folder.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let make = std::fs::DirBuilder::new().mode(0o700).create(&folder);
        make.with_context(|| format!("cannot make {}", folder.display()))?;
        let credentials = Self { folder };
        for (name, content) in contents {
            let path = credentials.folder.join(name);
            let mut file = OpenOptions::new().write(true).create_new(true).mode(0o400).open(&path)?;
            file.write_all(&content)?;
            chown(&path, Some(owner.user), Some(owner.group))?;
        }
        chown(&credentials.folder, Some(owner.user), Some(owner.group))?;
        std::fs::set_permissions(&credentials.folder, std::fs::Permissions::from_mode(0o500))?;
        Ok(Some(credentials))
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Credentials {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("{} stays: {error}", self.folder.display());
        }
    }
}

/// Name and content of each. A file comes before what stands for it, whatever their order in the unit.
fn contents(unit: &Unit) -> Result<Vec<(&str, Vec<u8>)>> {
    let mut found: Vec<(&str, Vec<u8>)> = Vec::new();
    let split = |line| named(line).with_context(|| format!("“{line}” names no credential"));
    for line in unit.values("Service", "LoadCredential") {
        let (name, path) = split(line)?;
        match std::fs::read(path) {
            Ok(content) => found.push((name, content)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("cannot read {path}")),
        }
    }
    for line in unit.values("Service", "SetCredential") {
        let (name, value) = split(line)?;
        if !found.iter().any(|(other, _)| *other == name) {
            found.push((name, value.as_bytes().to_vec()));
        }
    }
    // A service whose credentials are nowhere is not started.
    for line in unit.values("Service", "LoadCredential") {
        let (name, path) = split(line)?;
        ensure!(found.iter().any(|(other, _)| *other == name), "there is no {path}, and nothing stands for it");
    }
    Ok(found)
}

fn named(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.split_once(':')?;
    (!name.is_empty() && name != "." && name != ".." && !name.contains('/')).then_some((name, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(folder: &Path, text: &str) -> Unit {
        Unit::parse(&format!("[Service]\n{}", text.replace("HERE", folder.to_str().unwrap())))
    }

    #[test]
    fn what_is_not_there_is_stood_for() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("b"), "secret").unwrap();
        let text = "LoadCredential=a:HERE/a\nSetCredential=a:absent\nSetCredential=b:x\nLoadCredential=b:HERE/b\n";
        let unit = unit(folder.path(), text);
        let found = contents(&unit).unwrap();
        assert_eq!(found, [("b", b"secret".to_vec()), ("a", b"absent".to_vec())]);
    }

    #[test]
    fn what_nothing_stands_for_must_be_there() {
        let folder = tempfile::tempdir().unwrap();
        for text in ["LoadCredential=a:HERE/a", "LoadCredential=../a:/etc/passwd", "SetCredential=a"] {
            assert!(contents(&unit(folder.path(), text)).is_err(), "{text}");
        }
        assert!(contents(&unit(folder.path(), "User=person")).unwrap().is_empty());
    }

    #[test]
    fn the_folder_is_the_owners_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        let unit = unit(folder.path(), "SetCredential=a:x:y");
        let owner = Account { user: 1000, group: 1001, ..Account::default() };
        let place = folder.path().join("credentials/one");
        let credentials = Credentials::create(&unit, place.clone(), &owner).unwrap().unwrap();
        for (path, mode) in [(credentials.folder().to_owned(), 0o500), (place.join("a"), 0o400)] {
            use std::os::unix::fs::MetadataExt;
            let metadata = std::fs::metadata(path).unwrap();
            assert_eq!((metadata.uid(), metadata.gid(), metadata.mode() & 0o7777), (1000, 1001, mode));
        }
        assert_eq!(std::fs::read(place.join("a")).unwrap(), b"x:y");
        drop(credentials);
        assert!(!place.exists());
    }
}
