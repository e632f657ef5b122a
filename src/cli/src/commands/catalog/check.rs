// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use isotope_model::catalog::LARGEST_FILE;
use isotope_model::{Catalog, CatalogError, CatalogFault, Catalogs};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::catalog::check::{self, Checked};
use crate::render::json;

/// Whether these files are catalogs, read together as Isotope reads what is installed. No service is asked.
pub(crate) fn run(context: &Context, files: &[PathBuf]) -> Result<Exit, Failure> {
    let read: Vec<_> = files.iter().map(|path| (path.to_string_lossy().into_owned(), read(path))).collect();
    let files = read.iter().map(|(file, catalog)| Checked {
        file: file.clone(),
        entries: catalog.as_ref().map(|catalog| catalog.entries.len()).ok(),
    });
    let files: Vec<_> = files.collect();
    let mut problems = Catalogs::merge(read).problems;
    problems.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    if context.json {
        output::document(&json::catalog::checked(&files, &problems))?;
    } else {
        output::results(context.terminal, &check::lines(&files, &problems))?;
    }
    Ok(if problems.is_empty() { Exit::Done } else { Exit::Failed })
}

fn read(path: &Path) -> Result<Catalog, CatalogError> {
    let name = path.to_string_lossy();
    let unread =
        |error: &io::Error| CatalogError::of_file(&name, CatalogFault::CannotRead { detail: error.to_string() });
    let mut content = Vec::new();
    let file = File::open(path).map_err(|error| unread(&error))?;
    file.take(LARGEST_FILE as u64 + 1).read_to_end(&mut content).map_err(|error| unread(&error))?;
    Catalog::from_bytes(&name, &content)
}
