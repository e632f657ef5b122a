// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{AvailableUpdate, DeploymentId, Progress, Refusal, Snapshot};

/// A version of an image that a remote offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PublishedVersion {
    /// The checksum of its commit.
    pub checksum: String,
    /// The version that the commit names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
}

/// What a person can have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperationKind {
    /// Look for an update.
    Check,
    /// Download and stage the update of the image that is followed.
    Update,
    /// Ask which versions of the followed image there are.
    ListVersions,
    /// Download and stage another image, and follow it from then on.
    Switch,
    /// Download and stage a chosen version of the followed image.
    Deploy,
    /// Put the previous deployment first in the boot order.
    RollBack,
    /// Put a chosen deployment first in the boot order.
    SetDefault,
    /// Discard what is staged.
    Discard,
    /// Keep a deployment through every clean-up.
    Pin,
    /// Keep it no longer.
    Unpin,
    /// Decide that what was switched to is kept, and so let go of the way back in time.
    Keep,
    /// Remove a deployment.
    Remove,
    /// Remove what nothing refers to any more.
    CleanUp,
    /// What another program has rpm-ostree do, and Isotope never does: packages, kernel arguments, …
    Other,
    /// An operation of a newer service.
    #[serde(other)]
    Unknown,
}

impl fmt::Display for OperationKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Check => "check",
            Self::Update => "update",
            Self::ListVersions => "list-versions",
            Self::Switch => "switch",
            Self::Deploy => "deploy",
            Self::RollBack => "roll-back",
            Self::SetDefault => "set-default",
            Self::Discard => "discard",
            Self::Pin => "pin",
            Self::Unpin => "unpin",
            Self::Keep => "keep",
            Self::Remove => "remove",
            Self::CleanUp => "clean-up",
            Self::Other => "other",
            Self::Unknown => "unknown",
        })
    }
}

impl OperationKind {
    /// Every kind that can be asked for.
    pub const ALL: [Self; 13] = [
        Self::Check,
        Self::Update,
        Self::ListVersions,
        Self::Switch,
        Self::Deploy,
        Self::RollBack,
        Self::SetDefault,
        Self::Discard,
        Self::Pin,
        Self::Unpin,
        Self::Keep,
        Self::Remove,
        Self::CleanUp,
    ];
}

/// Who started an operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Starter {
    /// The user id.
    pub uid: u32,
    /// The name of that user, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The program, where it is none of Isotope's: `gnome-software`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

impl Starter {
    /// Stands for a user that nobody knows; no user has this id. Source: `chown(2)`, where it means none.
    pub const UNKNOWN_USER: u32 = u32::MAX;
}

/// How far an update goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UpdateMode {
    /// Download it and stage it: it starts with the next restart.
    #[default]
    Stage,
    /// Download it and stage it, but held back: it does not start until it is released.
    DownloadOnly,
    /// Release what was downloaded and held back. Nothing is asked of the network.
    FromDownloaded,
}

impl UpdateMode {
    const ALL: [Self; 3] = [Self::Stage, Self::DownloadOnly, Self::FromDownloaded];

    /// Its name on the bus.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::DownloadOnly => "download-only",
            Self::FromDownloaded => "from-downloaded",
        }
    }

    /// The mode of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// What a cancelled operation left behind, read from the sysroot afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CancelledWith {
    /// The deployments are what they were.
    NothingChanged,
    /// The change had been made already.
    AlreadyDone,
    /// A newer service says something else.
    #[serde(other)]
    Unknown,
}

/// How an operation ended, as the sysroot shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Outcome {
    /// Nothing newer exists than what boots next.
    UpToDate,
    /// A check could not tell whether there is anything newer: only an update finds out.
    OnlyUpdateTells,
    /// A check found a newer image.
    UpdateAvailable {
        /// What it found.
        update: AvailableUpdate,
    },
    /// A deployment is staged and becomes the default at shutdown.
    Staged {
        /// Which.
        deployment: DeploymentId,
        /// The staged one that it replaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        replaced: Option<DeploymentId>,
        /// What was pinned with that, as the way back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pinned: Option<DeploymentId>,
        /// The way back of an earlier switch, which is pinned no longer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        released: Option<DeploymentId>,
    },
    /// The boot order was changed.
    BootOrderChanged {
        /// What boots next.
        boots_next: DeploymentId,
        /// The staged deployment that went away.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        discarded: Option<DeploymentId>,
    },
    /// The versions of the followed image that the remote offers.
    Versions {
        /// The newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        versions: Vec<PublishedVersion>,
    },
    /// The tags of the repository that the followed container image is of.
    Tags {
        /// The repository, as people write it.
        repository: String,
        /// The tags, in the order in which people read versions, the newest first.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tags: Vec<String>,
        /// There are more than are told.
        #[serde(default)]
        truncated: bool,
    },
    /// What was staged is gone.
    Discarded {
        /// It.
        deployment: DeploymentId,
    },
    /// A deployment is kept through every clean-up from now on.
    Pinned {
        /// Which.
        deployment: DeploymentId,
    },
    /// A deployment is kept no longer than others.
    Unpinned {
        /// Which.
        deployment: DeploymentId,
    },
    /// What was switched to is kept; the way back stays for a few updates.
    Kept {
        /// The way back.
        deployment: DeploymentId,
    },
    /// A deployment is gone.
    Removed {
        /// Which.
        deployment: DeploymentId,
        /// Bytes that the file systems have free since, and had not before; absent where that was not measured.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        freed_bytes: Option<u64>,
    },
    /// What nothing refers to is gone.
    CleanedUp {
        /// As with a removed deployment.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        freed_bytes: Option<u64>,
    },
    /// It was cancelled.
    Cancelled {
        /// What that left behind.
        left: CancelledWith,
    },
    /// It failed.
    Failed {
        /// Why.
        refusal: Refusal,
    },
    /// An outcome of a newer service.
    #[serde(other)]
    Unknown,
}

impl Outcome {
    /// This deployment was staged, on a host that stood like that before.
    pub fn staged(deployment: &DeploymentId, before: &Snapshot) -> Self {
        let replaced = before.staged().map(|staged| staged.id.clone()).filter(|replaced| replaced != deployment);
        Self::Staged { deployment: deployment.clone(), replaced, pinned: None, released: None }
    }
}

/// An operation as a client sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OperationStatus {
    /// What is being done.
    pub kind: OperationKind,
    /// Who started it.
    pub starter: Starter,
    /// When, in seconds since 1970; of what another program has begun, since when it is seen.
    pub started: u64,
    /// What the program that does it calls it, where that is not Isotope: `upgrade`, `install vim`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// How it ended, once it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_survive_being_sent() {
        let id = DeploymentId::new("os", "a".repeat(64), 1);
        for outcome in [
            Outcome::UpToDate,
            Outcome::OnlyUpdateTells,
            Outcome::Staged { deployment: id.clone(), replaced: None, pinned: Some(id.clone()), released: None },
            Outcome::Kept { deployment: id.clone() },
            Outcome::BootOrderChanged { boots_next: id.clone(), discarded: Some(id.clone()) },
            Outcome::Versions { versions: Vec::new() },
            Outcome::Tags { repository: "quay.io/o/s".into(), tags: vec!["10".into()], truncated: true },
            Outcome::Removed { deployment: id.clone(), freed_bytes: Some(7) },
            Outcome::CleanedUp { freed_bytes: None },
            Outcome::Pinned { deployment: id },
            Outcome::Cancelled { left: CancelledWith::NothingChanged },
            Outcome::Failed { refusal: Refusal::NotBooted },
        ] {
            let text = serde_json::to_string(&outcome).unwrap();
            assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome, "{text}");
        }
    }

    #[test]
    fn an_outcome_of_the_future_is_unknown() {
        assert_eq!(serde_json::from_str::<Outcome>(r#"{"result":"teleported","to":"x"}"#).unwrap(), Outcome::Unknown);
    }
}
