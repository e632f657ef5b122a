// SPDX-License-Identifier: GPL-3.0-or-later
//! Letting go of images and layers that nothing needs.

use std::collections::BTreeSet;

use anyhow::Result;
use ostree::{Repo, RepoListRefsExtFlags, gio};

use crate::reference::{IMAGES, LAYERS, layer_ref};
use crate::stored_image::StoredImage;

/// Removes the refs of images other than these, and of layers that neither the rest nor these commits have. Returns how many
/// images and layers that were; the caller prunes.
pub fn prune_images(repo: &Repo, followed: &BTreeSet<String>, mut commits: BTreeSet<String>) -> Result<(usize, usize)> {
    let none = gio::Cancellable::NONE;
    let mut images = 0;
    for (name, commit) in refs(repo, IMAGES)? {
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
    for (name, _) in refs(repo, LAYERS)? {
        if !needed.contains(&name) {
            repo.set_ref_immediate(None, &name, None, none)?;
            layers += 1;
        }
    }
    Ok((images, layers))
}

/// The refs below a prefix, and their commits.
pub fn refs(repo: &Repo, prefix: &str) -> Result<Vec<(String, String)>> {
    let found = repo.list_refs_ext(Some(prefix), RepoListRefsExtFlags::empty(), gio::Cancellable::NONE)?;
    Ok(found.into_iter().collect())
}
