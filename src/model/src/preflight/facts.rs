// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::processor::Processor;
use crate::{ImageReference, Refusal, Space, Trust};

/// What the host itself tells about a switch, and its OSTree remotes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostFacts {
    /// Who vouches for the image.
    pub trust: Trust,
    /// Who vouches for what is followed, and for what runs where that is another image.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub present: Vec<Trust>,
    /// What a switch would be refused with, before anybody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// The processor, where something can be told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub processor: Option<Processor>,
    /// The room where the deployments are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<Space>,
    /// The room where kernels are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<BootRoom>,
    /// What the OSTree remote has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedCommit>,
    /// Why the remote told nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpublished: Option<Refusal>,
    /// What the content of the image means for this computer, where some of it is here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tree: Option<TreeFacts>,
}

impl HostFacts {
    /// Nothing is known but which image this is about.
    pub fn unknown(image: ImageReference) -> Self {
        Self {
            trust: Trust::unknown(image),
            present: Vec::new(),
            refusal: None,
            processor: None,
            system: None,
            boot: None,
            published: None,
            unpublished: None,
            tree: None,
        }
    }
}

/// The room for one more kernel.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BootRoom {
    /// /boot is a file system of its own.
    #[serde(default)]
    pub separate: bool,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that become free when the new deployment is written, because others go.
    #[serde(default)]
    pub reclaimable: u64,
    /// Bytes that the kernel of the image takes.
    pub needed: u64,
    /// That is known; else it is what the largest kernel here takes.
    #[serde(default)]
    pub known: bool,
}

/// What an OSTree remote has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublishedCommit {
    /// The checksum of the commit.
    pub checksum: String,
    /// The version that it names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// The architecture that it is made for, as OSTree names it, where it tells: `x86_64`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Bytes to download, where that can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_bytes: Option<u64>,
    /// Bytes that its files take once they are here, where that can be known; without what is here already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpacked_bytes: Option<u64>,
    /// It has a kernel, where that can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bootable: Option<bool>,
}

/// What the content of an image means for this computer's /etc.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TreeFacts {
    /// Of which image this is the content: the digest, or the checksum of the commit.
    pub image_checksum: String,
    /// The unit that shows the login screen now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present_display_manager: Option<String>,
    /// The unit that shows it in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_manager: Option<String>,
    /// The link to such a unit in /etc, where it leads to nothing in the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_link: Option<BrokenLink>,
    /// Users that the image's login screen runs as and that this computer would not have.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_users: Vec<String>,
    /// Files of /etc that were changed here and that the image brings in another form.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// How many more of those there are, also in folders that not everybody may look into.
    #[serde(default)]
    pub more_kept: u64,
}

/// A link that leads to nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BrokenLink {
    /// Its path.
    pub link: String,
    /// The unit that it names.
    pub unit: String,
}
