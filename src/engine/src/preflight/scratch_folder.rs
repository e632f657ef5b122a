// SPDX-License-Identifier: GPL-3.0-or-later
//! A folder for what is only looked at: nobody but root may see what remotes with a password gave, and what a kill left
//! behind is removed by whoever comes next.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Context as _, bail, ensure};
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg, OFlag};
use nix::unistd::Uid;
use ostree::gio;
use ostree::gio::prelude::CancellableExtManual as _;
use tempfile::TempDir;

/// Has the folders of all runs.
const NAME: &str = "isotope-preflight";
const MODE: u32 = 0o700;
/// Somebody else is making a folder, or removing what was left.
const PAUSE: Duration = Duration::from_millis(100);

/// A folder of one run's, which is gone when dropped.
#[derive(Debug)]
pub(super) struct ScratchFolder {
    folder: TempDir,
    /// Tells others that the run has not ended.
    _lock: Flock<File>,
}

impl ScratchFolder {
    /// Makes one below a place like `/var/tmp`, where anybody may write, and removes those of runs that were killed.
    ///
    /// # Errors
    /// The disk; what is there is not of whoever runs this alone; a cancel.
    pub(super) fn below(place: &Path, cancellable: &gio::Cancellable) -> anyhow::Result<Self> {
        let parent = place.join(NAME);
        // As long as it is held, no folder is there that nobody has locked yet.
        let _making = lock(make(&parent)?, cancellable)?;
        remove_left(&parent);
        let private = Permissions::from_mode(MODE);
        let folder = tempfile::Builder::new().prefix("run-").permissions(private).tempdir_in(&parent);
        let folder = folder.context("a folder to look at an image")?;
        let _lock = lock(File::open(folder.path())?, cancellable)?;
        Ok(Self { folder, _lock })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }
}

/// The folder of all runs, made where there is none.
fn make(parent: &Path) -> anyhow::Result<File> {
    match DirBuilder::new().mode(MODE).create(parent) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
    .with_context(|| format!("making {}", parent.display()))?;
    let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW;
    let open = OpenOptions::new().read(true).custom_flags(flags.bits()).open(parent);
    let folder = open.with_context(|| parent.display().to_string())?;
    let metadata = folder.metadata()?;
    let alone = metadata.uid() == Uid::effective().as_raw() && metadata.mode() & 0o7777 == MODE;
    ensure!(alone, "{} is not a folder of root's alone", parent.display());
    Ok(folder)
}

fn lock(mut folder: File, cancellable: &gio::Cancellable) -> anyhow::Result<Flock<File>> {
    loop {
        cancellable.set_error_if_cancelled()?;
        folder = match Flock::lock(folder, FlockArg::LockExclusiveNonblock) {
            Ok(locked) => return Ok(locked),
            Err((folder, Errno::EWOULDBLOCK)) => folder,
            Err((_, errno)) => bail!(anyhow::Error::new(errno).context("locking a folder to look at an image")),
        };
        sleep(PAUSE);
    }
}

fn remove_left(parent: &Path) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let path = entry.path();
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let open = if is_folder { File::open(&path).ok() } else { None };
        let Some(Ok(_ended)) = open.map(|open| Flock::lock(open, FlockArg::LockExclusiveNonblock)) else { continue };
        if let Err(error) = fs::remove_dir_all(&path) {
            tracing::warn!("{}: {error}", path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use ostree::gio::prelude::CancellableExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::symlink_metadata(path).unwrap().mode() & 0o7777
    }

    fn below(place: &Path) -> anyhow::Result<ScratchFolder> {
        ScratchFolder::below(place, &gio::Cancellable::new())
    }

    #[test]
    fn nobody_else_may_look_into_it_and_nothing_is_left() {
        let place = tempfile::tempdir().unwrap();
        let folder = below(place.path()).unwrap();
        assert_eq!((mode(folder.path()), mode(&place.path().join(NAME))), (0o700, 0o700));
        let path = folder.path().to_owned();
        fs::create_dir(path.join("repo")).unwrap();
        drop(folder);
        assert!(!path.exists() && place.path().join(NAME).exists());
        assert!(below(place.path()).is_ok());
    }

    #[test]
    fn what_a_kill_left_is_removed_and_what_another_run_has_stays() {
        let place = tempfile::tempdir().unwrap();
        let running = below(place.path()).unwrap();
        let left = place.path().join(NAME).join("run-left");
        fs::create_dir_all(left.join("objects/ab")).unwrap();
        fs::write(left.join("objects/ab/c.filez"), "x").unwrap();
        let next = below(place.path()).unwrap();
        assert!(!left.exists() && running.path().exists() && next.path().exists());
    }

    #[test]
    fn a_folder_that_somebody_else_may_have_made_is_refused() {
        let place = tempfile::tempdir().unwrap();
        let parent = place.path().join(NAME);
        fs::create_dir(&parent).unwrap();
        for open in [0o755, 0o770, 0o1777] {
            fs::set_permissions(&parent, Permissions::from_mode(open)).unwrap();
            assert!(below(place.path()).is_err(), "{open:o}");
        }
        if Uid::effective().is_root() {
            fs::set_permissions(&parent, Permissions::from_mode(MODE)).unwrap();
            std::os::unix::fs::chown(&parent, Some(1), None).unwrap();
            assert!(below(place.path()).is_err(), "somebody else's");
        }
        fs::remove_dir(&parent).unwrap();
        fs::create_dir(place.path().join("elsewhere")).unwrap();
        fs::set_permissions(place.path().join("elsewhere"), Permissions::from_mode(MODE)).unwrap();
        symlink("elsewhere", &parent).unwrap();
        assert!(below(place.path()).is_err(), "a link");
        fs::remove_file(&parent).unwrap();
        fs::write(&parent, "").unwrap();
        assert!(below(place.path()).is_err(), "a file");
    }

    #[test]
    fn whoever_waits_for_another_can_be_cancelled() {
        let place = tempfile::tempdir().unwrap();
        let cancelled = gio::Cancellable::new();
        cancelled.cancel();
        assert!(ScratchFolder::below(place.path(), &cancelled).is_err());
    }
}
