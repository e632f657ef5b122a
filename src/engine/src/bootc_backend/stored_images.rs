// SPDX-License-Identifier: GPL-3.0-or-later
//! What the repository keeps of container images: a ref for each image that was pulled, and one for each of its layers.
//! bootc removes what nothing needs with its next update; this does the same when a person asks for it.
//!
//! Source: `container/store.rs` of ostree-ext.

use std::collections::HashSet;

use anyhow::Context as _;
use ostree::{Repo, gio};

use super::merge_commit;
use crate::ostree_backend::refs::{LocalRef, Refs};

/// The names of the refs that keep the layers of the image that a commit was made from.
pub(crate) fn layers_of(repo: &Repo, checksum: &str) -> HashSet<String> {
    let image = merge_commit::of_commit(repo, checksum).ok().flatten().unwrap_or_default();
    image.layers.iter().map(merge_commit::Layer::ref_name).collect()
}

/// Forgets the images that are not deployed, and the layers that no deployed image has. With `only` just what the image of
/// that commit had. The caller prunes.
///
/// # Errors
/// The repository cannot be written.
pub(crate) fn forget(repo: &Repo, refs: &Refs, deployed: &HashSet<String>, only: Option<&str>) -> anyhow::Result<()> {
    let needed: HashSet<String> = deployed.iter().flat_map(|checksum| layers_of(repo, checksum)).collect();
    let candidates = only.map(|checksum| layers_of(repo, checksum));
    let images = refs
        .images
        .iter()
        .filter(|image| !deployed.contains(&image.checksum) && only.is_none_or(|checksum| image.checksum == checksum));
    let layers = refs.layers.iter().filter(|layer| {
        !needed.contains(&layer.name) && candidates.as_ref().is_none_or(|names| names.contains(&layer.name))
    });
    // Images first: what is interrupted here leaves layers that the next time finds, and no image without its layers.
    for LocalRef { name, .. } in images.chain(layers) {
        repo.set_ref_immediate(None, name, None, gio::Cancellable::NONE)
            .with_context(|| format!("forgetting {name}"))?;
    }
    Ok(())
}
