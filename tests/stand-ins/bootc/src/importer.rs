// SPDX-License-Identifier: GPL-3.0-or-later
//! From a reference to a merge commit in the repository.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use containers_image_proxy::{ImageProxy, ImageProxyConfig, OpenedImage};
use ostree::{Repo, glib};
use serde_json::Value;

use crate::credentials;
use crate::layers;
use crate::merge;
use crate::policy;
use crate::reference::{ImageReference, Signature, layer_ref};
use crate::stored_image::{Description, Layer, StoredImage};

/// The image that a reference stands for now.
pub enum Prepared {
    /// It was pulled before.
    Present(StoredImage),
    /// It is to be pulled.
    Ready(Box<Ready>),
}

/// An image that can be pulled.
pub struct Ready {
    reference: ImageReference,
    proxy: ImageProxy,
    opened: OpenedImage,
    pub description: Description,
    present: Vec<Layer>,
    needed: Vec<Layer>,
}

/// Is told how an import goes.
pub trait Watcher {
    /// The image with this digest is to be pulled; of its layers these are here, and those are not.
    fn begins(&mut self, digest: &str, present: &[Layer], needed: &[Layer]);
    /// The layer with this number, from 1, of those that are needed is being fetched.
    fn layer_begins(&mut self, number: usize, layer: &Layer);
    /// So many bytes of the layer were fetched.
    fn arrived(&mut self, layer: &Layer, bytes: u64);
    /// The layer is in the repository.
    fn complete(&mut self, layer: &Layer);
    /// The layer that was begun is done with.
    fn layer_ends(&mut self, fetched: bool);
    /// The layers are being merged, or were.
    fn importing(&mut self, completed: bool);
}

/// What differs when no host stands behind the pull.
#[derive(Clone, Copy, Debug, Default)]
pub struct Leniency {
    /// Pull without TLS and whatever the policy says: an installer that fetches from the lab.
    pub insecure: bool,
}

/// Asks the registry; what it has is remembered.
pub async fn prepare(repo: &Repo, reference: &ImageReference, leniency: Leniency) -> Result<Prepared> {
    fetch_manifest(repo, reference, leniency).await.context("Fetching manifest").context("Preparing import")
}

async fn fetch_manifest(repo: &Repo, reference: &ImageReference, leniency: Leniency) -> Result<Prepared> {
    match &reference.signature {
        Signature::ContainerPolicy if !leniency.insecure => policy::require_enforcing()?,
        Signature::OstreeRemote(_) => bail!("Cannot currently verify layered containers via ostree remote"),
        _ => {}
    }
    let previous = StoredImage::of_reference(repo, reference)?;
    if let Some(previous) = &previous
        && reference.digest() == Some(&previous.description.digest)
    {
        return Ok(Prepared::Present(previous.clone()));
    }
    let insecure = Some(leniency.insecure);
    let mut configuration = ImageProxyConfig::default();
    // The files of the host that an installer runs on are not the machine's.
    configuration.auth_data = if leniency.insecure { None } else { credentials::open(Path::new("/"))? };
    configuration.auth_anonymous = configuration.auth_data.is_none();
    configuration.insecure_skip_tls_verification = insecure;
    configuration.insecure_policy = insecure;
    let proxy = ImageProxy::new_with_config(configuration).await.context("Creating importer")?;
    let opened = proxy.open_image(&reference.for_skopeo()).await?;
    let (digest, manifest) = proxy.fetch_manifest_raw_oci(&opened).await?;
    let manifest: Value = serde_json::from_slice(&manifest).context("Parsing manifest")?;
    let mut description = Description { digest, manifest, configuration: Value::Null };
    if let Some(previous) = &previous {
        let old = &previous.description;
        if old.digest == description.digest || old.configuration_digest() == description.configuration_digest() {
            return Ok(Prepared::Present(previous.clone()));
        }
    }
    let configuration = proxy.fetch_config_raw(&opened).await?;
    description.configuration = serde_json::from_slice(&configuration).context("Parsing config")?;
    if let Some(previous) = &previous {
        previous.cache_update(repo, &description)?;
    }
    require_bootable(&description)?;
    let (mut present, mut needed) = (Vec::new(), Vec::new());
    for layer in description.layers()? {
        let known = repo.resolve_rev(&layer_ref(&layer.digest), true)?.is_some();
        if known { present.push(layer) } else { needed.push(layer) }
    }
    let reference = reference.clone();
    Ok(Prepared::Ready(Box::new(Ready { reference, proxy, opened, description, present, needed })))
}

fn require_bootable(description: &Description) -> Result<()> {
    let bootable = ["ostree.bootable", "containers.bootc"].iter().any(|label| description.label(label).is_some());
    ensure!(bootable, "Target image does not have ostree.bootable label");
    let (architecture, expected) = (description.architecture(), architecture());
    ensure!(architecture == expected, "Image has architecture {architecture}; expected {expected}");
    Ok(())
}

/// This machine's architecture as images name it.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

impl Ready {
    /// The layers that are here, and those that are not.
    pub fn layers(&self) -> (&[Layer], &[Layer]) {
        (&self.present, &self.needed)
    }

    /// Fetches what is missing and merges.
    pub async fn import(self, repo: &Repo, watcher: &mut dyn Watcher) -> Result<StoredImage> {
        let bytes = self.needed.iter().map(|layer| layer.size).sum();
        watcher.begins(&self.description.digest, &self.present, &self.needed);
        require_room(repo, bytes, &self.reference)?;
        let mut fetched = Ok(());
        for (index, layer) in self.needed.iter().enumerate() {
            watcher.layer_begins(index + 1, layer);
            fetched = layers::fetch(repo, &self.proxy, &self.opened, layer, watcher)
                .await
                .with_context(|| format!("Parsing layer blob {}", layer.digest));
            watcher.layer_ends(fetched.is_ok());
            if fetched.is_err() {
                break;
            }
        }
        watcher.importing(false);
        let merged = match fetched {
            Ok(()) => self.finish(repo).await,
            Err(error) => Err(error),
        };
        watcher.importing(true);
        merged.context("Importing")
    }

    async fn finish(self, repo: &Repo) -> Result<StoredImage> {
        self.proxy.finalize().await?;
        let commit = merge::write(repo, &self.reference, &self.description)?;
        StoredImage::of_commit(repo, &commit)?.context("The merge commit has no image")
    }
}

fn require_room(repo: &Repo, bytes: u64, reference: &ImageReference) -> Result<()> {
    let reserve = repo.min_free_space_bytes().unwrap_or(0);
    let statistics = nix::sys::statvfs::fstatvfs(repo.dfd_borrow())?;
    let available = statistics.block_size().saturating_mul(statistics.blocks_available()).saturating_sub(reserve);
    ensure!(
        bytes <= available,
        "Insufficient free space for {} (available: {} required: {})",
        reference.image,
        glib::format_size(available),
        glib::format_size(bytes)
    );
    Ok(())
}
