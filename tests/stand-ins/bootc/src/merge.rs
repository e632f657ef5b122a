// SPDX-License-Identifier: GPL-3.0-or-later
//! One commit of all layers, with the image's description in it.

use std::os::fd::AsRawFd;

use anyhow::{Context, Result};
use ostree::prelude::{Cast, ToVariant};
use ostree::{
    MutableTree, Repo, RepoCheckoutAtOptions, RepoCheckoutMode, RepoCheckoutOverwriteMode, RepoCommitModifier,
    RepoCommitModifierFlags, RepoDevInoCache, RepoFile, gio, glib,
};

use crate::reference::{ImageReference, layer_ref};
use crate::stored_image::Description;

/// What of an image is the running machine's business alone.
const NOT_OF_AN_IMAGE: [&str; 5] = ["dev", "proc", "run", "sys", "tmp"];

/// Writes it and sets the reference's ref.
pub(crate) fn write(repo: &Repo, reference: &ImageReference, image: &Description) -> Result<String> {
    let none = gio::Cancellable::NONE;
    let transaction = repo.auto_transaction(none)?;
    let known = RepoDevInoCache::new();
    let scratch = tempfile::tempdir_in(scratch_folder(repo)?)?;
    let folder = std::fs::File::open(scratch.path())?;
    let options = RepoCheckoutAtOptions {
        mode: RepoCheckoutMode::None,
        overwrite_mode: RepoCheckoutOverwriteMode::UnionFiles,
        process_whiteouts: true,
        no_copy_fallback: true,
        force_copy_zerosized: true,
        devino_to_csum_cache: Some(known.clone()),
        ..RepoCheckoutAtOptions::default()
    };
    for layer in image.layers()? {
        let commit = repo.require_rev(&layer_ref(&layer.digest))?;
        repo.checkout_at(Some(&options), folder.as_raw_fd(), "root", &commit, none)
            .with_context(|| format!("Checking out layer {commit}"))?;
    }
    for name in NOT_OF_AN_IMAGE {
        for entry in std::fs::read_dir(scratch.path().join("root").join(name)).into_iter().flatten() {
            let path = entry?.path();
            if path.is_dir() && !path.is_symlink() {
                std::fs::remove_dir_all(path)?;
            } else {
                std::fs::remove_file(path)?;
            }
        }
    }
    let modifier = RepoCommitModifier::new(RepoCommitModifierFlags::empty(), None);
    modifier.set_devino_cache(&known);
    let tree = MutableTree::new();
    repo.write_dfd_to_mtree(folder.as_raw_fd(), "root", &tree, Some(&modifier), none)
        .context("Writing merged filesystem to mtree")?;
    let root = repo.write_mtree(&tree, none).context("Writing mtree")?;
    let root = root.downcast::<RepoFile>().ok().context("The merged tree is no tree of the repository")?;
    let mut metadata = image.metadata();
    metadata.insert("ostree.importer.version", "0.15.3".to_variant());
    let time = image.created().and_then(|text| glib::DateTime::from_iso8601(text, None).ok());
    let time = time.and_then(|time| u64::try_from(time.to_unix()).ok()).unwrap_or_default();
    let commit = repo
        .write_commit_with_time(None, None, None, Some(&metadata.to_variant()), &root, time, none)
        .context("Writing commit")?;
    repo.transaction_set_ref(None, &reference.ref_name(), Some(&commit));
    transaction.commit(none)?;
    Ok(commit.into())
}

/// A folder on the repository's file system.
fn scratch_folder(repo: &Repo) -> Result<std::path::PathBuf> {
    Ok(std::fs::read_link(format!("/proc/self/fd/{}", repo.dfd()))?.join("tmp"))
}
