// SPDX-License-Identifier: GPL-3.0-or-later
//! What stands in a catalog file, as it stands there. The comments here are what editors show to whoever writes one.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// What tells one format of catalogs from the next.
#[derive(Deserialize)]
pub(crate) struct Format {
    pub(crate) format: i64,
}

/// A catalog of desktops for Isotope: a vendor, and what it publishes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Catalog"))]
pub(crate) struct CatalogFile {
    /// The format of the file.
    #[serde(rename = "format")]
    #[cfg_attr(test, schemars(range(min = 1, max = 1)))]
    pub(crate) _format: i64,
    /// Who publishes it.
    pub(crate) vendor: FileVendor,
    /// What is published, one table for each variant.
    #[serde(default)]
    #[cfg_attr(test, schemars(with = "Vec<FileEntry>", length(max = 1000)))]
    pub(crate) entry: Vec<Spanned<FileEntry>>,
}

/// Who publishes the images.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Vendor"))]
pub(crate) struct FileVendor {
    /// What tells it from all others: lower-case letters, digits, `-` and `.`.
    #[cfg_attr(test, schemars(length(max = 64), regex(pattern = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")))]
    pub(crate) id: String,
    /// What it calls itself.
    #[cfg_attr(test, schemars(length(min = 1, max = 100)))]
    pub(crate) name: String,
    /// Its page, with `https://`.
    #[cfg_attr(test, schemars(length(max = 300), regex(pattern = "^https://")))]
    pub(crate) homepage: Option<String>,
}

/// A text in English, or a table of it in several languages, in which `en` has to be.
#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a text, or a table of texts by language")]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Text"))]
pub(crate) enum FileText {
    English(String),
    Translated(BTreeMap<String, String>),
}

/// One variant: a desktop that can be switched to.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Entry"))]
pub(crate) struct FileEntry {
    /// What tells it from all others, in all catalogs: lower-case letters, digits, `-` and `.`. Begin it with your own name.
    #[cfg_attr(test, schemars(length(max = 64), regex(pattern = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")))]
    pub(crate) id: String,
    /// What it is called.
    pub(crate) name: FileText,
    /// What it is, in a sentence.
    pub(crate) summary: Option<FileText>,
    /// Its desktop: `gnome`, `kde`, `cosmic`, … Left out where it has none.
    #[cfg_attr(test, schemars(length(max = 64), regex(pattern = "^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")))]
    pub(crate) desktop: Option<String>,
    /// Its container images.
    pub(crate) container: Option<FileContainer>,
    /// Its OSTree branches.
    pub(crate) ostree: Option<FileOstree>,
    /// What it can be followed in; the first one is offered first.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) streams: Vec<FileStream>,
    /// The architectures that there are images for, as images name them. Left out where nobody knows.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 8)))]
    pub(crate) architectures: Vec<FileArchitecture>,
    /// The processors that it needs.
    pub(crate) cpu_baseline: Option<FileCpuBaseline>,
    /// How it stands with it.
    #[serde(default)]
    pub(crate) status: FileStatus,
    /// The id of the entry that takes its place, in this or another catalog. Only for what is deprecated or discontinued.
    #[cfg_attr(test, schemars(length(max = 64)))]
    pub(crate) replaced_by: Option<String>,
    /// Whether one can go back from it to another image; if not, people are warned.
    #[serde(default = "yes")]
    pub(crate) reversible: bool,
    /// What it is recognised by, beside what its streams name.
    #[serde(default)]
    pub(crate) recognised_by: FileRecognisedBy,
    /// Its page, with `https://`.
    #[cfg_attr(test, schemars(length(max = 300), regex(pattern = "^https://")))]
    pub(crate) homepage: Option<String>,
    /// The name of a picture, without a folder: `.png`, `.webp`, `.jpg` or `.svg`.
    #[cfg_attr(
        test,
        schemars(length(max = 100), regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._-]*\.(png|webp|jpg|svg)$"))
    )]
    pub(crate) screenshot: Option<String>,
    /// The last day on which it is supported: 2027-05-31.
    #[cfg_attr(test, schemars(with = "Option<String>", extend("format" = "date")))]
    pub(crate) support_end: Option<toml::value::Datetime>,
}

fn yes() -> bool {
    true
}

/// Where container images are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Container images"))]
pub(crate) struct FileContainer {
    /// The repository with its registry, without tag: `quay.io/example/desktop-gnome`.
    pub(crate) image: String,
    /// How they are signed. Left out where nobody knows.
    pub(crate) signing: Option<FileSigning>,
}

/// Where OSTree branches are.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "OSTree branches"))]
pub(crate) struct FileOstree {
    /// The remote, by the name that your images have it under.
    pub(crate) remote: String,
    /// Whether the commits are signed with the keys of this remote. Left out where nobody knows.
    pub(crate) signed: Option<bool>,
}

/// How an image is signed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Signing"))]
pub(crate) struct FileSigning {
    /// The kind of signature.
    pub(crate) kind: FileSigningKind,
    /// The paths that the keys have in your images. Only for `sigstore` and `gpg`.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 8)))]
    pub(crate) keys: Vec<String>,
    /// What the keys are for: the image, or the beginning of its name. Only for `sigstore` and `gpg`.
    pub(crate) scope: Option<String>,
    /// The OSTree remote whose keys the commit inside a container image is signed with. Only for `ostree-remote`.
    pub(crate) remote: Option<String>,
}

/// What a variant can be followed in.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Stream"))]
pub(crate) struct FileStream {
    /// What tells it from the entry's other streams. The tag, if left out.
    #[cfg_attr(test, schemars(length(max = 128)))]
    pub(crate) id: Option<String>,
    /// What it is called. Left out, people see what its stability is called in their language.
    pub(crate) label: Option<FileText>,
    /// What can be expected of it. Left out where nobody knows.
    pub(crate) stability: Option<FileStability>,
    /// The tag of the container image.
    #[cfg_attr(test, schemars(length(max = 128)))]
    pub(crate) tag: Option<String>,
    /// The repository of this stream, where it is not the entry's.
    pub(crate) image: Option<String>,
    /// Other tags of the same images, by which the stream is recognised.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) aliases: Vec<String>,
    /// The OSTree branch. `{architecture}` in it becomes `x86_64`, `aarch64`, …
    pub(crate) branch: Option<String>,
}

/// What a running computer is recognised by.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(title = "Recognised by"))]
pub(crate) struct FileRecognisedBy {
    /// Values of `VARIANT_ID` in os-release.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) variant_ids: Vec<String>,
    /// Values of `ID` in os-release; beside `variant_ids` one of each has to be there.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) ids: Vec<String>,
    /// Other repositories with the same images, or beginnings of their names.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) image_prefixes: Vec<String>,
    /// Other OSTree branches, with their remote; `*` stands for one component: `fedora:fedora/*/*/silverblue`.
    #[serde(default)]
    #[cfg_attr(test, schemars(length(max = 32)))]
    pub(crate) refspecs: Vec<String>,
}

/// A word of a closed list, as files have it.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$of:meta])* $word:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Deserialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema))]
        pub(crate) enum $name { $($(#[$of])* #[serde(rename = $text)] $word),+ }
    };
}

words!(/// How it stands with an entry.
#[derive(Default)]
FileStatus {
    /// Published and looked after.
    #[default]
    Active = "active",
    /// Published, but nobody promises that it works or stays.
    Experimental = "experimental",
    /// Still published, but something else takes its place.
    Deprecated = "deprecated",
    /// Published no more.
    Discontinued = "discontinued",
});

words!(/// What can be expected of a stream.
FileStability {
    /// For everyday work.
    Stable = "stable",
    /// What is to become stable.
    Testing = "testing",
    /// What is being worked on, and may break any day.
    Development = "development",
});

words!(/// The processors that an image needs.
FileCpuBaseline { V2 = "x86-64-v2", V3 = "x86-64-v3", V4 = "x86-64-v4" });

words!(/// An architecture, as images name it.
FileArchitecture {
    Amd64 = "amd64",
    Arm64 = "arm64",
    Loong64 = "loong64",
    Ppc64le = "ppc64le",
    Riscv64 = "riscv64",
    S390x = "s390x",
});

words!(/// A kind of signature.
FileSigningKind {
    /// A sigstore key.
    Sigstore = "sigstore",
    /// GPG.
    Gpg = "gpg",
    /// The keys of an OSTree remote.
    OstreeRemote = "ostree-remote",
    /// Not signed.
    None = "none",
});
