// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ContainerReference, Transport};

/// What a deployment follows.
///
/// Source: the `[origin]` group of an origin file, `ostree.repo-config(5)` for refspecs, and bootc's
/// `container-image-reference` key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "transport", rename_all = "kebab-case")]
pub enum ImageReference {
    /// A branch of an OSTree remote, `remote:branch`.
    Ostree {
        /// The name of the remote in the repository's configuration.
        remote: String,
        /// The branch on that remote.
        branch: String,
    },
    /// A container image, as the origin file has it; [`ImageReference::container`] takes it apart.
    Container {
        /// The whole reference, for example `ostree-image-signed:docker://…`.
        reference: String,
    },
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The text is not a refspec that names a remote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a refspec with a remote: {0:?}")]
pub struct InvalidImageReference(String);

/// The longest reference that is taken, in bytes.
const LONGEST: usize = 1024;

impl ImageReference {
    /// Reads `remote:branch`.
    ///
    /// # Errors
    /// A missing remote, an empty part, a part that libostree would refuse, or more than a kilobyte.
    pub fn from_refspec(text: &str) -> Result<Self, InvalidImageReference> {
        let invalid = || InvalidImageReference(text.chars().take(200).collect());
        if text.len() > LONGEST {
            return Err(invalid());
        }
        let (remote, branch) = text.split_once(':').ok_or_else(invalid)?;
        let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let fragment = |part: &str| !part.is_empty() && !part.starts_with('.') && part.chars().all(word);
        if !fragment(remote) || remote.starts_with('-') || !branch.split('/').all(fragment) || branch.starts_with('-') {
            return Err(invalid());
        }
        Ok(Self::Ostree { remote: remote.to_owned(), branch: branch.to_owned() })
    }

    /// What a person calls it: a container image without what checks it.
    pub fn readable(&self) -> String {
        self.container().map_or_else(|| self.to_string(), |container| container.readable())
    }

    /// The parts of a container image's reference; nothing for what is none, or is of a kind that is not known.
    pub fn container(&self) -> Option<ContainerReference> {
        match self {
            Self::Container { reference } => ContainerReference::from_origin(reference).ok(),
            _ => None,
        }
    }

    /// The same, for an image that lies in a registry.
    pub fn in_registry(&self) -> Option<ContainerReference> {
        self.container().filter(|image| image.transport() == Transport::Registry)
    }
}

impl From<&ContainerReference> for ImageReference {
    fn from(reference: &ContainerReference) -> Self {
        Self::Container { reference: reference.to_string() }
    }
}

impl fmt::Display for ImageReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ostree { remote, branch } => write!(formatter, "{remote}:{branch}"),
            Self::Container { reference } => formatter.write_str(reference),
            Self::Unknown => formatter.write_str("?"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refspecs_are_taken_apart() {
        let reference = ImageReference::from_refspec("fedora:fedora/43/x86_64/silverblue").unwrap();
        assert_eq!(
            reference,
            ImageReference::Ostree { remote: "fedora".into(), branch: "fedora/43/x86_64/silverblue".into() }
        );
        assert_eq!(reference.to_string(), "fedora:fedora/43/x86_64/silverblue");
    }

    #[test]
    fn references_to_containers_are_taken_apart() {
        let text = "ostree-unverified-registry:localhost:5000/alma/gnome:latest";
        let reference = ImageReference::Container { reference: text.into() };
        assert_eq!(ImageReference::from(&reference.container().unwrap()), reference);
        assert_eq!(ImageReference::Container { reference: "?".into() }.container(), None);
        assert_eq!(reference.in_registry(), reference.container());
        let local = ImageReference::Container { reference: "ostree-unverified-image:oci:/var/os".into() };
        assert!(local.container().is_some() && local.in_registry().is_none());
        assert_eq!(ImageReference::from_refspec("r:b").unwrap().container(), None);
    }

    #[test]
    fn what_libostree_would_refuse_is_refused() {
        for text in ["", "branch", ":b", "r:", "r:a//b", "r:../b", "r:a b", "r:a\nb", "-r:b", "r:-b", "r:a;b", "r:/a"] {
            assert!(ImageReference::from_refspec(text).is_err(), "{text:?}");
        }
        assert!(ImageReference::from_refspec(&format!("r:{}", "a".repeat(2000))).is_err());
    }
}
