// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{DeploymentId, StateToken};

/// The room on one file system, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Space {
    /// Free for anybody.
    pub free: u64,
    /// In all.
    pub total: u64,
}

/// What one deployment takes for itself: what removing it would free.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeploymentUsage {
    /// Which deployment.
    pub id: DeploymentId,
    /// Bytes on the file system of the deployments that no other deployment shares.
    pub own_bytes: u64,
    /// Bytes in /boot that no other deployment shares.
    pub boot_bytes: u64,
}

/// What is where on disk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DiskUsage {
    /// The state that this was added up for.
    #[serde(default)]
    pub token: StateToken,
    /// Each deployment, in boot order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<DeploymentUsage>,
    /// What a clean-up would free.
    #[serde(default)]
    pub clean_up_bytes: u64,
    /// The file system of the deployments.
    #[serde(default)]
    pub system: Space,
    /// The file system of /boot, where that is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub boot: Option<Space>,
}

impl DiskUsage {
    /// What removing this deployment would free, in bytes, on all file systems together.
    pub fn of(&self, id: &DeploymentId) -> Option<u64> {
        let usage = self.deployments.iter().find(|usage| usage.id == *id)?;
        Some(usage.own_bytes.saturating_add(usage.boot_bytes))
    }
}
