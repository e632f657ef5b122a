// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::catalog::text::shown;

/// What is wrong with one catalog, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub struct CatalogError {
    /// The name of the file.
    pub file: String,
    /// The line, where the fault has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The id of the entry, where it is one entry's fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// What is wrong.
    pub fault: CatalogFault,
}

/// What can be wrong with a catalog: a code with parameters, worded by the client in the person's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum CatalogFault {
    /// The file cannot be read.
    #[error("it cannot be read: {detail}")]
    CannotRead {
        /// What the system says.
        detail: String,
    },
    /// Somebody other than root may have written the file, so it is not believed.
    #[error("it does not belong to root alone")]
    NotOwnedByRoot,
    /// More bytes than are read.
    #[error("it is larger than {limit} bytes")]
    TooLarge {
        /// The most that are read.
        limit: u64,
    },
    /// No TOML, a key that is not known, or a value of the wrong type.
    #[error("{detail}")]
    NotUnderstood {
        /// What the parser says.
        detail: String,
    },
    /// It is written for another version of the format.
    #[error("its format is {format}, which this version does not read")]
    OtherFormat {
        /// The format that it names.
        format: i64,
    },
    /// More of something than is taken.
    #[error("more than {limit} of `{key}`")]
    TooMany {
        /// The key.
        key: String,
        /// The most that are taken.
        limit: u64,
    },
    /// Something is missing or empty.
    #[error("`{key}` is missing or empty")]
    Missing {
        /// The key.
        key: String,
    },
    /// A text is too long.
    #[error("`{key}` is longer than {limit} letters")]
    TooLong {
        /// The key.
        key: String,
        /// The most letters.
        limit: u64,
    },
    /// A text has letters that cannot be seen, or that turn others around.
    #[error("`{key}` has hidden letters")]
    HiddenLetters {
        /// The key.
        key: String,
    },
    /// A value that cannot be what the key stands for.
    #[error("`{key}` cannot be {value:?}")]
    Invalid {
        /// The key.
        key: String,
        /// The value, as far as it can be shown.
        value: String,
    },
    /// One key makes sense only with another one.
    #[error("`{key}` needs `{needed}`")]
    Needs {
        /// The key that is there.
        key: String,
        /// The key that is not.
        needed: String,
    },
    /// The same thing twice: in one file, or in two.
    #[error("there is already an entry or a stream with this `{key}`: {value:?}")]
    Repeated {
        /// The key.
        key: String,
        /// The value.
        value: String,
    },
    /// No catalog has the entry that is to take this one's place.
    #[error("`replaced_by` names {id:?}, which no catalog has")]
    SuccessorMissing {
        /// What it names.
        id: String,
    },
    /// Following `replaced_by` leads back here.
    #[error("following `replaced_by` leads in a circle, back to {id:?}")]
    SuccessorLoop {
        /// Where it leads.
        id: String,
    },
    /// Something that this version has no word for.
    #[error("something that this version does not know")]
    #[serde(other)]
    Unknown,
}

impl CatalogError {
    /// What is wrong with a file, or a folder of files, as a whole.
    pub fn of_file(name: &str, fault: CatalogFault) -> Self {
        Place::of_file(name).error(fault)
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        if let Some(entry) = &self.entry {
            write!(formatter, ": {entry}")?;
        }
        write!(formatter, ": {}", self.fault)
    }
}

/// A place in a file that something can be wrong with.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    file: String,
    line: Option<u64>,
    entry: Option<String>,
}

impl Place {
    pub(crate) fn of_file(name: &str) -> Self {
        Self { file: shown(name), line: None, entry: None }
    }

    /// An entry that begins at this byte.
    pub(crate) fn entry(&self, text: &str, start: usize, id: &str) -> Self {
        Self { file: self.file.clone(), line: Some(line_of(text, start)), entry: Some(shown(id)) }
    }

    /// An entry of which only the id is known.
    pub(crate) fn named(&self, id: &str) -> Self {
        Self { file: self.file.clone(), line: None, entry: Some(id.to_owned()) }
    }

    pub(crate) fn error(&self, fault: CatalogFault) -> CatalogError {
        CatalogError { file: self.file.clone(), line: self.line, entry: self.entry.clone(), fault }
    }

    /// Bytes that are no text from this one on.
    pub(crate) fn not_text(&self, bytes: &[u8], from: usize) -> CatalogError {
        let fault = CatalogFault::NotUnderstood { detail: "not a text in UTF-8".into() };
        CatalogError { line: Some(line_of(bytes, from)), ..self.error(fault) }
    }

    /// What the parser of TOML has to say.
    pub(crate) fn not_understood(&self, text: &str, error: &toml::de::Error) -> CatalogError {
        let line = error.span().map(|span| line_of(text, span.start));
        let fault = CatalogFault::NotUnderstood { detail: shown(error.message()) };
        CatalogError { line, ..self.error(fault) }
    }
}

/// The line that a byte is in.
pub(crate) fn line_of(text: impl AsRef<[u8]>, byte: usize) -> u64 {
    let before = text.as_ref().iter().take(byte).filter(|byte| **byte == b'\n');
    before.count() as u64 + 1
}
