// SPDX-License-Identifier: GPL-3.0-or-later
//! Images to be published.

mod remote;
mod tree;

use std::time::SystemTime;

use anyhow::{Result, ensure};

pub(crate) use self::remote::{create_remote, publish};
pub(crate) use self::tree::write_tree;
use crate::DisplayManager;

/// The tag that images of the container registry have unless another is chosen.
pub(crate) const DEFAULT_TAG: &str = "stable";
/// The architectures that images and branches call differently.
const ARCHITECTURES: [(&str, &str); 3] = [("amd64", "x86_64"), ("arm64", "aarch64"), ("loong64", "loongarch64")];

/// What signs a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// The key that the machine trusts.
    #[default]
    Trusted,
    /// A key that the machine trusts and that has expired since.
    Expired,
    /// A key that the machine does not know.
    Untrusted,
    /// Nothing.
    None,
}

/// An image to be published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// `gnome`, `kde`, or any other word.
    pub variant: String,
    /// For instance `10.2.20261118`.
    pub version: String,
    /// When it was built; now unless given.
    pub built: Option<SystemTime>,
    /// What signs it.
    pub signing: Signing,
    /// How much random payload it carries; the lab's default unless given.
    pub payload_bytes: Option<u64>,
    /// Whether a static delta from the branch's previous image is made.
    pub delta: bool,
    /// The size of an initramfs of its own; the one that all images share unless given.
    pub initramfs_bytes: Option<u64>,
    /// The tag that points at it in the container registry, besides its version; another than `stable` is a part of the
    /// branch's name as well.
    pub tag: String,
    /// Another branch than the variant's.
    pub branch: Option<String>,
    /// Whether a machine can boot it, as far as its labels tell, or at all if it is a commit.
    pub bootable: bool,
    /// Another architecture than this machine's, as containers name it.
    pub architecture: Option<String>,
    /// Labels beyond the usual; only containers have labels.
    pub labels: Vec<(String, String)>,
    /// What shows its login screen.
    pub display_manager: Option<DisplayManager>,
    /// Whether it makes the user that its login screen runs as.
    pub sysusers: bool,
    /// Files beyond the usual, by their paths.
    pub files: Vec<(String, String)>,
    /// Packages beyond the usual, with their versions.
    pub packages: Vec<(String, String)>,
}

impl Publication {
    /// A signed image of `variant`, built now, without a delta. `gnome` has GDM and `kde` has SDDM.
    pub fn new(variant: impl Into<String>, version: impl Into<String>) -> Self {
        let variant = variant.into();
        Self {
            display_manager: DisplayManager::of_variant(&variant),
            variant,
            version: version.into(),
            built: None,
            signing: Signing::default(),
            payload_bytes: None,
            delta: false,
            initramfs_bytes: None,
            tag: DEFAULT_TAG.to_owned(),
            branch: None,
            bootable: true,
            architecture: None,
            labels: Vec::new(),
            sysusers: true,
            files: Vec::new(),
            packages: Vec::new(),
        }
    }

    /// Built at `time`.
    pub fn built(mut self, time: SystemTime) -> Self {
        self.built = Some(time);
        self
    }

    /// Signed so.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// With that much payload.
    pub fn payload(mut self, bytes: u64) -> Self {
        self.payload_bytes = Some(bytes);
        self
    }

    /// With a static delta from the branch's previous image.
    pub fn with_delta(mut self) -> Self {
        self.delta = true;
        self
    }

    /// With an initramfs of its own of that size, for which /boot needs room.
    pub fn initramfs(mut self, bytes: u64) -> Self {
        self.initramfs_bytes = Some(bytes);
        self
    }

    /// Under that tag of the container registry; as a commit, on the branch `lab/ARCHITECTURE/VARIANT-TAG`.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = tag.into();
        self
    }

    /// A commit on that branch.
    pub fn on_branch(mut self, branch: impl Into<String>) -> Self {
        self.branch = Some(branch.into());
        self
    }

    /// A container whose labels do not say that a machine can boot it, or a commit without a kernel.
    pub fn not_bootable(mut self) -> Self {
        self.bootable = false;
        self
    }

    /// For machines of another architecture, such as `s390x`, as containers name it: in a container's configuration, or in
    /// a commit's branch and its `ostree.architecture`.
    pub fn architecture(mut self, name: impl Into<String>) -> Self {
        self.architecture = Some(name.into());
        self
    }

    /// A container with one label more.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// With this login screen, or with none.
    pub fn display_manager(mut self, display_manager: impl Into<Option<DisplayManager>>) -> Self {
        self.display_manager = display_manager.into();
        self
    }

    /// With a login screen whose user nobody makes.
    pub fn without_sysusers(mut self) -> Self {
        self.sysusers = false;
        self
    }

    /// With one file more, below `usr/` or `etc/`: `usr/share/isotope/switching.toml`.
    pub fn file(mut self, path: impl Into<String>, content: impl Into<String>) -> Self {
        self.files.push((path.into(), content.into()));
        self
    }

    /// With one package more, of that `[EPOCH:]VERSION[-RELEASE]`, as far as its package database tells. It has without
    /// that `lab-release` and `lab-desktop-VARIANT` of the image's version, and `lab-common`, the same in all images.
    pub fn package(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.packages.push((name.into(), version.into()));
        self
    }

    /// The branch that it is published on.
    pub fn branch(&self) -> String {
        let Self { variant, tag, .. } = self;
        let named = if tag == DEFAULT_TAG { variant.clone() } else { format!("{variant}-{tag}") };
        self.branch.clone().unwrap_or_else(|| format!("lab/{}/{named}", self.ostree_architecture()))
    }

    /// Its architecture as branches name it.
    fn ostree_architecture(&self) -> &str {
        let Some(name) = &self.architecture else { return std::env::consts::ARCH };
        let other = ARCHITECTURES.into_iter().find(|(of_images, _)| of_images == name);
        other.map_or(name, |(_, of_branches)| of_branches)
    }

    /// Its architecture as containers name it.
    pub(crate) fn container_architecture(&self) -> &str {
        self.architecture.as_deref().unwrap_or_else(|| container_architecture())
    }
}

/// This machine's architecture as containers name it.
pub(crate) fn container_architecture() -> &'static str {
    let known = ARCHITECTURES.into_iter().find(|(_, of_branches)| *of_branches == std::env::consts::ARCH);
    known.map_or(std::env::consts::ARCH, |(of_images, _)| of_images)
}

/// Variant, version, tag and architecture become parts of paths.
pub(crate) fn check_words(publication: &Publication) -> Result<()> {
    let Publication { variant, version, tag, architecture, .. } = publication;
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+~".contains(c));
    ensure!(word(variant) && word(version), "variant and version must be plain words: “{variant}”, “{version}”");
    ensure!(word(tag), "the tag must be a plain word: “{tag}”");
    let name = architecture.as_deref().unwrap_or("none");
    ensure!(word(name), "the architecture must be a plain word: “{name}”");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn branches_name_architecture_variant_and_stream() {
        let kde = || Publication::new("kde", "10.2.1").architecture("arm64");
        assert_eq!(kde().branch(), "lab/aarch64/kde");
        assert_eq!(kde().tag("testing").branch(), "lab/aarch64/kde-testing");
        assert_eq!(kde().on_branch("lab/any/kde").branch(), "lab/any/kde");
        assert_eq!(Publication::new("kde", "1").branch(), format!("lab/{}/kde", std::env::consts::ARCH));
        assert_eq!(kde().architecture("s390x").branch(), "lab/s390x/kde");
        assert!(check_words(&kde()).is_ok() && check_words(&kde().architecture("../..")).is_err());
    }
}
