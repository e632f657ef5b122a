// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use isotope_model::catalog::LARGEST_FILE;
use isotope_model::{Catalog, CatalogError, CatalogFault, Catalogs};
use nix::fcntl::OFlag;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::catalog::check::{self, Checked};
use crate::render::json;

/// Whether these files are catalogs, read together as Isotope reads what is installed. No service is asked.
pub(crate) fn run(context: &Context, files: &[PathBuf]) -> Result<Exit, Failure> {
    let (mut checked, mut catalogs) = (Vec::new(), Vec::new());
    for path in files {
        let file = path.to_string_lossy().into_owned();
        let opened = open(path);
        let of_root_alone = opened.as_ref().is_ok_and(|file| file.metadata().is_ok_and(|it| is_of_root_alone(&it)));
        let known = opened.is_ok();
        let catalog = opened
            .and_then(read)
            .map_err(|error| unread(&file, &error))
            .and_then(|content| Catalog::from_bytes(&file, &content));
        let entries = catalog.as_ref().map(|catalog| catalog.entries.len()).ok();
        checked.push(Checked { file: file.clone(), entries, believed: of_root_alone || !known });
        catalogs.push((file, catalog));
    }
    let files = checked;
    let mut problems = Catalogs::merge(catalogs).problems;
    problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    if context.json {
        output::document(&json::catalog::checked(&files, &problems))?;
    } else {
        output::results(context.terminal, &check::lines(&files, &problems))?;
    }
    output::remarks(context.terminal, &check::remarks(&files));
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Without waiting for anything that is no file.
fn open(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
    let file = File::options().read(true).custom_flags(flags.bits()).open(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("not a regular file")),
    }
}

fn read(file: File) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// The service believes it.
fn is_of_root_alone(file: &Metadata) -> bool {
    file.uid() == 0 && file.mode() & 0o022 == 0
}

fn unread(name: &str, error: &io::Error) -> CatalogError {
    CatalogError::of_file(name, CatalogFault::CannotRead { detail: error.to_string() })
}
