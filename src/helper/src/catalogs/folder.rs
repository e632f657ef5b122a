// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use isotope_model::catalog::LARGEST_FILE;
use isotope_model::{CatalogError, CatalogFault};
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

/// How the names of catalogs end.
const ENDING: &str = ".toml";
/// The most files of a folder, and what they may have together, in bytes: much more is not carried by a message of the bus.
const MOST_FILES: usize = 100;
const MOST_BYTES: usize = 4 << 20;
/// The most names that are looked at.
const MOST_NAMES: usize = 10_000;

/// A folder of catalogs. What somebody else than its owner may have written there is not believed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folder<'a> {
    pub(crate) path: &'a Path,
    /// The user that the folder and its files have to belong to.
    pub(crate) owner: u32,
}

/// A catalog as it lies there.
#[derive(Debug)]
pub(super) struct CatalogFile {
    /// What tells it from the other files of the folder.
    pub(super) name: String,
    /// Where it is, for people.
    pub(super) path: String,
    /// One byte more than is allowed, if it has more.
    pub(super) content: Vec<u8>,
}

impl Folder<'_> {
    /// The files that can be believed, by their names, and what is wrong with the others. A folder that is not there has
    /// none.
    pub(super) fn files(self) -> (Vec<CatalogFile>, Vec<CatalogError>) {
        match self.read() {
            Ok(read) => read,
            Err(fault) => (Vec::new(), vec![self.problem(fault)]),
        }
    }

    /// What one file has, that can be believed; nothing where it is not there.
    pub(crate) fn file(self, name: &str, largest: usize) -> Result<Option<Vec<u8>>, CatalogFault> {
        let folder = match self.open() {
            Ok(folder) => folder,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unread(&error)),
        };
        self.require_owner(&folder)?;
        match nix::sys::stat::fstatat(&folder, name, nix::fcntl::AtFlags::AT_SYMLINK_NOFOLLOW) {
            Err(nix::errno::Errno::ENOENT) => return Ok(None),
            Err(error) => return Err(unread(&error.into())),
            Ok(_) => {}
        }
        let content = self.content(&folder, name, largest)?;
        match content.len() > largest {
            true => Err(CatalogFault::TooLarge { limit: largest as u64 }),
            false => Ok(Some(content)),
        }
    }

    fn open(self) -> io::Result<File> {
        let flags = OFlag::O_DIRECTORY | OFlag::O_NONBLOCK;
        File::options().read(true).custom_flags(flags.bits()).open(self.path)
    }

    fn read(self) -> Result<(Vec<CatalogFile>, Vec<CatalogError>), CatalogFault> {
        let folder = match self.open() {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), Vec::new())),
            opened => opened.map_err(|error| unread(&error))?,
        };
        self.require_owner(&folder)?;
        let (mut files, mut problems, mut bytes) = (Vec::new(), Vec::new(), 0);
        for name in names(&folder).map_err(|error| unread(&error))? {
            if files.len() + problems.len() == MOST_FILES {
                let fault = CatalogFault::TooMany { key: format!("*{ENDING}"), limit: MOST_FILES as u64 };
                problems.push(self.problem(fault));
                break;
            }
            let path = self.path.join(&name).to_string_lossy().into_owned();
            match self.content(&folder, &name, LARGEST_FILE) {
                Ok(content) if bytes + content.len() > MOST_BYTES => {
                    problems.push(self.problem(CatalogFault::TooLarge { limit: MOST_BYTES as u64 }));
                    break;
                }
                Ok(content) => {
                    bytes += content.len();
                    files.push(CatalogFile { name, path, content });
                }
                Err(fault) => problems.push(CatalogError::of_file(&path, fault)),
            }
        }
        Ok((files, problems))
    }

    fn content(self, folder: &File, name: &str, largest: usize) -> Result<Vec<u8>, CatalogFault> {
        // Opening something that is no file must not wait for it, and nothing else than the opened is judged.
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let file = openat(folder, name, flags, Mode::empty()).map_err(|error| unread(&error.into()))?;
        let file = File::from(file);
        if !file.metadata().map_err(|error| unread(&error))?.is_file() {
            return Err(CatalogFault::CannotRead { detail: "not a regular file".into() });
        }
        self.require_owner(&file)?;
        let mut content = Vec::new();
        let limit = largest as u64 + 1;
        file.take(limit).read_to_end(&mut content).map_err(|error| unread(&error))?;
        Ok(content)
    }

    /// It belongs to the owner, and nobody else may write it.
    fn require_owner(self, opened: &File) -> Result<(), CatalogFault> {
        const WRITTEN_BY_OTHERS: u32 = 0o022;
        let metadata = opened.metadata().map_err(|error| unread(&error))?;
        match metadata.uid() == self.owner && metadata.mode() & WRITTEN_BY_OTHERS == 0 {
            true => Ok(()),
            false => Err(CatalogFault::NotOwnedByRoot),
        }
    }

    fn problem(self, fault: CatalogFault) -> CatalogError {
        CatalogError::of_file(&self.path.to_string_lossy(), fault)
    }
}

/// The names of catalogs in a folder that is open. One that is no text cannot be named, and is none.
fn names(folder: &File) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(format!("/proc/self/fd/{}", folder.as_raw_fd()))?.take(MOST_NAMES) {
        names.extend(entry?.file_name().into_string().ok());
    }
    names.retain(|name| name.ends_with(ENDING) && !name.starts_with('.'));
    names.sort();
    Ok(names)
}

fn unread(error: &io::Error) -> CatalogFault {
    CatalogFault::CannotRead { detail: error.to_string() }
}
