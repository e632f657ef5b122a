// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

/// What rpm-ostree has changed in a deployment on this computer, as its origin asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Layered {
    /// Packages that were added from repositories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// Packages that were added from files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_packages: Vec<String>,
    /// Packages of the image that were removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<String>,
    /// Packages of the image that were replaced by others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced: Vec<String>,
    /// The initramfs is made on this computer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub initramfs: bool,
    /// Something else was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub otherwise: bool,
}

impl Layered {
    /// Nothing was changed.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The names of all packages that differ from the image.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let added = self.packages.iter().chain(&self.local_packages);
        added.chain(&self.removed).chain(&self.replaced).map(String::as_str)
    }
}

/// What a switch means for what rpm-ostree has changed on this computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LayeredEffect {
    /// Nothing on this computer can carry it over, or take it back: the switch is not possible.
    Blocks,
    /// It is made anew on top of the new image, which takes longer and may fail.
    CarriedOver,
    /// Carried over to a container image it can damage the system: it has to be taken back with the switch.
    NeedsReset,
    /// Something that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The files of the running system may have been changed until the next restart, or beyond. Source: libostree's
/// `OstreeDeploymentUnlockedState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlocked {
    /// Until the next restart.
    Development,
    /// Until the next update: the changes stay through restarts.
    Hotfix,
    /// Until the next restart, and only for who asks for it.
    Transient,
    /// In a way that this version does not know.
    #[serde(other)]
    Unknown,
}
