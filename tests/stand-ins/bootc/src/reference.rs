// SPDX-License-Identifier: GPL-3.0-or-later
//! Image references: as bootc names them, as origins keep them, as skopeo wants them, and as names of refs.

use std::fmt::Write;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// The origin's key.
pub const ORIGIN_KEY: &str = "container-image-reference";
const REGISTRY: &str = "registry";

/// Who checks an image's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Nobody insists.
    Unverified,
    /// The host's policy, which must not accept everything.
    ContainerPolicy,
    /// A remote of the repository.
    OstreeRemote(String),
}

/// An image and how it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageReference {
    pub transport: String,
    pub image: String,
    pub signature: Signature,
}

impl ImageReference {
    /// As `bootc switch` is told.
    pub fn new(transport: &str, image: &str, enforced: bool) -> Result<Self> {
        if !["registry", "oci", "oci-archive", "docker-daemon", "containers-storage"].contains(&transport) {
            bail!("Unknown transport '{transport}'");
        }
        let signature = if enforced { Signature::ContainerPolicy } else { Signature::Unverified };
        Ok(Self { transport: transport.to_owned(), image: image.to_owned(), signature })
    }

    /// As an origin keeps it.
    pub fn parse(text: &str) -> Result<Self> {
        let (kind, rest) = text.split_once(':').with_context(|| format!("Missing : in {text}"))?;
        let (signature, name) = match kind {
            "ostree-unverified-registry" => {
                return Ok(Self {
                    transport: REGISTRY.into(),
                    image: rest.to_owned(),
                    signature: Signature::Unverified,
                });
            }
            "ostree-unverified-image" => (Signature::Unverified, rest),
            "ostree-image-signed" => (Signature::ContainerPolicy, rest),
            "ostree-remote-image" => {
                let (remote, name) = rest.split_once(':').with_context(|| format!("Missing second : in {text}"))?;
                (Signature::OstreeRemote(remote.to_owned()), name)
            }
            _ => bail!("Invalid ostree image reference: {text}"),
        };
        let (transport, image) = name.split_once(':').with_context(|| format!("Missing transport in {text}"))?;
        let (transport, image) = match transport {
            "docker" => (REGISTRY, image.strip_prefix("//").with_context(|| format!("Missing // in {text}"))?),
            "registry" => (REGISTRY, image),
            other => (other, image),
        };
        Ok(Self { transport: transport.to_owned(), image: image.to_owned(), signature })
    }

    /// What goes into an origin.
    pub fn origin(&self) -> String {
        match &self.signature {
            Signature::Unverified if self.transport == REGISTRY => format!("ostree-unverified-registry:{}", self.image),
            Signature::Unverified => format!("ostree-unverified-image:{}", self.for_skopeo()),
            Signature::ContainerPolicy => format!("ostree-image-signed:{}", self.for_skopeo()),
            Signature::OstreeRemote(remote) => format!("ostree-remote-image:{remote}:{}", self.for_skopeo()),
        }
    }

    /// As skopeo wants it.
    pub fn for_skopeo(&self) -> String {
        match self.transport.as_str() {
            REGISTRY => format!("docker://{}", self.image),
            other => format!("{other}:{}", self.image),
        }
    }

    /// As people read it.
    pub fn name(&self) -> String {
        if self.transport == REGISTRY { self.image.clone() } else { self.for_skopeo() }
    }

    /// As `status` writes it.
    pub fn to_json(&self) -> Value {
        let mut value = json!({ "image": self.image, "transport": self.transport });
        match &self.signature {
            Signature::Unverified => {}
            Signature::ContainerPolicy => value["signature"] = "containerPolicy".into(),
            Signature::OstreeRemote(remote) => value["signature"] = json!({ "ostreeRemote": remote }),
        }
        value
    }

    /// The digest that the reference itself names.
    pub fn digest(&self) -> Option<&str> {
        self.image.split_once('@').map(|(_, digest)| digest)
    }

    /// The ref of the newest commit pulled for it.
    pub fn ref_name(&self) -> String {
        format!("{IMAGES}/{}", escape(&self.for_skopeo()))
    }
}

/// Refs of images.
pub const IMAGES: &str = "ostree/container/image";
/// Refs of layers.
pub const LAYERS: &str = "ostree/container/blob";

/// The ref of a layer.
pub fn layer_ref(digest: &str) -> String {
    format!("{LAYERS}/{}", escape(digest))
}

/// Letters, digits, `-` and a `/` between them stay; everything else is its code in hexadecimal.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    let mut after_word = false;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            c if c.is_ascii_alphanumeric() || c == '-' => escaped.push(c),
            '/' if after_word && rest.peek().is_some() => escaped.push('/'),
            '_' => escaped.push_str("__"),
            c => {
                let _ = write!(escaped, "_{:02X}_", u32::from(c));
            }
        }
        after_word = character.is_ascii_alphanumeric();
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_are_named_as_bootc_names_them() {
        assert_eq!(escape("docker://quay.io/a_b/c-d:1"), "docker_3A__2F__2F_quay_2E_io/a__b/c-d_3A_1");
        assert_eq!(layer_ref("sha256:ab"), "ostree/container/blob/sha256_3A_ab");
    }

    #[test]
    fn origins_come_back_as_they_went() {
        for text in [
            "ostree-unverified-registry:localhost:5000/a/b:c",
            "ostree-image-signed:docker://quay.io/a/b:c",
            "ostree-unverified-image:oci:/var/tmp/image",
            "ostree-remote-image:lab:docker://quay.io/a/b",
        ] {
            assert_eq!(ImageReference::parse(text).unwrap().origin(), text);
        }
        let signed = ImageReference::parse("ostree-image-signed:docker://quay.io/a/b@sha256:00").unwrap();
        assert_eq!((signed.transport.as_str(), signed.digest()), ("registry", Some("sha256:00")));
        assert!(ImageReference::parse("fedora:fedora/x86_64/silverblue").is_err());
    }
}
