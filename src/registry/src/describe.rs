// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashSet;

use isotope_model::is_digest;
use isotope_model::lookup_protocol::PublishedImage;
use oci_client::manifest::OciImageManifest;

use crate::attachments;
use crate::configuration::Configuration;
use crate::failure::Failure;
use crate::image_name::Version;
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

    /// Tells all there is to tell. `layers` are here already.
    pub(crate) async fn describe(
        self,
        repository: &Repository,
        architecture: &str,
        layers: &[String],
    ) -> Result<PublishedImage, Failure> {
        let (configuration, attachments) = tokio::join!(
            repository.configuration(&self.manifest.config.digest),
            attachments::of(repository, &self.digest, &self.named),
        );
        let configuration = Configuration::read(&configuration?)?;
        let made_for = configuration.architecture().map(str::to_owned);
        if let Some(other) = made_for.as_ref().filter(|found| *found != architecture) {
            return Err(Failure::Architecture { expected: architecture.to_owned(), offered: vec![other.clone()] });
        }
        let (size, download_bytes) = sizes(&self.manifest, layers)?;
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
            download_bytes,
            signed: attachments.signed,
            attached: attachments.kinds,
        })
    }
}

/// The bytes of all layers, and of those that are not here. A layer that stands there twice is downloaded once.
fn sizes(manifest: &OciImageManifest, here: &[String]) -> Result<(u64, u64), Failure> {
    let mut seen: HashSet<&str> = HashSet::new();
    let here: HashSet<&str> = here.iter().map(String::as_str).collect();
    let (mut size, mut download) = (0_u64, 0_u64);
    for layer in manifest.layers.iter().filter(|layer| seen.insert(&layer.digest)) {
        let bytes = u64::try_from(layer.size)
            .map_err(|_| Failure::Failed(format!("the manifest names a layer of {} bytes", layer.size)))?;
        size = size.saturating_add(bytes);
        if !here.contains(layer.digest.as_str()) {
            download = download.saturating_add(bytes);
        }
    }
    Ok((size, download))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_layers_that_are_not_here_are_downloaded_and_each_once() {
        let manifest = |layers: &[(&str, i64)]| {
            let layer =
                |(digest, size): &(&str, i64)| serde_json::json!({ "mediaType": "l", "digest": digest, "size": size });
            serde_json::from_value::<OciImageManifest>(serde_json::json!({
                "schemaVersion": 2,
                "config": { "mediaType": "c", "digest": "d", "size": 1 },
                "layers": layers.iter().map(layer).collect::<Vec<_>>(),
            }))
            .unwrap()
        };
        let here = ["b".to_owned(), "x".to_owned()];
        assert_eq!(sizes(&manifest(&[("a", 10), ("b", 5), ("a", 10)]), &here), Ok((15, 10)));
        assert_eq!(sizes(&manifest(&[]), &here), Ok((0, 0)));
        assert_eq!(sizes(&manifest(&[("a", i64::MAX), ("c", i64::MAX), ("d", 7)]), &[]), Ok((u64::MAX, u64::MAX)));
        assert!(sizes(&manifest(&[("a", -1)]), &[]).is_err());
    }
}
