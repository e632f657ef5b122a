// SPDX-License-Identifier: GPL-3.0-or-later
//! What an administrator allows to switch to.

use serde::{Deserialize, Serialize};

use crate::catalog::LARGEST_FILE;
use crate::catalog::error::line_of;
use crate::catalog::text::shown;
use crate::{ContainerReference, ImageReference, Transport, Verification};

/// The most images that can be listed.
const MOST_IMAGES: usize = 1000;

/// Which images may be switched to on a computer, whoever asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "allow", rename_all = "kebab-case")]
pub enum SwitchPolicy {
    /// Any.
    #[default]
    All,
    /// None: the computer stays with what it follows.
    None,
    /// Those listed.
    Listed {
        /// Images and branches, as [`SwitchPolicy::from_toml`] reads them.
        #[serde(default)]
        images: Vec<String>,
    },
    /// Something that this version does not know; it allows nothing.
    #[serde(other)]
    Unknown,
}

/// The text says nothing that can be relied on. Nobody should be allowed to switch then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSwitchPolicy {
    /// More bytes than are read.
    #[error("larger than {limit} bytes")]
    TooLarge {
        /// The most that are read.
        limit: usize,
    },
    /// No TOML, a key that is not known, or a value of the wrong type.
    #[error("line {}: {detail}", line.map_or_else(|| "?".to_owned(), |line| line.to_string()))]
    NotUnderstood {
        /// The line, where it has one.
        line: Option<u64>,
        /// What the parser says.
        detail: String,
    },
    /// A word other than `all` and `none`.
    #[error("`allow` can be \"all\", \"none\" or a list of images, and not {0:?}")]
    UnknownWord(String),
    /// More images than are taken.
    #[error("more than {MOST_IMAGES} images")]
    TooMany,
    /// Something listed that is neither an image in a registry nor a branch of a remote.
    #[error("neither an image in a registry nor a branch of a remote: {0:?}")]
    NotAnImage(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    switch: Section,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Section {
    allow: Option<Allow>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected \"all\", \"none\" or a list of images")]
enum Allow {
    Word(String),
    Images(Vec<String>),
}

/// What one line of the list allows.
enum Pattern<'a> {
    /// Container images whose repository is this one, or begins with it; with this tag, where one is named.
    Container { repository: &'a str, below: bool, tag: Option<&'a str> },
    /// Branches of a remote: this one, those below it, or all.
    Branch { remote: &'a str, branch: &'a str, below: bool },
}

impl SwitchPolicy {
    /// Reads the section `[switch]`:
    ///
    /// - `allow = "all"`, which also holds where nothing is said, or `"none"`;
    /// - a list: `quay.io/example/desktop` (any tag), `quay.io/example/desktop:10`, `quay.io/example/*` (all below it),
    ///   `fedora:fedora/43/x86_64/kinoite`, `fedora:fedora/*`, `fedora:*`.
    ///
    /// # Errors
    /// It cannot be read to the letter.
    pub fn from_toml(text: &str) -> Result<Self, InvalidSwitchPolicy> {
        if text.len() > LARGEST_FILE {
            return Err(InvalidSwitchPolicy::TooLarge { limit: LARGEST_FILE });
        }
        let file: File = toml::from_str(text).map_err(|error| InvalidSwitchPolicy::NotUnderstood {
            line: error.span().map(|span| line_of(text, span.start)),
            detail: shown(error.message()),
        })?;
        match file.switch.allow {
            None => Ok(Self::All),
            Some(Allow::Word(word)) if word == "all" => Ok(Self::All),
            Some(Allow::Word(word)) if word == "none" => Ok(Self::None),
            Some(Allow::Word(word)) => Err(InvalidSwitchPolicy::UnknownWord(shown(&word))),
            Some(Allow::Images(images)) if images.len() > MOST_IMAGES => Err(InvalidSwitchPolicy::TooMany),
            Some(Allow::Images(images)) => match images.iter().find(|image| Pattern::of(image).is_none()) {
                Some(image) => Err(InvalidSwitchPolicy::NotAnImage(shown(image))),
                None => Ok(Self::Listed { images }),
            },
        }
    }

    /// Whether this image may be switched to. A list allows nothing that is not in a registry or on a remote.
    pub fn allows(&self, image: &ImageReference) -> bool {
        match self {
            Self::All => true,
            Self::None | Self::Unknown => false,
            Self::Listed { images } => {
                images.iter().filter_map(|text| Pattern::of(text)).any(|pattern| pattern.allows(image))
            }
        }
    }
}

impl<'a> Pattern<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let whole = text.strip_suffix("/*").unwrap_or(text);
        let below = whole.len() < text.len();
        Self::container(whole, below).or_else(|| Self::branch(text))
    }

    /// A name with a registry, or a registry alone if all below it is meant. `fedora:fedora/43` has none: a port is a
    /// number.
    fn container(whole: &'a str, below: bool) -> Option<Self> {
        // A registry alone is no name: something below it is one.
        let name = if below { format!("{whole}/any") } else { whole.to_owned() };
        let reference = ContainerReference::new(Verification::PolicyOrNothing, Transport::Registry, &name).ok()?;
        if reference.registry().is_none() || reference.digest().is_some() {
            return None;
        }
        match reference.tag() {
            Some(tag) => {
                let (repository, tag) = whole.split_at_checked(whole.len().checked_sub(tag.len() + 1)?)?;
                Some(Self::Container { repository, below, tag: tag.strip_prefix(':') })
            }
            None => Some(Self::Container { repository: whole, below, tag: None }),
        }
    }

    fn branch(text: &'a str) -> Option<Self> {
        let (remote, rest) = text.split_once(':')?;
        let (branch, below) = match rest {
            "*" => ("", true),
            _ => rest.strip_suffix("/*").map_or((rest, false), |branch| (branch, true)),
        };
        let sample = if branch.is_empty() && below { "any" } else { branch };
        ImageReference::from_refspec(&format!("{remote}:{sample}")).ok()?;
        Some(Self::Branch { remote, branch, below })
    }

    fn allows(&self, image: &ImageReference) -> bool {
        let under = |name: &str, beginning: &str, below: bool| match below {
            true => name.strip_prefix(beginning).is_some_and(|rest| beginning.is_empty() || rest.starts_with('/')),
            false => name == beginning,
        };
        match (self, image) {
            (Self::Branch { remote, branch, below }, ImageReference::Ostree { remote: its, branch: its_branch }) => {
                its == remote && under(its_branch, branch, *below)
            }
            (Self::Container { repository, below, tag }, ImageReference::Container { .. }) => {
                let Some(image) = image.in_registry() else {
                    return false;
                };
                // A digest can be that of any version, whatever the tag beside it says.
                let fits = tag.is_none_or(|tag| image.digest().is_none() && image.tag().unwrap_or("latest") == tag);
                fits && under(image.repository(), repository, *below)
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests;
