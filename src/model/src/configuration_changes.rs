// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

/// How a file in /etc differs from what the image has there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// The image has none.
    Added,
    /// Content, kind, owner or permissions differ.
    Modified,
    /// Only the image has it.
    Removed,
    /// A difference that this version has no word for.
    #[serde(other)]
    Unknown,
}

/// One file or folder that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConfigurationChange {
    /// Where, from the root: `/etc/hosts`.
    pub path: String,
    /// How.
    pub change: Change,
}

/// What differs between a deployment's /etc and what its image has there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ConfigurationChanges {
    /// What differs, by path.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<ConfigurationChange>,
    /// How many more there are in folders that only an administrator may look into; root is told all.
    #[serde(default)]
    pub hidden: u64,
    /// There are more than can be told.
    #[serde(default)]
    pub truncated: bool,
}
