// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashSet;

use isotope_model::is_digest;
use isotope_model::lookup_protocol::{PublishedImage, PublishedLayer};
use oci_client::manifest::OciImageManifest;

use crate::attachments;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::image_name::Version;
use crate::limits;
use crate::manifest::{Content, Manifest};
use crate::platform;
use crate::repository::Repository;

/// An image for this computer, and what the tag named that led to it.
#[derive(Debug)]
pub(crate) struct Chosen {
    named: String,
    digest: String,
    manifest: Box<OciImageManifest>,
    offered: Vec<String>,
}

/// The digest of the image for this architecture in what was named, which may be one already.
pub(crate) fn digest_for<'a>(named: &'a Manifest, architecture: &str) -> Result<&'a str, Failure> {
    let digest = match &named.content {
        Content::Image(_) => &named.digest,
        Content::Index(index) => &platform::choose(index, architecture)?.digest,
    };
    match is_digest(digest) {
        true => Ok(digest),
        false => Err(Failure::Failed("the list of images names one that is none".into())),
    }
}

impl Chosen {
    /// Finds the image for this architecture in what was named.
    pub(crate) async fn of(repository: &Repository, named: Manifest, architecture: &str) -> Result<Self, Failure> {
        let digest = digest_for(&named, architecture)?.to_owned();
        let index = match named.content {
            Content::Image(manifest) => return Ok(Self { named: named.digest, digest, manifest, offered: vec![] }),
            Content::Index(index) => index,
        };
        match repository.manifest(&Version::Digest(digest.clone())).await?.content {
            Content::Image(manifest) => {
                let offered = platform::architectures(&index);
                Ok(Self { named: named.digest, digest, manifest, offered })
            }
            Content::Index(_) => Err(Failure::Failed("the list of images contains another list".into())),
        }
    }

    /// Tells all there is to tell.
    pub(crate) async fn describe(self, repository: &Repository, architecture: &str) -> Result<PublishedImage, Failure> {
        let (configuration, attachments) = tokio::join!(
            repository.configuration(&self.manifest.config.digest),
            attachments::of(repository, &self.digest, &self.named),
        );
        let configuration = Configuration::read(&configuration?)?;
        let made_for = configuration.architecture();
        if let Some(other) = made_for.as_ref().filter(|found| *found != architecture) {
            return Err(Failure::Architecture { expected: architecture.to_owned(), offered: vec![other.clone()] });
        }
        let (size, layers) = layers(&self.manifest)?;
        let offered = if self.offered.is_empty() { made_for.iter().cloned().collect() } else { self.offered };
        Ok(PublishedImage {
            digest: self.digest,
            named: self.named,
            version: configuration.version(),
            built: configuration.built(),
            architecture: made_for,
            architectures: offered,
            bootable: configuration.bootable(),
            labels: configuration.into_labels(),
            size,
            layers,
            signed: attachments.signed,
            artifact_types: attachments.kinds,
        })
    }
}

/// The bytes of all layers, and the layers. One that stands there twice is downloaded once.
fn layers(manifest: &OciImageManifest) -> Result<(u64, Vec<PublishedLayer>), Failure> {
    let mut seen: HashSet<&str> = HashSet::new();
    let (mut size, mut layers) = (0_u64, Vec::new());
    for layer in manifest.layers.iter().filter(|layer| seen.insert(&layer.digest)) {
        let bytes = u64::try_from(layer.size)
            .map_err(|_| Failure::Failed(format!("the manifest names a layer of {} bytes", layer.size)))?;
        size = size.saturating_add(bytes);
        if layers.len() <= limits::LAYERS {
            layers.push(PublishedLayer { digest: layer.digest.clone(), bytes });
        }
    }
    // Others than digests are nowhere, and what is too long to be told is not told in part.
    if layers.len() > limits::LAYERS || !layers.iter().all(|layer| is_digest(&layer.digest)) {
        layers.clear();
    }
    Ok((size, layers))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(layers: &[(&str, i64)]) -> OciImageManifest {
        let layer =
            |(digest, size): &(&str, i64)| serde_json::json!({ "mediaType": "l", "digest": digest, "size": size });
        serde_json::from_value(serde_json::json!({
            "schemaVersion": 2,
            "config": { "mediaType": "c", "digest": "d", "size": 1 },
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        }))
        .unwrap()
    }

    fn digest(number: usize) -> String {
        format!("sha256:{number:064}")
    }

    #[test]
    fn each_layer_is_told_and_counted_once() {
        let (a, b) = (digest(1), digest(2));
        let layer = |digest: &str, bytes| PublishedLayer { digest: digest.to_owned(), bytes };
        let told = layers(&manifest(&[(&a, 10), (&b, 5), (&a, 10)])).unwrap();
        assert_eq!(told, (15, vec![layer(&a, 10), layer(&b, 5)]));
        assert_eq!(layers(&manifest(&[])), Ok((0, vec![])));
        assert_eq!(layers(&manifest(&[(&a, i64::MAX), (&b, i64::MAX), (&digest(3), 7)])).unwrap().0, u64::MAX);
        assert!(layers(&manifest(&[(&a, -1)])).is_err());
        assert_eq!(layers(&manifest(&[(&a, 10), ("no digest", 5)])), Ok((15, vec![])));
    }

    #[test]
    fn of_very_many_layers_only_their_size_is_told() {
        let names: Vec<String> = (0..=limits::LAYERS).map(digest).collect();
        let all: Vec<(&str, i64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        assert_eq!(layers(&manifest(&all)).unwrap(), (names.len() as u64, vec![]));
        let (size, told) = layers(&manifest(&all[1..])).unwrap();
        assert_eq!((size, told.len()), (limits::LAYERS as u64, limits::LAYERS));
    }
}
