// SPDX-License-Identifier: GPL-3.0-or-later
//! What the helper and the lookup say to each other over the lookup's socket: one request, one reply, one JSON value a line
//! each. End of file from the helper ends the lookup.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::{ContainerReference, Refusal};

/// The longest request that the lookup takes, in bytes.
pub const LONGEST_REQUEST: u64 = 16 * 1024;
/// The longest reply that the helper takes, in bytes: ten thousand tags and more.
pub const LONGEST_REPLY: u64 = 4 * 1024 * 1024;

/// What is asked of a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "ask", deny_unknown_fields, rename_all = "kebab-case")]
pub enum LookupRequest {
    /// Is there another image than the one here? One request without a body where that follows from a digest alone.
    Newer {
        /// What is followed.
        image: ContainerReference,
        /// The digest for this architecture of the newest one here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        here: Option<String>,
        /// What the tag named when it was last asked: the digest of an index, or of the manifest itself. Whoever
        /// remembers it remembers also what was found there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remembered: Option<String>,
    },
    /// Everything there is to tell of an image before it is pulled.
    Describe {
        /// Which.
        image: ContainerReference,
        /// Without the credentials of this computer: whoever asks may not use them.
        #[serde(default)]
        anonymous: bool,
    },
    /// Which tags a repository has, as versions and streams; no signatures and the like.
    Tags {
        /// An image of the repository; its tag does not matter.
        image: ContainerReference,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum LookupReply {
    /// The image here is the one that the tag names.
    UpToDate {
        /// What the tag names, to be remembered.
        named: String,
    },
    /// The tag still names what is remembered of it, which need not be the image here.
    Unchanged {
        /// What the tag names: what was remembered.
        named: String,
    },
    /// What the tag names now.
    Described(Box<PublishedImage>),
    /// The tags, in the order in which people read versions, the newest first.
    Tags(PublishedTags),
    /// It could not be found out.
    Refused(Refusal),
}

/// An image in a registry, for the architecture of this computer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublishedImage {
    /// The digest of its manifest for this architecture: what hosts record.
    pub digest: String,
    /// What the tag names: the digest of an index, or the same as `digest`.
    pub named: String,
    /// The version that its labels name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// The architecture that it is made for, as images name it: `amd64`, `arm64`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The architectures that the tag offers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub architectures: Vec<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// It says of itself that it can be started: `containers.bootc` or `ostree.bootable`.
    #[serde(default)]
    pub bootable: bool,
    /// Bytes of all its layers, as they are downloaded.
    pub size: u64,
    /// Its layers, each once; none where there are more than anybody needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub layers: Vec<PublishedLayer>,
    /// A sigstore signature lies beside it, of the kind that hosts read, where the registry tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
    /// The kinds of what else the registry says refers to it: lists of what is inside, signatures that hosts do not read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifact_types: Vec<String>,
}

/// A layer of an image in a registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublishedLayer {
    /// Its digest.
    pub digest: String,
    /// Its bytes, as they are downloaded.
    pub bytes: u64,
}

impl PublishedImage {
    /// Bytes that are still to be downloaded where the layers with these digests are here; absent where nobody can know.
    pub fn missing_bytes(&self, here: &[String]) -> Option<u64> {
        missing_bytes(&self.layers, here)
    }
}

/// Bytes of those of an image's layers that are not among the layers with these digests; absent where its layers are not
/// known.
pub fn missing_bytes(layers: &[PublishedLayer], here: &[String]) -> Option<u64> {
    let here: HashSet<&str> = here.iter().map(String::as_str).collect();
    let missing = layers.iter().filter(|layer| !here.contains(layer.digest.as_str()));
    let bytes = missing.fold(0_u64, |bytes, layer| bytes.saturating_add(layer.bytes));
    (!layers.is_empty()).then_some(bytes)
}

/// The tags of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublishedTags {
    /// The tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// There are more than are told.
    #[serde(default)]
    pub truncated: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_replies_survive_being_sent() {
        let image = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/gnome:10").unwrap();
        let request = LookupRequest::Newer { image, here: None, remembered: Some("sha256:1".into()) };
        let text = serde_json::to_string(&request).unwrap();
        assert_eq!(serde_json::from_str::<LookupRequest>(&text).unwrap(), request);
        let reply = LookupReply::Refused(Refusal::Network { detail: "x".into() });
        assert_eq!(serde_json::from_str::<LookupReply>(&serde_json::to_string(&reply).unwrap()).unwrap(), reply);
        let reply = LookupReply::UpToDate { named: "sha256:1".into() };
        assert_eq!(serde_json::to_string(&reply).unwrap(), r#"{"reply":"up-to-date","named":"sha256:1"}"#);
        let tags = LookupReply::Tags(PublishedTags { tags: vec!["10".into()], truncated: false });
        assert_eq!(serde_json::from_str::<LookupReply>(&serde_json::to_string(&tags).unwrap()).unwrap(), tags);
    }

    #[test]
    fn only_layers_that_are_not_here_are_downloaded() {
        let layer = |digest: &str, bytes| PublishedLayer { digest: digest.into(), bytes };
        let image = |layers| PublishedImage { layers, ..PublishedImage::default() };
        let here = ["b".to_owned(), "x".to_owned()];
        assert_eq!(image(vec![layer("a", 10), layer("b", 5)]).missing_bytes(&here), Some(10));
        assert_eq!(image(vec![layer("a", u64::MAX), layer("c", 1)]).missing_bytes(&here), Some(u64::MAX));
        assert_eq!(image(vec![layer("b", 5)]).missing_bytes(&here), Some(0));
        assert_eq!(image(vec![]).missing_bytes(&here), None);
    }

    #[test]
    fn a_request_that_is_not_on_the_list_is_none() {
        assert!(serde_json::from_str::<LookupRequest>(r#"{"ask":"delete","image":"x"}"#).is_err());
    }
}
