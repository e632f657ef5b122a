// SPDX-License-Identifier: GPL-3.0-or-later
//! Letting go of images and layers that no deployment needs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use ostree::{RepoListRefsExtFlags, RepoPruneFlags, gio, glib};

use crate::reference::{IMAGES, ImageReference, LAYERS, ORIGIN_KEY, layer_ref};
use crate::speaker::Speaker;
use crate::stored_image::StoredImage;
use crate::system::System;

/// Removes refs of what is not needed, and then what no ref holds.
pub(crate) fn prune(system: &System, speaker: &Speaker) -> Result<()> {
    clean(system, speaker).context("Pruning images")
}

fn clean(system: &System, speaker: &Speaker) -> Result<()> {
    let (repo, none) = (&system.repo, gio::Cancellable::NONE);
    let mut followed = BTreeSet::new();
    let mut commits = BTreeSet::new();
    for deployment in system.sysroot.deployments() {
        commits.insert(deployment.csum().to_string());
        let origin = deployment.origin().and_then(|origin| origin.string("origin", ORIGIN_KEY).ok());
        if let Some(reference) = origin.and_then(|text| ImageReference::parse(&text).ok()) {
            followed.insert(reference.ref_name());
        }
    }
    let mut images = 0;
    for (name, commit) in refs(system, IMAGES)? {
        if followed.contains(&name) {
            commits.insert(commit);
        } else {
            repo.set_ref_immediate(None, &name, None, none)?;
            images += 1;
        }
    }
    let mut needed = BTreeSet::new();
    for commit in commits {
        if let Some(image) = StoredImage::of_commit(repo, &commit)? {
            needed.extend(image.description.layers()?.iter().map(|layer| layer_ref(&layer.digest)));
        }
    }
    let mut layers = 0;
    for (name, _) in refs(system, LAYERS)? {
        if !needed.contains(&name) {
            repo.set_ref_immediate(None, &name, None, none)?;
            layers += 1;
        }
    }
    system.sysroot.prepare_cleanup(none)?;
    let (_, _, bytes) = repo.prune(RepoPruneFlags::REFS_ONLY, 0, none)?;
    if images + layers > 0 {
        let size = glib::format_size(bytes);
        speaker.say(&format!("Pruned images: {images} (layers: {layers}, objsize: {size})"));
    }
    Ok(())
}

fn refs(system: &System, prefix: &str) -> Result<Vec<(String, String)>> {
    let found = system.repo.list_refs_ext(Some(prefix), RepoListRefsExtFlags::empty(), gio::Cancellable::NONE)?;
    Ok(found.into_iter().collect())
}
