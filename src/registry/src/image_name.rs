// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ContainerReference, Transport, Verification};

use crate::failure::Failure;

/// The registry that is meant where none is named.
const DEFAULT_REGISTRY: &str = "docker.io";

/// Which version of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Version {
    /// What this tag names.
    Tag(String),
    /// Exactly this one.
    Digest(String),
}

/// An image in a registry, with everything that may be left out of its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImageName {
    /// `quay.io`, `localhost:5000`.
    pub(crate) registry: String,
    /// `example/os`.
    pub(crate) path: String,
    /// The tag or the digest.
    pub(crate) version: Version,
}

impl Version {
    /// As a request names it.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Tag(text) | Self::Digest(text) => text,
        }
    }
}

impl ImageName {
    /// Takes the reference apart.
    pub(crate) fn of(image: &ContainerReference) -> Result<Self, Failure> {
        if image.transport() != Transport::Registry {
            return Err(Failure::Failed(format!("{} is not in a registry", image.image())));
        }
        let version = match (image.digest(), image.tag()) {
            (Some(digest), _) => Version::Digest(digest.to_owned()),
            (None, tag) => Version::Tag(tag.unwrap_or("latest").to_owned()),
        };
        let repository = image.repository();
        let (registry, path) = match image.registry() {
            Some(registry) => {
                (registry, repository.strip_prefix(registry).unwrap_or(repository).trim_start_matches('/'))
            }
            None => (DEFAULT_REGISTRY, repository),
        };
        let registry = if registry == "index.docker.io" { DEFAULT_REGISTRY } else { registry };
        let path = match registry == DEFAULT_REGISTRY && !path.contains('/') {
            true => format!("library/{path}"),
            false => path.to_owned(),
        };
        Ok(Self { registry: registry.to_owned(), path, version })
    }

    /// Reads a name that the host's configuration has made; the version is that of `self`.
    pub(crate) fn renamed(&self, repository: &str) -> Result<Self, Failure> {
        let broken = |_| Failure::Failed(format!("registries.conf makes no image name: {repository:?}"));
        let image = ContainerReference::new(Verification::Policy, Transport::Registry, repository).map_err(broken)?;
        Ok(Self { version: self.version.clone(), ..Self::of(&image)? })
    }

    /// `quay.io/example/os`.
    pub(crate) fn repository(&self) -> String {
        format!("{}/{}", self.registry, self.path)
    }

    /// Where the registry listens.
    pub(crate) fn authority(&self) -> &str {
        match self.registry.as_str() {
            DEFAULT_REGISTRY => "registry-1.docker.io",
            registry => registry,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str) -> ImageName {
        ImageName::of(&ContainerReference::new(Verification::Policy, Transport::Registry, name).unwrap()).unwrap()
    }

    #[test]
    fn what_is_left_out_of_a_name_is_put_in() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (name, repository, authority, version) in [
            ("quay.io/o/s", "quay.io/o/s", "quay.io", "latest"),
            ("localhost:5000/s:1", "localhost:5000/s", "localhost:5000", "1"),
            ("[::1]:5000/s:1", "[::1]:5000/s", "[::1]:5000", "1"),
            ("s:1", "docker.io/library/s", "registry-1.docker.io", "1"),
            ("o/s", "docker.io/o/s", "registry-1.docker.io", "latest"),
            ("docker.io/s", "docker.io/library/s", "registry-1.docker.io", "latest"),
            ("index.docker.io/o/s", "docker.io/o/s", "registry-1.docker.io", "latest"),
            (&format!("quay.io/o/s:1@{digest}"), "quay.io/o/s", "quay.io", digest.as_str()),
        ] {
            let image = of(name);
            assert_eq!((image.repository().as_str(), image.authority()), (repository, authority), "{name}");
            assert_eq!(image.version.as_str(), version, "{name}");
        }
        let folder = ContainerReference::new(Verification::Policy, Transport::Oci, "/var/oci").unwrap();
        assert!(ImageName::of(&folder).is_err());
    }

    #[test]
    fn another_name_keeps_the_version() {
        let renamed = of("quay.io/o/s:1").renamed("mirror.example:5000/q/o/s").unwrap();
        assert_eq!((renamed.authority(), renamed.path.as_str()), ("mirror.example:5000", "q/o/s"));
        assert_eq!(renamed.version, Version::Tag("1".into()));
        assert!(of("quay.io/o/s").renamed("mirror.example//s").is_err());
    }
}
