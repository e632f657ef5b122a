// SPDX-License-Identifier: GPL-3.0-or-later
//! Folders that others may change while they are read as root: everything is opened relative to what is open already,
//! and no link is followed, so that what is judged is what is read.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Metadata};
use std::io::{BufRead as _, BufReader, Read};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat, readlinkat};
use nix::sys::stat::Mode;

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    file: File,
    metadata: Metadata,
}

/// Something in a folder: open, but not to be read.
#[derive(Debug)]
pub(crate) struct Entry {
    file: File,
    metadata: Metadata,
}

impl Folder {
    /// Opens a folder by its path, which nobody but root can change.
    ///
    /// # Errors
    /// It is not there.
    pub(super) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = File::open(path).with_context(|| path.display().to_string())?;
        Ok(Self { metadata: file.metadata()?, file })
    }

    /// Everybody may list it and look at what is in it.
    pub(super) fn is_open(&self) -> bool {
        const OTHERS_READ_AND_SEARCH: u32 = 0o005;
        self.metadata.mode() & OTHERS_READ_AND_SEARCH == OTHERS_READ_AND_SEARCH
    }

    /// The names in it.
    ///
    /// # Errors
    /// It cannot be listed.
    pub(super) fn names(&self) -> anyhow::Result<BTreeSet<OsString>> {
        let entries = fs::read_dir(by_descriptor(&self.file)).context("listing a folder")?;
        entries.map(|entry| entry.map(|entry| entry.file_name()).context("listing a folder")).collect()
    }

    /// What has this name; nothing where that is gone.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn entry(&self, name: &OsStr) -> anyhow::Result<Option<Entry>> {
        match openat(&self.file, name, OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC, Mode::empty()) {
            Ok(descriptor) => {
                let file = File::from(descriptor);
                Ok(Some(Entry { metadata: file.metadata()?, file }))
            }
            Err(Errno::ENOENT) => Ok(None),
            Err(error) => Err(anyhow::Error::new(error).context(format!("opening {}", name.to_string_lossy()))),
        }
    }
}

impl Entry {
    /// It is a folder.
    pub(crate) fn is_folder(&self) -> bool {
        self.metadata.is_dir()
    }

    /// Where it leads, if it is a link.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn link(&self) -> anyhow::Result<Option<PathBuf>> {
        let is_link = self.metadata.file_type().is_symlink();
        Ok(if is_link { Some(readlinkat(&self.file, "")?.into()) } else { None })
    }

    /// It as a file, if it is one.
    ///
    /// # Errors
    /// It cannot be read.
    pub(crate) fn content(&self) -> anyhow::Result<Option<File>> {
        let is_file = self.metadata.is_file();
        is_file.then(|| File::open(by_descriptor(&self.file)).context("reading a file")).transpose()
    }

    /// It as a folder, if it is one.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn folder(&self) -> anyhow::Result<Option<Folder>> {
        if !self.metadata.is_dir() {
            return Ok(None);
        }
        Folder::open(Path::new(&by_descriptor(&self.file))).map(Some)
    }

    /// Kind, owner, permissions or content are not the same.
    ///
    /// # Errors
    /// One of them cannot be read.
    pub(super) fn differs_from(&self, other: &Self) -> anyhow::Result<bool> {
        let attributes = |one: &Metadata| (one.mode(), one.uid(), one.gid());
        let kind = self.metadata.file_type();
        if attributes(&self.metadata) != attributes(&other.metadata) {
            return Ok(true);
        }
        if kind.is_symlink() {
            return Ok(readlinkat(&self.file, "")? != readlinkat(&other.file, "")?);
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Ok(self.metadata.rdev() != other.metadata.rdev());
        }
        Ok(kind.is_file() && (self.metadata.len() != other.metadata.len() || !self.same_content(other)?))
    }

    fn same_content(&self, other: &Self) -> anyhow::Result<bool> {
        let (left, right) = (self.content()?, other.content()?);
        match (left, right) {
            (Some(left), Some(right)) => same(left, right),
            _ => Ok(false),
        }
    }
}

/// Both give the same bytes.
///
/// # Errors
/// One of them cannot be read.
pub(crate) fn same(left: impl Read, right: impl Read) -> anyhow::Result<bool> {
    let (mut left, mut right) = (BufReader::new(left), BufReader::new(right));
    loop {
        let (one, another) = (left.fill_buf()?, right.fill_buf()?);
        let length = one.len().min(another.len());
        if length == 0 {
            return Ok(one.len() == another.len());
        }
        if one.get(..length) != another.get(..length) {
            return Ok(false);
        }
        left.consume(length);
        right.consume(length);
    }
}

/// A name for what is open, which leads nowhere else. Source: `proc_pid_fd(5)`.
fn by_descriptor(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}
