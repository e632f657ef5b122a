// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{Backend, BackendReason, BootRecord, Deployment, DeploymentId, ImageReference, Settings, StateToken};

/// The computer as such.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Host {
    /// It is made of deployments: there is an OSTree sysroot, or what bootc has in its place.
    #[serde(default)]
    pub image_based: bool,
    /// What pulls and stages here.
    #[serde(default)]
    pub backend: Backend,
    /// Why it is that.
    #[serde(default)]
    pub backend_reason: BackendReason,
    /// Its deployments are composefs images: there is no OSTree sysroot, and only bootc tells how it stands.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub composefs: bool,
    /// The version of libostree that reads the sysroot, for example `2025.2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub libostree_version: Option<String>,
    /// Another program drives the updates of this computer, and runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_driver: Option<UpdateDriver>,
    /// What rpm-ostree does by itself, where it is what updates this computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_updates: Option<AutomaticUpdates>,
    /// What else updates this computer from time to time and is switched on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub automatic_updaters: Vec<AutomaticUpdater>,
    /// The timer is switched on by which this computer does by itself what [`Settings::automatic`] says; without it, it does
    /// nothing by itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub looks_by_itself: bool,
}

/// A timer of the service manager that updates the computer and that is not ours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AutomaticUpdater {
    /// The program that it starts, for example `bootc`.
    pub name: String,
    /// The unit, for example `bootc-fetch-apply-updates.timer`.
    pub unit: String,
    /// How far it goes.
    #[serde(default)]
    pub does: AutomaticUpdates,
}

/// A program that has told rpm-ostree that it drives the updates, for example Zincati. Source: rpm-ostree's
/// `register-driver`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct UpdateDriver {
    /// Its name.
    pub name: String,
    /// The unit of the service manager that it runs as.
    pub unit: String,
}

/// What rpm-ostree does by itself from time to time. Source: `rpm-ostreed.conf(5)`, `AutomaticUpdatePolicy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomaticUpdates {
    /// Nothing.
    None,
    /// It looks for an update.
    Check,
    /// It downloads and stages it.
    Stage,
    /// It also restarts the computer.
    Apply,
    /// Something that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// A newer image that a check has found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AvailableUpdate {
    /// What was asked.
    pub image: ImageReference,
    /// What it names now: the checksum of a commit, or the digest of a container image (`sha256:…`).
    pub checksum: String,
    /// The version that the commit names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// Bytes to download; absent where nobody can know before downloading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_bytes: Option<u64>,
}

/// Everything a client shows, as it stood at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Snapshot {
    /// The computer.
    #[serde(default)]
    pub host: Host,
    /// The deployments in boot order, as libostree has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployment>,
    /// The state that the deployments are in; hand it back with a request to have changes noticed.
    #[serde(default)]
    pub token: StateToken,
    /// The sysroot was being written while it was read: this is the last good reading.
    #[serde(default)]
    pub changing: bool,
    /// When the deployments were read, in seconds since 1970, where that takes a program that cannot always answer; absent
    /// where they are read anew for everybody who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<u64>,
    /// What starts next is prepared so that a restart does not have to restart the hardware.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub soft_restart: bool,
    /// A newer image that a check has found and that is not on this computer yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub available: Option<AvailableUpdate>,
    /// The last check could not tell whether there is anything newer: only an update finds out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub only_update_tells: bool,
    /// When somebody last checked for an update, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_checked: Option<u64>,
    /// What the computer came up with when it was last started, and whether that was expected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_boot: Option<BootRecord>,
    /// How the computer is set.
    #[serde(default)]
    pub settings: Settings,
}

impl Snapshot {
    /// The deployment that the computer runs.
    pub fn booted(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.booted)
    }

    /// The deployment that becomes the default at shutdown.
    pub fn staged(&self) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.staged)
    }

    /// The deployment that is staged now and was not before: another one, or one whose hold has changed.
    pub fn staged_since(&self, before: &Self) -> Option<&Deployment> {
        let mark = |staged: &Deployment| (staged.id.clone(), staged.finalization_locked);
        self.staged().filter(|staged| Some(mark(staged)) != before.staged().map(mark))
    }

    /// The deployment that a restart would start: the staged one, else the first in the boot order.
    pub fn next(&self) -> Option<&Deployment> {
        self.staged().filter(|staged| !staged.finalization_locked).or_else(|| self.written().next())
    }

    /// The deployment that an update is measured against: the staged one, also one held back, else what boots next.
    pub fn newest(&self) -> Option<&Deployment> {
        self.staged().or_else(|| self.next())
    }

    /// A restart would start another deployment than the one that runs.
    pub fn restart_changes_something(&self) -> bool {
        self.booted().is_some() && self.next().is_some_and(|next| !next.booted)
    }

    /// The deployments that are written to the boot order, in that order: all but the staged one.
    pub fn written(&self) -> impl Iterator<Item = &Deployment> {
        self.deployments.iter().filter(|deployment| !deployment.staged)
    }

    /// The deployment with this id.
    pub fn deployment(&self, id: &DeploymentId) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;

    #[test]
    fn a_staged_deployment_comes_next() {
        let mut snapshot = Snapshot { deployments: vec![deployment('1'), deployment('2')], ..Snapshot::default() };
        snapshot.deployments[0].staged = true;
        snapshot.deployments[1].booted = true;
        assert!(snapshot.restart_changes_something());
        assert_eq!(snapshot.next().unwrap().label(), "1.1");
    }

    #[test]
    fn a_staged_deployment_held_back_does_not_come_next() {
        let mut snapshot = Snapshot { deployments: vec![deployment('1'), deployment('2')], ..Snapshot::default() };
        snapshot.deployments[0].staged = true;
        snapshot.deployments[0].finalization_locked = true;
        snapshot.deployments[1].booted = true;
        assert!(!snapshot.restart_changes_something());
    }

    #[test]
    fn without_a_booted_deployment_no_restart_is_asked_for() {
        let snapshot = Snapshot { deployments: vec![deployment('1')], ..Snapshot::default() };
        assert!(!snapshot.restart_changes_something());
    }

    #[test]
    fn unknown_fields_and_values_are_taken_as_unknown() {
        let host: Host = serde_json::from_str(r#"{"image-based":true,"backend":"future","more":1}"#).unwrap();
        assert_eq!(host.backend, Backend::Unknown);
    }
}
