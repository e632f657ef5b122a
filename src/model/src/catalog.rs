// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors publish: desktops that a computer can be switched to.
//!
//! A catalog is a TOML file. It is read strictly ([`Catalog::from_toml`]): a key that is not known is a mistake, because
//! a misspelt `replaced_by` would otherwise be lost without a word. What comes of it travels over the bus like all the
//! rest of the model, where unknown keys are passed over. So the file has types of its own, from which its schema is
//! generated, and the values that the rest of Isotope sees have been checked once and for all.

mod check;
mod entry;
pub(crate) mod error;
mod file;
mod host_catalogs;
mod merge;
mod recognise;
mod references;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod shipped;
mod switch_policy;
#[cfg(test)]
mod tests;
pub(crate) mod text;
mod value;

use std::collections::HashSet;

pub use entry::{
    CatalogEntry, ContainerSource, CpuBaseline, OstreeSource, RecognisedBy, Signing, Stability, Status, Stream, Vendor,
};
pub use error::{CatalogError, CatalogFault};
pub use host_catalogs::{HostCatalogs, SwitchTo, image_architecture};
pub use merge::Catalogs;
pub use recognise::{Recognised, RecognisedFrom, recognise, recognise_image};
pub use references::architecture_of_branch;
pub use switch_policy::{InvalidSwitchPolicy, SwitchPolicy};
pub use text::Text;

use crate::catalog::error::Place;

/// The largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 256 * 1024;
/// The most entries of one file.
pub(crate) const MOST_ENTRIES: usize = 1000;
/// The form of the files that this version reads.
const FORMAT: i64 = 1;

/// What one file says: a vendor and what it publishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalog {
    /// Who publishes it.
    pub vendor: Vendor,
    /// What is published.
    pub entries: Vec<CatalogEntry>,
}

impl Catalog {
    /// Reads a catalog as it lies in a file, which may be anything: [`Self::from_toml`].
    ///
    /// # Errors
    /// It is no text, or what [`Self::from_toml`] says.
    pub fn from_bytes(file_name: &str, bytes: &[u8]) -> Result<Self, CatalogError> {
        let of_file = Place::of_file(file_name);
        if bytes.len() > LARGEST_FILE {
            return Err(of_file.error(CatalogFault::TooLarge { limit: LARGEST_FILE as u64 }));
        }
        match str::from_utf8(bytes) {
            Ok(text) => Self::from_toml(file_name, text),
            Err(error) => Err(of_file.not_text(bytes, error.valid_up_to())),
        }
    }

    /// Reads a catalog. Whether each `replaced_by` names something is only known when all files are there:
    /// [`Catalogs::merge`].
    ///
    /// # Errors
    /// The first thing that is wrong with it: too large, not TOML, a key that is not known, or a value that cannot be
    /// what it says. Nothing of such a file is used.
    pub fn from_toml(file_name: &str, text: &str) -> Result<Self, CatalogError> {
        let of_file = Place::of_file(file_name);
        if text.len() > LARGEST_FILE {
            return Err(of_file.error(CatalogFault::TooLarge { limit: LARGEST_FILE as u64 }));
        }
        // The format first: what comes later may look different in a newer one.
        let format: file::Format = toml::from_str(text).map_err(|error| of_file.not_understood(text, &error))?;
        if format.format != FORMAT {
            return Err(of_file.error(CatalogFault::OtherFormat { format: format.format }));
        }
        let file: file::CatalogFile = toml::from_str(text).map_err(|error| of_file.not_understood(text, &error))?;
        if file.entry.len() > MOST_ENTRIES {
            return Err(of_file.error(CatalogFault::TooMany { key: "entry".into(), limit: MOST_ENTRIES as u64 }));
        }
        let vendor = check::vendor(file.vendor).map_err(|fault| of_file.error(fault))?;
        let mut ids = HashSet::new();
        let mut entries = Vec::with_capacity(file.entry.len());
        for spanned in file.entry {
            let start = spanned.span().start;
            let entry = spanned.into_inner();
            let id = entry.id.clone();
            let mistake = |fault| of_file.entry(text, start, &id).error(fault);
            let entry = check::entry(entry, &vendor).map_err(mistake)?;
            if !ids.insert(entry.id.clone()) {
                return Err(mistake(CatalogFault::Repeated { key: "id".into(), value: entry.id }));
            }
            entries.push(entry);
        }
        Ok(Self { vendor, entries })
    }
}
