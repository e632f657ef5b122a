// SPDX-License-Identifier: GPL-3.0-or-later
//! Letting go of images, layers and commits that no deployment needs.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use bootc_stand_in::prune_images::refs;
use bootc_stand_in::reference::ImageReference;
use ostree::{RepoPruneFlags, gio, glib};

use crate::commits::Commit;
use crate::origin::{Followed, Origin};
use crate::work::Setting;

/// What packages were laid over.
const BASES: &str = "rpmostree/base";

/// Removes refs of what is not needed, and then what no ref holds.
pub(crate) fn prune(setting: &Setting) -> Result<()> {
    let (repo, none) = (setting.repo(), gio::Cancellable::NONE);
    hold_bases(setting)?;
    let (images, layers) = prune_images(setting)?;
    if images + layers > 0 {
        setting.reporter.message(format!("Pruned images: {images} (layers: {layers})"));
    }
    setting.sysroot.prepare_cleanup(none)?;
    let (_, _, bytes) = repo.prune(RepoPruneFlags::REFS_ONLY, 0, none).context("Pruning the repository")?;
    if bytes > 0 {
        setting.reporter.message(format!("Freed: {} (pkgcache branches: 0)", glib::format_size(bytes)));
    }
    Ok(())
}

/// Deployments hold what is layered; this holds what it was laid over.
pub(crate) fn hold_bases(setting: &Setting) -> Result<()> {
    let (repo, none) = (setting.repo(), gio::Cancellable::NONE);
    let mut bases = Vec::new();
    for deployment in setting.sysroot.deployments() {
        if let Some(base) = Commit::load(&repo, &deployment.csum())?.base()
            && !bases.iter().any(|known| known == base)
        {
            bases.push(base.to_owned());
        }
    }
    for (name, _) in refs(&repo, BASES)? {
        let number = name.rsplit('/').next().and_then(|number| number.parse::<usize>().ok());
        if number.is_none_or(|number| number >= bases.len()) {
            repo.set_ref_immediate(None, &name, None, none)?;
        }
    }
    for (number, base) in bases.iter().enumerate() {
        repo.set_ref_immediate(None, &format!("{BASES}/{number}"), Some(base), none)?;
    }
    Ok(())
}

fn prune_images(setting: &Setting) -> Result<(usize, usize)> {
    let repo = setting.repo();
    let mut followed = BTreeSet::new();
    let mut commits = BTreeSet::new();
    for deployment in setting.sysroot.deployments() {
        let commit = Commit::load(&repo, &deployment.csum())?;
        commits.insert(commit.base().unwrap_or(&commit.checksum).to_owned());
        if let Ok(Origin { followed: Followed::Container(text), .. }) = Origin::of(&deployment)
            && let Ok(reference) = ImageReference::parse(&text)
        {
            followed.insert(reference.ref_name());
        }
    }
    bootc_stand_in::prune_images::prune_images(&repo, &followed, commits)
}
