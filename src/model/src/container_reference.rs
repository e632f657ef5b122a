// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::container_name::{is_name, is_remote, registry_of};

/// What checks a container image before it becomes a deployment, as its origin has it.
///
/// The host's `policy.json` is asked in every case; the first kind only refuses to go on where that policy accepts
/// everything by default.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verification {
    /// The host's policy, which must not accept everything: `ostree-image-signed`.
    Policy,
    /// The host's policy, even if it accepts everything: `ostree-unverified-image`, `ostree-unverified-registry`.
    PolicyOrNothing,
    /// The commit inside must be signed with a key of this OSTree remote: `ostree-remote-image`.
    OstreeRemote(String),
}

/// Where a container image is fetched from. Source: `containers-transports(5)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// A registry.
    Registry,
    /// A folder with an OCI layout.
    Oci,
    /// An archive with an OCI layout.
    OciArchive,
    /// An archive as docker writes it.
    DockerArchive,
    /// A docker daemon.
    DockerDaemon,
    /// The storage of podman.
    ContainersStorage,
    /// A plain folder.
    Dir,
}

/// A container image, and what checks it: the parts of `ostree-image-signed:docker://quay.io/example/os:latest`.
///
/// Source: `ostree-container`'s image references, as rpm-ostree and bootc write them into origin files.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ContainerReference {
    verification: Verification,
    transport: Transport,
    name: String,
}

/// A container image as a person names it; the check may be left open.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerTarget {
    verification: Option<Verification>,
    transport: Transport,
    name: String,
}

/// The text is no reference to a container image.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a container image reference: {0:?}")]
pub struct InvalidContainerReference(String);

impl InvalidContainerReference {
    fn of(text: &str) -> Self {
        Self(text.chars().take(200).collect())
    }
}

/// The longest reference that is taken, in bytes.
pub(crate) const LONGEST: usize = 1024;

impl Transport {
    const ALL: [Self; 7] = [
        Self::Registry,
        Self::Oci,
        Self::OciArchive,
        Self::DockerArchive,
        Self::DockerDaemon,
        Self::ContainersStorage,
        Self::Dir,
    ];

    /// The name by which bootc knows it: `registry`, `oci`, …
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Oci => "oci",
            Self::OciArchive => "oci-archive",
            Self::DockerArchive => "docker-archive",
            Self::DockerDaemon => "docker-daemon",
            Self::ContainersStorage => "containers-storage",
            Self::Dir => "dir",
        }
    }

    /// The transport of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.as_str() == name)
    }

    /// Takes a transport and a name apart: `docker://NAME`, `registry:NAME`, `oci:PATH`, …
    fn split(text: &str) -> Option<(Self, &str)> {
        match text.split_once(':')? {
            ("docker", name) => Some((Self::Registry, name.strip_prefix("//")?)),
            (transport, name) => Some((Self::from_name(transport)?, name)),
        }
    }
}

impl ContainerReference {
    /// Builds a reference of parts that come from elsewhere.
    ///
    /// # Errors
    /// The name, or the name of the remote, is none.
    pub fn new(
        verification: Verification,
        transport: Transport,
        name: &str,
    ) -> Result<Self, InvalidContainerReference> {
        let remote_is_one = match &verification {
            Verification::OstreeRemote(remote) => is_remote(remote),
            _ => true,
        };
        match remote_is_one && is_name(transport, name) {
            true => Ok(Self { verification, transport, name: name.to_owned() }),
            false => Err(InvalidContainerReference::of(name)),
        }
    }

    /// Reads what stands in an origin file.
    ///
    /// # Errors
    /// A kind of check or a transport that is not known, a name that is none, or more than a kilobyte.
    pub fn from_origin(text: &str) -> Result<Self, InvalidContainerReference> {
        let invalid = || InvalidContainerReference::of(text);
        if text.len() > LONGEST {
            return Err(invalid());
        }
        let (scheme, rest) = text.split_once(':').ok_or_else(invalid)?;
        let of_remote = |rest: &str| {
            let (remote, rest) = rest.split_once(':')?;
            Some((Verification::OstreeRemote(remote.to_owned()), rest.to_owned()))
        };
        let (verification, image) = match scheme {
            "ostree-image-signed" => (Verification::Policy, rest.to_owned()),
            "ostree-unverified-image" => (Verification::PolicyOrNothing, rest.to_owned()),
            "ostree-unverified-registry" => (Verification::PolicyOrNothing, format!("registry:{rest}")),
            "ostree-remote-image" => of_remote(rest).ok_or_else(invalid)?,
            "ostree-remote-registry" => {
                let (verification, name) = of_remote(rest).ok_or_else(invalid)?;
                (verification, format!("registry:{name}"))
            }
            _ => return Err(invalid()),
        };
        let (transport, name) = Transport::split(&image).ok_or_else(invalid)?;
        Self::new(verification, transport, name).map_err(|_| invalid())
    }

    /// What checks it.
    pub fn verification(&self) -> &Verification {
        &self.verification
    }

    /// Where it is fetched from.
    pub fn transport(&self) -> Transport {
        self.transport
    }

    /// Its name there: `quay.io/example/os:latest`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a person calls it: an image in a registry by its name and tag, any other with where it is.
    pub fn readable(&self) -> String {
        match self.transport {
            Transport::Registry => self.name.clone(),
            _ => self.image(),
        }
    }

    /// The image without what checks it: `docker://…`, `oci:…`.
    pub fn image(&self) -> String {
        match self.transport {
            Transport::Registry => format!("docker://{}", self.name),
            transport => format!("{}:{}", transport.as_str(), self.name),
        }
    }

    /// The digest that the name demands, if it names one: `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        match self.transport {
            Transport::Registry => self.name.split_once('@').map(|(_, digest)| digest),
            _ => None,
        }
    }

    /// The tag of an image in a registry, if its name has one.
    pub fn tag(&self) -> Option<&str> {
        if self.transport != Transport::Registry {
            return None;
        }
        let name = self.name.split_once('@').map_or(self.name.as_str(), |(name, _)| name);
        let last = name.rsplit_once('/').map_or(name, |(_, last)| last);
        last.split_once(':').map(|(_, tag)| tag)
    }

    /// The same image without tag and digest: what all its versions share.
    pub fn repository(&self) -> &str {
        if self.transport != Transport::Registry {
            return &self.name;
        }
        let name = self.name.split_once('@').map_or(self.name.as_str(), |(name, _)| name);
        match self.tag() {
            Some(tag) => name.strip_suffix(tag).and_then(|name| name.strip_suffix(':')).unwrap_or(name),
            None => name,
        }
    }

    /// The registry, where the name has one: `quay.io`, `localhost:5000`.
    pub fn registry(&self) -> Option<&str> {
        match self.transport {
            Transport::Registry => registry_of(&self.name),
            _ => None,
        }
    }
}

impl fmt::Display for ContainerReference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.verification, self.transport) {
            (Verification::Policy, _) => write!(formatter, "ostree-image-signed:{}", self.image()),
            (Verification::PolicyOrNothing, Transport::Registry) => {
                write!(formatter, "ostree-unverified-registry:{}", self.name)
            }
            (Verification::PolicyOrNothing, _) => write!(formatter, "ostree-unverified-image:{}", self.image()),
            (Verification::OstreeRemote(remote), _) => {
                write!(formatter, "ostree-remote-image:{remote}:{}", self.image())
            }
        }
    }
}

impl From<ContainerReference> for String {
    fn from(reference: ContainerReference) -> Self {
        reference.to_string()
    }
}

impl TryFrom<String> for ContainerReference {
    type Error = InvalidContainerReference;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::from_origin(&text)
    }
}

impl ContainerTarget {
    /// Reads what a person writes: the form of an origin file, `docker://NAME`, `oci:PATH`, or the bare name of an image
    /// in a registry, which then has to name the registry.
    ///
    /// # Errors
    /// It is none of them.
    pub fn from_person(text: &str) -> Result<Self, InvalidContainerReference> {
        let invalid = || InvalidContainerReference::of(text);
        if text.len() > LONGEST {
            return Err(invalid());
        }
        if text.starts_with("ostree-") {
            let ContainerReference { verification, transport, name } = ContainerReference::from_origin(text)?;
            return Ok(Self { verification: Some(verification), transport, name });
        }
        let (transport, name) = Transport::split(text).unwrap_or((Transport::Registry, text));
        let named = transport != Transport::Registry || registry_of(name).is_some();
        match named && is_name(transport, name) {
            true => Ok(Self { verification: None, transport, name: name.to_owned() }),
            false => Err(invalid()),
        }
    }

    /// What is to check it; absent where it is to stay as it is.
    pub fn verification(&self) -> Option<&Verification> {
        self.verification.as_ref()
    }

    /// The reference that it becomes on a host whose present image is checked like this.
    pub fn on(&self, present: &Verification) -> ContainerReference {
        ContainerReference {
            verification: self.verification.clone().unwrap_or_else(|| present.clone()),
            transport: self.transport,
            name: self.name.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
