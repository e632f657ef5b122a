// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Trust;
use crate::lookup_protocol::PublishedImage;

/// Everything there is to tell of an image before it is pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ImagePreview {
    /// The digest of its manifest for this architecture: hand it back with a switch, to get this image and no other.
    pub digest: String,
    /// The version that its labels name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// The architecture that it is made for, as images name it: `amd64`, `arm64`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// The architectures that there are images for under the same name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub architectures: Vec<String>,
    /// Its labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// It says of itself that it can be started.
    #[serde(default)]
    pub bootable: bool,
    /// Bytes of all its layers, as they are downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Bytes of the layers that are not here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_bytes: Option<u64>,
    /// The kinds of what else the registry says refers to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifact_types: Vec<String>,
    /// Who vouches for it on this computer, and whether a signature lies beside it.
    pub trust: Trust,
}

impl ImagePreview {
    /// What a registry tells of an image, on a computer with these rules that has the layers with these digests,
    /// where that is known.
    pub fn new(published: PublishedImage, trust: Trust, layers_here: Option<&[String]>) -> Self {
        let download_bytes = layers_here.and_then(|here| published.missing_bytes(here));
        let trust = match published.signed {
            Some(signed) => trust.with_signed(signed),
            None => trust,
        };
        Self {
            digest: published.digest,
            version: published.version,
            built: published.built,
            architecture: published.architecture,
            architectures: published.architectures,
            labels: published.labels,
            bootable: published.bootable,
            size: Some(published.size),
            download_bytes,
            artifact_types: published.artifact_types,
            trust,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup_protocol::PublishedLayer;
    use crate::{ImageReference, TrustState, dictionary};

    #[test]
    fn it_travels_over_the_bus_with_what_is_not_here_and_who_vouches() {
        let image = ImageReference::Container { reference: "ostree-unverified-registry:q.io/o/s:1".into() };
        let trust = Trust { state: TrustState::Unchecked, ..Trust::unknown(image) };
        let layer = |digest: &str, bytes| PublishedLayer { digest: digest.into(), bytes };
        let published = PublishedImage {
            digest: "sha256:1".into(),
            version: Some("10.2".into()),
            labels: BTreeMap::from([("containers.bootc".into(), "1".into())]),
            bootable: true,
            size: 30,
            layers: vec![layer("sha256:a", 10), layer("sha256:b", 20)],
            signed: Some(true),
            ..PublishedImage::default()
        };
        let preview = ImagePreview::new(published, trust, Some(&["sha256:b".to_owned()]));
        assert_eq!((preview.size, preview.download_bytes, preview.trust.signed), (Some(30), Some(10), Some(true)));
        let sent = dictionary::to_dictionary(&preview).unwrap();
        assert_eq!(dictionary::from_dictionary::<ImagePreview>(&sent).unwrap(), preview);
    }
}
