// SPDX-License-Identifier: GPL-3.0-or-later
//! A folder of images as the Open Container Initiative lays it out.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// Contents by their digest.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) digest: String,
    pub(super) size: u64,
}

pub(super) struct Layout {
    folder: PathBuf,
}

impl Layout {
    /// Opens it, or makes it.
    pub(super) fn open(folder: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(folder.join("blobs/sha256"))?;
        std::fs::write(folder.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#)?;
        let layout = Self { folder };
        if !layout.index().exists() {
            layout.write_index(&json!({ "schemaVersion": 2, "manifests": [] }))?;
        }
        Ok(layout)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<Blob> {
        let mut hashed = Hashed::new(());
        hashed.add(bytes);
        self.write_digested(bytes, hashed.finish().1)
    }

    /// The digest is known already.
    pub(super) fn write_digested(&self, bytes: &[u8], digest: String) -> Result<Blob> {
        let path = self.folder.join("blobs/sha256").join(digest.trim_start_matches("sha256:"));
        if !path.exists() {
            std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(Blob { digest, size: bytes.len() as u64 })
    }

    /// Gives a manifest a name that skopeo understands.
    pub(super) fn name(&self, name: &str, manifest: &Value) -> Result<()> {
        const NAME: &str = "org.opencontainers.image.ref.name";
        let mut index: Value = serde_json::from_slice(&std::fs::read(self.index())?)?;
        let manifests = index["manifests"].as_array_mut().context("the list of images is damaged")?;
        manifests.retain(|other| other["annotations"][NAME] != name);
        let mut manifest = manifest.clone();
        manifest["annotations"] = json!({ NAME: name });
        manifests.push(manifest);
        self.write_index(&index)
    }

    fn index(&self) -> PathBuf {
        self.folder.join("index.json")
    }

    fn write_index(&self, index: &Value) -> Result<()> {
        let new: &Path = &self.folder.join("index.json.new");
        std::fs::write(new, index.to_string())?;
        Ok(std::fs::rename(new, self.index())?)
    }
}

/// Passes bytes on and knows the digest of all of them.
#[derive(Debug)]
pub(super) struct Hashed<W> {
    inner: W,
    hash: Sha256,
}

impl<W> Hashed<W> {
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    pub(super) fn inner(&mut self) -> &mut W {
        &mut self.inner
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
    }

    pub(super) fn finish(self) -> (W, String) {
        let hash = self.hash.finalize();
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        (self.inner, format!("sha256:{digits}"))
    }
}
