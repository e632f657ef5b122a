// SPDX-License-Identifier: GPL-3.0-or-later
//! What a deployment's /etc has other than the image's, as `ostree admin config-diff` compares: kind, owner, permissions
//! and content, but no extended attributes.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use isotope_model::{Change, ConfigurationChange, ConfigurationChanges, DeploymentId, Refusal};

use super::find;
use crate::deployment_reader;
use crate::failure::Failure;
use crate::sysroot;

/// The most that is told.
const MOST: usize = 5000;

/// Compares; `everything` also tells names from folders that only root may look into.
///
/// # Errors
/// [`Refusal::UnknownDeployment`], [`Refusal::StillStaged`] (its /etc is made at shutdown), or /etc cannot be read.
pub(crate) fn read(id: &DeploymentId, everything: bool) -> Result<ConfigurationChanges, Failure> {
    let sysroot = sysroot::open()?;
    let deployment = find(&sysroot, id)?;
    if deployment.is_staged() {
        return Err(Refusal::StillStaged { deployment: id.clone() }.into());
    }
    let directory = deployment_reader::directory(&sysroot, &deployment);
    let booted = sysroot.booted_deployment().is_some_and(|booted| booted.equal(&deployment));
    let here = if booted { PathBuf::from("/etc") } else { directory.join("etc") };
    Ok(compare(&directory.join("usr/etc"), &here, everything)?)
}

fn compare(image: &Path, here: &Path, everything: bool) -> anyhow::Result<ConfigurationChanges> {
    let mut comparison = Comparison { image, here, everything, found: ConfigurationChanges::default() };
    comparison.folder(Path::new(""), true)?;
    Ok(comparison.found)
}

struct Comparison<'a> {
    image: &'a Path,
    here: &'a Path,
    everything: bool,
    found: ConfigurationChanges,
}

impl Comparison<'_> {
    /// Compares a folder that both sides have. `visible`: anybody may look into it and all folders above it.
    fn folder(&mut self, path: &Path, visible: bool) -> anyhow::Result<()> {
        let (image, here) = (names(&self.image.join(path))?, names(&self.here.join(path))?);
        for name in image.union(&here) {
            let path = path.join(name);
            match (image.contains(name), here.contains(name)) {
                (true, false) => self.tell(&path, Change::Removed, visible),
                (false, _) => self.added(&path, visible)?,
                (true, true) => self.both(&path, visible)?,
            }
        }
        Ok(())
    }

    fn both(&mut self, path: &Path, visible: bool) -> anyhow::Result<()> {
        let (image, here) = (metadata(&self.image.join(path))?, metadata(&self.here.join(path))?);
        if self.differ(path, &image, &here)? {
            self.tell(path, Change::Modified, visible);
        }
        match (image.is_dir(), here.is_dir()) {
            (true, true) => self.folder(path, visible && is_open(&here)),
            (false, true) => self.children(path, visible && is_open(&here)),
            _ => Ok(()),
        }
    }

    fn added(&mut self, path: &Path, visible: bool) -> anyhow::Result<()> {
        self.tell(path, Change::Added, visible);
        let here = metadata(&self.here.join(path))?;
        if here.is_dir() { self.children(path, visible && is_open(&here)) } else { Ok(()) }
    }

    fn children(&mut self, path: &Path, visible: bool) -> anyhow::Result<()> {
        for name in names(&self.here.join(path))? {
            self.added(&path.join(name), visible)?;
        }
        Ok(())
    }

    fn tell(&mut self, path: &Path, change: Change, visible: bool) {
        if !visible && !self.everything {
            self.found.hidden += 1;
        } else if self.found.changes.len() >= MOST {
            self.found.truncated = true;
        } else {
            let path = Path::new("/etc").join(path).to_string_lossy().into_owned();
            self.found.changes.push(ConfigurationChange { path, change });
        }
    }

    fn differ(&self, path: &Path, image: &Metadata, here: &Metadata) -> anyhow::Result<bool> {
        let attributes = |one: &Metadata| (one.mode(), one.uid(), one.gid());
        if attributes(image) != attributes(here) {
            return Ok(true);
        }
        let (left, right) = (self.image.join(path), self.here.join(path));
        if image.is_symlink() {
            return Ok(fs::read_link(left)? != fs::read_link(right)?);
        }
        if image.file_type().is_char_device() || image.file_type().is_block_device() {
            return Ok(image.rdev() != here.rdev());
        }
        Ok(image.is_file() && (image.len() != here.len() || !same_content(&left, &right)?))
    }
}

/// Everybody may list it and look at what is in it.
fn is_open(folder: &Metadata) -> bool {
    const OTHERS_READ_AND_SEARCH: u32 = 0o005;
    folder.mode() & OTHERS_READ_AND_SEARCH == OTHERS_READ_AND_SEARCH
}

/// The names in a folder; one that is gone meanwhile is empty.
fn names(folder: &Path) -> anyhow::Result<BTreeSet<OsString>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<Result<_, _>>()
            .with_context(|| folder.display().to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeSet::new()),
        Err(error) => Err(anyhow::Error::new(error).context(folder.display().to_string())),
    }
}

fn metadata(path: &Path) -> anyhow::Result<Metadata> {
    fs::symlink_metadata(path).with_context(|| path.display().to_string())
}

fn same_content(left: &Path, right: &Path) -> anyhow::Result<bool> {
    let (mut left, mut right) = (BufReader::new(File::open(left)?), BufReader::new(File::open(right)?));
    loop {
        let (one, other) = (left.fill_buf()?, right.fill_buf()?);
        let length = one.len().min(other.len());
        if length == 0 {
            return Ok(one.len() == other.len());
        }
        if one.get(..length) != other.get(..length) {
            return Ok(false);
        }
        left.consume(length);
        right.consume(length);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn write(path: &Path, text: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn told(changes: &ConfigurationChanges) -> Vec<String> {
        changes.changes.iter().map(|one| format!("{:?} {}", one.change, one.path)).collect()
    }

    #[test]
    fn what_was_added_changed_and_removed_is_told_and_the_rest_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let (image, here) = (folder.path().join("image"), folder.path().join("here"));
        for side in [&image, &here] {
            write(&side.join("same"), "x");
            write(&side.join("mode"), "x");
            symlink("target", side.join("link")).unwrap();
        }
        write(&image.join("content"), &"a".repeat(100_000));
        write(&here.join("content"), &("a".repeat(99_999) + "b"));
        write(&image.join("gone/file"), "x");
        write(&here.join("new/file"), "x");
        fs::set_permissions(here.join("mode"), fs::Permissions::from_mode(0o600)).unwrap();
        let changes = compare(&image, &here, false).unwrap();
        assert_eq!(
            told(&changes),
            [
                "Modified /etc/content",
                "Removed /etc/gone",
                "Modified /etc/mode",
                "Added /etc/new",
                "Added /etc/new/file"
            ]
        );
    }

    #[test]
    fn names_in_closed_folders_are_counted_and_told_to_root_only() {
        let folder = tempfile::tempdir().unwrap();
        let (image, here) = (folder.path().join("image"), folder.path().join("here"));
        for side in [&image, &here] {
            write(&side.join("closed/same"), "x");
            fs::set_permissions(side.join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
        }
        write(&here.join("closed/secret"), "x");
        let changes = compare(&image, &here, false).unwrap();
        assert_eq!((told(&changes).len(), changes.hidden), (0, 1));
        let changes = compare(&image, &here, true).unwrap();
        assert_eq!((told(&changes), changes.hidden), (vec!["Added /etc/closed/secret".to_owned()], 0));
    }
}
