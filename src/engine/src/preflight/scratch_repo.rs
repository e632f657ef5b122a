// SPDX-License-Identifier: GPL-3.0-or-later
//! What is only looked at before a switch is kept beside the system's repository: there it could be taken for the whole, and
//! get in the way of whatever else is pulling.

use std::fs::{self, File};
use std::os::fd::AsRawFd as _;
use std::path::Path;

use anyhow::Context as _;
use ostree::gio::prelude::FileExt as _;
use ostree::{Repo, RepoMode, gio};

use super::published::budget::Used;
use super::scratch_folder::ScratchFolder;
use crate::free_space;

/// On the disk: it is more than is kept in memory.
const PLACE: &str = "/var/tmp";
/// Where a repository has what was fetched, in one more level of folders. Source: libostree's `ostree-repo.c`.
const OBJECTS: &str = "objects";
/// Where a repository notes which commits are not whole. Source: libostree's `ostree-repo-commit.c`.
const STATE: &str = "state";
const PARTIAL: &str = ".commitpartial";

/// A repository of its own, which has the remotes, the keys and the objects of the system's and is gone when dropped.
#[derive(Debug)]
pub(super) struct ScratchRepo {
    repo: Repo,
    folder: ScratchFolder,
}

impl ScratchRepo {
    /// Makes one.
    ///
    /// # Errors
    /// The disk; libostree; a cancel.
    pub(super) fn beside(system: &Repo, cancellable: &gio::Cancellable) -> anyhow::Result<Self> {
        Self::make(system, Path::new(PLACE), cancellable)
    }

    /// Makes one in a folder of the system's.
    ///
    /// # Errors
    /// The disk; libostree; a cancel.
    pub(super) fn make(system: &Repo, place: &Path, cancellable: &gio::Cancellable) -> anyhow::Result<Self> {
        let folder = ScratchFolder::below(place, cancellable)?;
        let directory = File::open(folder.path())?;
        // In an archive nothing has an owner, a label or a right, and nothing takes more than was downloaded.
        let made = Repo::create_at(directory.as_raw_fd(), ".", RepoMode::Archive, None, gio::Cancellable::NONE)?;
        let parent = system.path().path().context("the repository has no path")?;
        let config = made.copy_config();
        config.set_string("core", "parent", &fs::canonicalize(&parent)?.to_string_lossy());
        made.write_config(&config)?;
        copy_marks(&parent.join(STATE), &folder.path().join(STATE))?;
        let repo = Repo::open_at(directory.as_raw_fd(), ".", gio::Cancellable::NONE)?;
        repo.set_disable_fsync(true);
        Ok(Self { repo, folder })
    }

    /// It.
    pub(super) fn repo(&self) -> &Repo {
        &self.repo
    }

    /// Bytes that are free where it is.
    pub(super) fn free(&self) -> Option<u64> {
        free_space::of(self.folder.path().to_str()?).ok().map(|space| space.free)
    }

    /// What it has so far.
    ///
    /// # Errors
    /// The disk.
    pub(super) fn used(&self) -> anyhow::Result<Used> {
        let mut used = Used::default();
        for folder in fs::read_dir(self.folder.path().join(OBJECTS))? {
            for object in fs::read_dir(folder?.path())? {
                used.objects += 1;
                used.bytes = used.bytes.saturating_add(object?.metadata()?.len());
            }
        }
        Ok(used)
    }
}

/// What is not whole in the system's repository is not so here.
fn copy_marks(from: &Path, to: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(from).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_str().is_some_and(|name| name.ends_with(PARTIAL)) {
            File::create(to.join(name))?;
        }
    }
    Ok(())
}
