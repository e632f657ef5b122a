// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

/// What differs between the packages of two systems, as far as rpm-ostree tells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PackageChanges {
    /// The packages of both are known; otherwise nothing can be concluded from empty lists.
    #[serde(default)]
    pub known: bool,
    /// Packages that become newer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub upgraded: Vec<PackageChange>,
    /// Packages that become older.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub downgraded: Vec<PackageChange>,
    /// Packages that are added.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added: Vec<PackageChange>,
    /// Packages that go away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<PackageChange>,
    /// What the vendor says of flaws that this mends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advisories: Vec<Advisory>,
    /// There is more than is told.
    #[serde(default)]
    pub truncated: bool,
}

/// One package that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PackageChange {
    /// Its name.
    pub name: String,
    /// The architecture that it is made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub architecture: Option<String>,
    /// Epoch, version and release so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// Epoch, version and release then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// What an advisory is about. Source: libdnf's `DnfAdvisoryKind`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdvisoryKind {
    /// A flaw that endangers security.
    Security,
    /// Another flaw.
    Bugfix,
    /// Something that gets better.
    Enhancement,
    /// A new package.
    NewPackage,
    /// Nobody says.
    #[default]
    #[serde(other)]
    Unknown,
}

/// How grave what an advisory is about is. Source: rpm-ostree's `RpmOstreeAdvisorySeverity`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AdvisorySeverity {
    /// Low.
    Low,
    /// Moderate.
    Moderate,
    /// Important.
    Important,
    /// Critical.
    Critical,
    /// Nobody says.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What a vendor says of an update of packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Advisory {
    /// The vendor's name for it: `FEDORA-2026-1a2b3c4d5e`, …
    pub id: String,
    /// What it is about.
    #[serde(default)]
    pub kind: AdvisoryKind,
    /// How grave that is.
    #[serde(default)]
    pub severity: AdvisorySeverity,
    /// The packages that mend it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packages: Vec<String>,
    /// What it refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<AdvisoryReference>,
}

/// A page about a flaw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AdvisoryReference {
    /// Its address; `http` or `https`.
    pub address: String,
    /// Its title: `CVE-2026-1234 …`.
    pub title: String,
}

impl PackageChanges {
    /// Nothing is known of the packages.
    pub fn unknown() -> Self {
        Self::default()
    }

    /// Packages that differ in any way.
    pub fn count(&self) -> usize {
        self.upgraded.len() + self.downgraded.len() + self.added.len() + self.removed.len()
    }
}
