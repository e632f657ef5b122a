// SPDX-License-Identifier: GPL-3.0-or-later
//! What commits carry: times, versions, who signed them, and what they were layered on.

use anyhow::Result;
use bootc_stand_in::stored_image::StoredImage;
use ostree::glib::prelude::ToVariant;
use ostree::glib::{Variant, VariantDict};
use ostree::{Repo, gio};

/// Says of a commit that packages were laid over its parent.
pub(crate) const CLIENT_LAYER: &str = "rpmostree.clientlayer";
/// The packages that were.
pub(crate) const LAYERED_PACKAGES: &str = "rpmostree.packages";

/// A commit in the repository.
#[derive(Debug)]
pub(crate) struct Commit {
    pub(crate) checksum: String,
    pub(crate) metadata: Variant,
    pub(crate) timestamp: u64,
    parent: Option<String>,
}

impl Commit {
    pub(crate) fn load(repo: &Repo, checksum: &str) -> Result<Self> {
        let (object, _) = repo.load_commit(checksum)?;
        Ok(Self {
            checksum: checksum.to_owned(),
            metadata: object.child_value(0),
            timestamp: ostree::commit_get_timestamp(&object),
            parent: ostree::commit_get_parent(&object).map(String::from),
        })
    }

    /// A text of its metadata.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        VariantDict::new(Some(&self.metadata)).lookup::<String>(key).ok().flatten()
    }

    /// What packages were laid over, if they were.
    pub(crate) fn base(&self) -> Option<&str> {
        let layered = VariantDict::new(Some(&self.metadata)).lookup::<bool>(CLIENT_LAYER).ok().flatten();
        self.parent.as_deref().filter(|_| layered == Some(true))
    }

    pub(crate) fn parent(&self) -> Option<&str> {
        self.parent.as_deref()
    }

    pub(crate) fn packages(&self) -> Vec<String> {
        VariantDict::new(Some(&self.metadata))
            .lookup::<Vec<String>>(LAYERED_PACKAGES)
            .ok()
            .flatten()
            .unwrap_or_default()
    }

    /// The version, which an image says of itself.
    pub(crate) fn version(&self, repo: &Repo) -> Option<String> {
        let image = StoredImage::of_commit(repo, &self.checksum).ok().flatten();
        self.text("version").or_else(|| image?.description.version().map(str::to_owned))
    }
}

/// Layered, or what it was layered on.
pub(crate) fn base_of(repo: &Repo, checksum: &str) -> Result<String> {
    let commit = Commit::load(repo, checksum)?;
    Ok(commit.base().unwrap_or(checksum).to_owned())
}

/// Signatures as the bus has them, `av`; nothing where there are none.
pub(crate) fn signatures(repo: &Repo, checksum: &str, remote: &str) -> Option<Variant> {
    let result = repo.verify_commit_for_remote(checksum, remote, gio::Cancellable::NONE).ok()?;
    let all: Vec<Variant> = (0..result.count_all()).map(|index| result.all(index)).collect();
    Some(all.to_variant())
}
