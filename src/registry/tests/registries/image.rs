// SPDX-License-Identifier: GPL-3.0-or-later
//! Images as small as they may be.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// What the documents are.
pub(crate) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
/// What lists of them are.
pub(crate) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// An image with all that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    /// What its manifest is.
    pub(crate) media_type: &'static str,
    /// Its manifest.
    pub(crate) manifest: Vec<u8>,
    /// Its configuration.
    pub(crate) configuration: Vec<u8>,
    /// Its layers.
    pub(crate) layers: Vec<Vec<u8>>,
}

/// The digest of this content.
pub(crate) fn digest_of(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    format!("sha256:{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// The architecture of this machine, as images name it.
pub(crate) fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

impl Image {
    /// One of this version for this architecture, with two layers: one of 1000 bytes that all have, one of 100.
    pub(crate) fn new(version: &str, architecture: &str) -> Self {
        let labels = json!({
            "org.opencontainers.image.version": version,
            "containers.bootc": "1",
            "org.opencontainers.image.title": "Test",
        });
        Self::with_labels(version, architecture, &labels)
    }

    /// The same with these labels.
    pub(crate) fn with_labels(version: &str, architecture: &str, labels: &Value) -> Self {
        let layers = vec![vec![7; 1000], format!("{version:>100}").into_bytes()];
        let configuration = json!({
            "architecture": architecture,
            "os": "linux",
            "created": "2026-11-18T00:00:00Z",
            "config": { "Labels": labels },
            "rootfs": { "type": "layers", "diff_ids": [] },
        });
        let configuration = configuration.to_string().into_bytes();
        let layer = |layer: &Vec<u8>| descriptor("application/vnd.oci.image.layer.v1.tar", layer);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": descriptor("application/vnd.oci.image.config.v1+json", &configuration),
            "layers": layers.iter().map(layer).collect::<Vec<_>>(),
        });
        Self { media_type: MANIFEST, manifest: manifest.to_string().into_bytes(), configuration, layers }
    }

    /// The digest of its manifest.
    pub(crate) fn digest(&self) -> String {
        digest_of(&self.manifest)
    }

    /// What has to be there before the manifest.
    pub(crate) fn blobs(&self) -> impl Iterator<Item = &[u8]> {
        self.layers.iter().chain([&self.configuration]).map(Vec::as_slice)
    }
}

/// A list of images.
pub(crate) fn index(images: &[(&Image, &str)]) -> Vec<u8> {
    let entry = |(image, architecture): &(&Image, &str)| {
        let mut entry = descriptor(image.media_type, &image.manifest);
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        entry
    };
    let manifests: Vec<_> = images.iter().map(entry).collect();
    json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests }).to_string().into_bytes()
}

fn descriptor(media_type: &str, content: &[u8]) -> Value {
    json!({ "mediaType": media_type, "digest": digest_of(content), "size": content.len() })
}
