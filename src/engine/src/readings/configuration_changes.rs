// SPDX-License-Identifier: GPL-3.0-or-later
//! What a deployment's /etc has other than the image's, as `ostree admin config-diff` compares: kind, owner, permissions
//! and content, but no extended attributes.

use std::path::{Path, PathBuf};

use isotope_model::{Change, ConfigurationChange, ConfigurationChanges, DeploymentId, Refusal};
use ostree::gio;
use ostree::gio::prelude::CancellableExtManual as _;

use super::folder::{Entry, Folder};
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
    let deployment = sysroot::find(&sysroot, id)?;
    if deployment.is_staged() {
        return Err(Refusal::StillStaged { deployment: id.clone() }.into());
    }
    let directory = deployment_reader::directory(&sysroot, &deployment);
    let booted = sysroot.booted_deployment().is_some_and(|booted| booted.equal(&deployment));
    let here = if booted { PathBuf::from("/etc") } else { directory.join("etc") };
    Ok(compare(&directory.join("usr/etc"), &here, everything)?)
}

fn compare(image: &Path, here: &Path, everything: bool) -> anyhow::Result<ConfigurationChanges> {
    let mut found = ConfigurationChanges::default();
    each(
        image,
        here,
        &mut |difference: Difference<'_>| {
            if !difference.visible && !everything {
                found.hidden += 1;
            } else if found.changes.len() >= MOST {
                found.truncated = true;
            } else {
                let path = Path::new("/etc").join(difference.path).to_string_lossy().into_owned();
                found.changes.push(ConfigurationChange { path, change: difference.change });
            }
            Ok(())
        },
        gio::Cancellable::NONE,
    )?;
    Ok(found)
}

/// Something of /etc that is not as the image has it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Difference<'d> {
    /// Where, from /etc.
    pub(crate) path: &'d Path,
    /// How.
    pub(crate) change: Change,
    /// Anybody may look into the folder that it is in.
    pub(crate) visible: bool,
    /// What is here, if anything.
    pub(crate) here: Option<&'d Entry>,
}

/// Tells whatever differs between an image's /etc and what is here, in the order of names.
///
/// # Errors
/// Something cannot be read; what `tell` fails with; a cancel.
pub(crate) fn each(
    image: &Path,
    here: &Path,
    tell: &mut dyn FnMut(Difference<'_>) -> anyhow::Result<()>,
    cancellable: Option<&gio::Cancellable>,
) -> anyhow::Result<()> {
    let (image, here) = (Folder::open(image)?, Folder::open(here)?);
    Comparison { tell, cancellable }.folders(&image, &here, Path::new(""), true)
}

struct Comparison<'t> {
    tell: &'t mut dyn FnMut(Difference<'_>) -> anyhow::Result<()>,
    cancellable: Option<&'t gio::Cancellable>,
}

impl Comparison<'_> {
    /// Compares a folder that both sides have. `visible`: anybody may look into it and all folders above it.
    fn folders(&mut self, image: &Folder, here: &Folder, path: &Path, visible: bool) -> anyhow::Result<()> {
        let visible = visible && here.is_open();
        let (of_image, of_here) = (image.names()?, here.names()?);
        for name in of_image.union(&of_here) {
            self.go_on()?;
            let path = &path.join(name);
            // What is gone since it was listed is as if it had not been listed.
            match (image.entry(name)?, here.entry(name)?) {
                (Some(image), Some(here)) => self.both(&image, &here, path, visible)?,
                (Some(_), None) => {
                    (self.tell)(Difference { path, change: Change::Removed, visible, here: None })?;
                }
                (None, Some(here)) => self.added(&here, path, visible)?,
                (None, None) => {}
            }
        }
        Ok(())
    }

    fn go_on(&self) -> anyhow::Result<()> {
        Ok(self.cancellable.map_or(Ok(()), gio::Cancellable::set_error_if_cancelled)?)
    }

    fn both(&mut self, image: &Entry, here: &Entry, path: &Path, visible: bool) -> anyhow::Result<()> {
        if image.differs_from(here)? {
            (self.tell)(Difference { path, change: Change::Modified, visible, here: Some(here) })?;
        }
        match (image.folder()?, here.folder()?) {
            (Some(image), Some(here)) => self.folders(&image, &here, path, visible),
            (None, Some(here)) => self.children(&here, path, visible),
            _ => Ok(()),
        }
    }

    fn added(&mut self, here: &Entry, path: &Path, visible: bool) -> anyhow::Result<()> {
        (self.tell)(Difference { path, change: Change::Added, visible, here: Some(here) })?;
        match here.folder()? {
            Some(folder) => self.children(&folder, path, visible),
            None => Ok(()),
        }
    }

    fn children(&mut self, here: &Folder, path: &Path, visible: bool) -> anyhow::Result<()> {
        let visible = visible && here.is_open();
        for name in here.names()? {
            self.go_on()?;
            if let Some(entry) = here.entry(&name)? {
                self.added(&entry, &path.join(name), visible)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
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
