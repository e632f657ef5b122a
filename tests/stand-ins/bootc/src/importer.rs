// SPDX-License-Identifier: GPL-3.0-or-later
//! From a reference to a merge commit in the repository.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use containers_image_proxy::{ImageProxy, ImageProxyConfig, OpenedImage};
use ostree::{Repo, glib};
use serde_json::Value;

use crate::credentials;
use crate::faults::Moment;
use crate::layers;
use crate::merge;
use crate::policy;
use crate::progress::Progress;
use crate::reference::{ImageReference, Signature, layer_ref};
use crate::speaker::Speaker;
use crate::stored_image::{Description, Layer, StoredImage};

/// The image that a reference stands for now.
pub(crate) enum Prepared {
    /// It was pulled before.
    Present(StoredImage),
    /// It is to be pulled.
    Ready(Box<Ready>),
}

/// An image that can be pulled.
pub(crate) struct Ready {
    reference: ImageReference,
    proxy: ImageProxy,
    opened: OpenedImage,
    pub(crate) description: Description,
    present: Vec<Layer>,
    needed: Vec<Layer>,
}

/// What differs when no host stands behind the pull.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Leniency {
    /// Pull without TLS and whatever the policy says: an installer that fetches from the lab.
    pub(crate) insecure: bool,
}

/// Asks the registry; what it has is remembered.
pub(crate) async fn prepare(repo: &Repo, reference: &ImageReference, leniency: Leniency) -> Result<Prepared> {
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

/// Pulls what `reference` stands for unless it is here.
pub(crate) async fn pull(
    repo: &Repo,
    reference: &ImageReference,
    leniency: Leniency,
    progress: &mut Progress,
    speaker: &Speaker,
) -> Result<StoredImage> {
    match prepare(repo, reference, leniency).await? {
        Prepared::Present(image) => {
            speaker.say(&format!("No changes in {} => {}", reference.name(), image.description.digest));
            Ok(image)
        }
        Prepared::Ready(ready) => ready.import(repo, progress, speaker).await.context("Pulling"),
    }
}

impl Ready {
    async fn import(self, repo: &Repo, progress: &mut Progress, speaker: &Speaker) -> Result<StoredImage> {
        let bytes = self.needed.iter().map(|layer| layer.size).sum();
        speaker.say(&format!(
            "layers already present: {}; layers needed: {} ({})",
            self.present.len(),
            self.needed.len(),
            glib::format_size(bytes)
        ));
        require_room(repo, bytes, &self.reference)?;
        let digest = self.description.digest.clone();
        let mut meter = layers::Meter::new(progress, &digest, &self.present, &self.needed);
        let mut fetched = Ok(());
        for layer in &self.needed {
            fetched = layers::fetch(repo, &self.proxy, &self.opened, layer, &mut meter)
                .await
                .with_context(|| format!("Parsing layer blob {}", layer.digest));
            if fetched.is_err() {
                break;
            }
            speaker.faults.reach(Moment::Pulling);
        }
        // bootc reports this step also of an import that has failed.
        progress.importing(&digest, false);
        speaker.faults.reach(Moment::Importing);
        let merged = match fetched {
            Ok(()) => self.finish(repo).await,
            Err(error) => Err(error),
        };
        progress.importing(&digest, true);
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
