// SPDX-License-Identifier: GPL-3.0-or-later
//! Files of the host's own configuration: bounded, and absent without being a failure.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::limits;

/// The content of a file, if it is there.
pub(crate) fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let failed = |error: std::io::Error| Failure::Failed(format!("{}: {error}", path.display()));
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut content = Vec::new();
    let length = file.take(limits::FILE + 1).read_to_end(&mut content).map_err(failed)?;
    match length as u64 > limits::FILE {
        true => Err(Failure::Failed(format!("{} is longer than {} bytes", path.display(), limits::FILE))),
        false => Ok(Some(content)),
    }
}

/// The same as text.
pub(crate) fn read_text(path: &Path) -> Result<Option<String>, Failure> {
    let Some(content) = read(path)? else { return Ok(None) };
    let broken = |_| Failure::Failed(format!("{} is no text", path.display()));
    String::from_utf8(content).map(Some).map_err(broken)
}

/// The files of a folder that end in this way, in the order of their names; none where there is no such folder.
pub(crate) fn files_with_extension(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Failure> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(Vec::new()),
        Err(error) => return Err(Failure::Failed(format!("{}: {error}", folder.display()))),
    };
    let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
    let mut paths: Vec<_> = paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    paths.sort();
    Ok(paths)
}
