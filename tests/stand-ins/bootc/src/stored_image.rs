// SPDX-License-Identifier: GPL-3.0-or-later
//! Images that were pulled: what their merge commits carry.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ostree::glib::{self, VariantDict};
use ostree::prelude::{FromVariant, ToVariant};
use ostree::{Repo, gio};
use serde_json::{Value, json};

use crate::reference::ImageReference;

const DIGEST: &str = "ostree.manifest-digest";
const MANIFEST: &str = "ostree.manifest";
const CONFIGURATION: &str = "ostree.container.image-config";
const CACHED_DIGEST: &str = "ostree-ext.cached.manifest-digest";
const CACHED_MANIFEST: &str = "ostree-ext.cached.manifest";
const CACHED_CONFIGURATION: &str = "ostree-ext.cached.config";

/// Manifest, its digest, and the image's configuration.
#[derive(Clone, Debug)]
pub struct Description {
    pub digest: String,
    pub manifest: Value,
    pub configuration: Value,
}

/// A layer as the manifest lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    pub digest: String,
    pub size: u64,
}

/// An image in the repository.
#[derive(Clone, Debug)]
pub struct StoredImage {
    pub commit: String,
    pub description: Description,
    /// What the last look at the registry found, if it was something else.
    pub cached_update: Option<Description>,
}

impl Description {
    pub fn label(&self, name: &str) -> Option<&str> {
        self.configuration["config"]["Labels"][name].as_str()
    }

    pub fn version(&self) -> Option<&str> {
        self.label("org.opencontainers.image.version").or_else(|| self.label("version"))
    }

    pub fn created(&self) -> Option<&str> {
        self.label("org.opencontainers.image.created").or_else(|| self.configuration["created"].as_str())
    }

    pub fn architecture(&self) -> &str {
        self.configuration["architecture"].as_str().unwrap_or_default()
    }

    pub fn configuration_digest(&self) -> Option<&str> {
        self.manifest["config"]["digest"].as_str()
    }

    pub fn layers(&self) -> Result<Vec<Layer>> {
        let layers = self.manifest["layers"].as_array().context("No layers found")?;
        let read = |layer: &Value| {
            let digest = layer["digest"].as_str().context("A layer has no digest")?.to_owned();
            Ok(Layer { digest, size: layer["size"].as_u64().context("A layer has no size")? })
        };
        layers.iter().map(read).collect()
    }

    /// What is kept in the merge commit.
    pub fn metadata(&self) -> BTreeMap<&'static str, glib::Variant> {
        BTreeMap::from([
            (DIGEST, self.digest.to_variant()),
            (MANIFEST, self.manifest.to_string().to_variant()),
            (CONFIGURATION, self.configuration.to_string().to_variant()),
        ])
    }

    /// As `status` writes it, for an image that is followed by this reference.
    pub fn to_json(&self, reference: &ImageReference) -> Value {
        json!({
            "image": reference.to_json(), "version": self.version(), "timestamp": self.created(),
            "imageDigest": self.digest, "architecture": self.architecture(),
        })
    }

    fn from_metadata(metadata: &VariantDict, keys: [&str; 3]) -> Result<Option<Self>> {
        let Some(digest) = text(metadata, keys[0]) else { return Ok(None) };
        let parsed = |key: &str| -> Result<Value> {
            let text = text(metadata, key).with_context(|| format!("Missing {key}"))?;
            serde_json::from_str(&text).with_context(|| format!("Parsing {key}"))
        };
        Ok(Some(Self { digest, manifest: parsed(keys[1])?, configuration: parsed(keys[2])? }))
    }
}

impl StoredImage {
    /// The newest image that was pulled for `reference`.
    pub fn of_reference(repo: &Repo, reference: &ImageReference) -> Result<Option<Self>> {
        let Some(commit) = repo.resolve_rev(&reference.ref_name(), true)? else { return Ok(None) };
        Self::of_commit(repo, &commit)
    }

    /// The image that a commit was merged from.
    pub fn of_commit(repo: &Repo, commit: &str) -> Result<Option<Self>> {
        let (object, _) = repo.load_commit(commit)?;
        let metadata = VariantDict::new(Some(&object.child_value(0)));
        let Some(description) = Description::from_metadata(&metadata, [DIGEST, MANIFEST, CONFIGURATION])? else {
            return Ok(None);
        };
        let detached = repo.read_commit_detached_metadata(commit, gio::Cancellable::NONE)?;
        let cached_update = match detached {
            Some(detached) => Description::from_metadata(
                &VariantDict::new(Some(&detached)),
                [CACHED_DIGEST, CACHED_MANIFEST, CACHED_CONFIGURATION],
            )?,
            None => None,
        };
        Ok(Some(Self { commit: commit.to_owned(), description, cached_update }))
    }

    /// Remembers what the registry has.
    pub fn cache_update(&self, repo: &Repo, update: &Description) -> Result<()> {
        let none = gio::Cancellable::NONE;
        let old = repo.read_commit_detached_metadata(&self.commit, none)?;
        let mut metadata: BTreeMap<String, glib::Variant> =
            old.and_then(|old| BTreeMap::from_variant(&old)).unwrap_or_default();
        metadata.insert(CACHED_DIGEST.to_owned(), update.digest.to_variant());
        metadata.insert(CACHED_MANIFEST.to_owned(), update.manifest.to_string().to_variant());
        metadata.insert(CACHED_CONFIGURATION.to_owned(), update.configuration.to_string().to_variant());
        repo.write_commit_detached_metadata(&self.commit, Some(&metadata.to_variant()), none)
            .context("Writing cached pending manifest")
    }
}

fn text(metadata: &VariantDict, key: &str) -> Option<String> {
    metadata.lookup::<String>(key).ok().flatten()
}
