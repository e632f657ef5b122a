// SPDX-License-Identifier: GPL-3.0-or-later
//! Letting go of images and layers that no deployment needs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use bootc_stand_in::prune_images::prune_images;
use ostree::{RepoPruneFlags, gio, glib};

use crate::reference::{ImageReference, ORIGIN_KEY};
use crate::speaker::Speaker;
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
    let (images, layers) = prune_images(repo, &followed, commits)?;
    system.sysroot.prepare_cleanup(none)?;
    let (_, _, bytes) = repo.prune(RepoPruneFlags::REFS_ONLY, 0, none)?;
    if images + layers > 0 {
        let size = glib::format_size(bytes);
        speaker.say(&format!("Pruned images: {images} (layers: {layers}, objsize: {size})"));
    }
    Ok(())
}
