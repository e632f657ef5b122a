// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::catalog::Text;

/// Who publishes a catalog's images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Vendor {
    /// What tells it from all others, whatever it is called.
    pub id: String,
    /// What it calls itself.
    pub name: String,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
}

/// How it stands with an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It is published and looked after.
    Active,
    /// It is published, but nobody promises that it works or stays.
    Experimental,
    /// It is still published, but something else takes its place.
    Deprecated,
    /// It is published no more.
    Discontinued,
    /// Something that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What can be expected of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stability {
    /// For everyday work.
    Stable,
    /// What is to become stable.
    Testing,
    /// What is being worked on, and may break any day.
    Development,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The processors that an image needs. Source: the levels of the x86-64 psABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum CpuBaseline {
    /// With SSE4.2: since about 2009.
    #[serde(rename = "x86-64-v2")]
    X86_64V2,
    /// With AVX2: since about 2013.
    #[serde(rename = "x86-64-v3")]
    X86_64V3,
    /// With AVX-512.
    #[serde(rename = "x86-64-v4")]
    X86_64V4,
    /// Something that this version does not know.
    #[serde(rename = "unknown", other)]
    Unknown,
}

/// How an image is signed, as its vendor says. Whether a computer checks it is another matter: [`crate::Trust`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Signing {
    /// With a sigstore key.
    Sigstore {
        /// Where the vendor's images have the keys; empty where that is not told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// What the vendor's images use the keys for: the image's repository or a part of its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
    },
    /// With GPG.
    Gpg {
        /// Where the vendor's images have the keys; empty where that is not told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keys: Vec<String>,
        /// What the vendor's images use the keys for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
    },
    /// The commit is signed with the keys of this OSTree remote.
    OstreeRemote {
        /// The remote.
        remote: String,
    },
    /// Not at all.
    None,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Where the container images of an entry are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ContainerSource {
    /// The repository, without tag and digest: `quay.io/example/desktop-gnome`.
    pub image: String,
    /// How they are signed, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
}

/// Where the OSTree branches of an entry are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OstreeSource {
    /// The remote, by the name that the vendor's images have it under.
    pub remote: String,
    /// How the commits are signed, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
}

/// One line of versions that an entry can be followed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stream {
    /// What tells it from the other streams of the entry.
    pub id: String,
    /// What a person calls it; absent where [`Self::stability`] or the id says it all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Text>,
    /// What can be expected of it, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stability: Option<Stability>,
    /// The tag of the container image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// The repository, where it is not the entry's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Other tags of the same images.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// The OSTree branch; `{architecture}` in it stands for OSTree's name of the computer's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// What an entry is recognised by, beside what its streams name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RecognisedBy {
    /// Values of `VARIANT_ID` in os-release.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variant_ids: Vec<String>,
    /// Values of `ID` in os-release; beside [`Self::variant_ids`] one of each has to be there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// Repositories, or beginnings of their names that end where a component ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub image_prefixes: Vec<String>,
    /// Refspecs in which `*` stands for one component: `fedora:fedora/*/*/silverblue`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub refspecs: Vec<String>,
}

/// A variant: a desktop that a vendor publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CatalogEntry {
    /// What tells it from all others, in all catalogs.
    pub id: String,
    /// Who publishes it.
    pub vendor: Vendor,
    /// What it is called.
    pub name: Text,
    /// What it is, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Text>,
    /// Its desktop: `gnome`, `kde`, `cosmic`, …; absent where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desktop: Option<String>,
    /// Its container images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerSource>,
    /// Its OSTree branches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ostree: Option<OstreeSource>,
    /// Its streams; the first one is the one to offer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub streams: Vec<Stream>,
    /// The architectures that there are images for, as images name them: `amd64`, `arm64`, …; empty where that is not told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub architectures: Vec<String>,
    /// The processors that it needs, where that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu_baseline: Option<CpuBaseline>,
    /// How it stands with it.
    #[serde(default)]
    pub status: Status,
    /// The entry that takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaced_by: Option<String>,
    /// One can go back from it to another image.
    pub reversible: bool,
    /// What else it is recognised by.
    #[serde(default)]
    pub recognised_by: RecognisedBy,
    /// Its page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The name of a file with its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenshot: Option<String>,
    /// The last day on which it is supported, for example `2027-05-31`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_end: Option<String>,
}
