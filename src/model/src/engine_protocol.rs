// SPDX-License-Identifier: GPL-3.0-or-later
//! What the helper and the engine say to each other over the engine's socket: one JSON value a line.
//!
//! The helper sends one [`Request`]. For reading, the engine answers with one reply and ends. Otherwise
//! it asks polkit, answers [`Reply::Authorised`] or [`Reply::Refused`], waits for [`Order::Proceed`], and sends
//! progress and one outcome. End of file from the helper means [`Order::Cancel`].

use serde::{Deserialize, Serialize};

use crate::{
    BootEvidence, ConfigurationChanges, DeploymentDetails, DeploymentId, DiskUsage, HostFacts, OperationKind, Outcome,
    PackageChanges, Progress, Refusal, Snapshot, StateToken, Trust, UpdateMode,
};

/// The longest line that the engine takes, in bytes.
pub const LONGEST_REQUEST: u64 = 16 * 1024;
/// The longest line that the helper takes, in bytes.
pub const LONGEST_REPLY: u64 = 4 * 1024 * 1024;

/// What the engine is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Request {
    /// What to do.
    pub task: Task,
    /// On whose behalf; absent only for reading, which is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<Caller>,
    /// The state that the caller saw; with another one the request is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<StateToken>,
}

/// The closed list of what the engine does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", deny_unknown_fields, rename_all = "kebab-case")]
pub enum Task {
    /// Read the sysroot.
    Status,
    /// Read what a person may want to know of one deployment.
    Details {
        /// Which.
        deployment: DeploymentId,
    },
    /// Add up what each deployment takes on disk.
    DiskUsage,
    /// Compare a deployment's /etc with what its image has there.
    ConfigurationChanges {
        /// Which.
        deployment: DeploymentId,
    },
    /// Read what the boot loader and libostree left behind about this start and the shutdown before.
    BootEvidence,
    /// Work out from this computer's rules who vouches for an image.
    Trust {
        /// The reference, as the person wrote it; absent for the image that is followed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<String>,
    },
    /// List the layers of container images that are stored here.
    StoredLayers,
    /// Ask rpm-ostree which packages differ between what runs and a deployment; absent for the update that the last check
    /// has found.
    PackageChanges {
        /// Which.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<DeploymentId>,
    },
    /// Follow what another program has rpm-ostree do, to its end. [`Order::Cancel`] cancels it; the end of the helper does not.
    Follow,
    /// Ask the remote what is there.
    Check,
    /// Download and stage.
    Update {
        /// The checksum that was previewed; anything else is refused before it is downloaded.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// How far to go.
        #[serde(default)]
        mode: UpdateMode,
        /// Prepare a restart that does not restart the hardware, where that can be.
        #[serde(default)]
        soft_restart: bool,
    },
    /// Ask the remote which versions of the followed image there are.
    ListVersions,
    /// Download and stage another image.
    Switch {
        /// The reference, as the person wrote it.
        image: String,
        /// As with an update.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// As with an update.
        #[serde(default)]
        soft_restart: bool,
        /// Pin what runs, as the way back.
        #[serde(default)]
        pin: bool,
        /// Take back what rpm-ostree has changed on this computer.
        #[serde(default)]
        reset: bool,
    },
    /// Download and stage a version of the followed image.
    Deploy {
        /// A version, or the checksum of a commit.
        version: String,
    },
    /// Change the boot order.
    RollBack {
        /// What the caller expects to boot next; anything else is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<DeploymentId>,
    },
    /// Put this deployment first in the boot order.
    SetDefault {
        /// Which.
        deployment: DeploymentId,
    },
    /// Discard what is staged.
    Discard {
        /// What the caller expects to be staged; anything else is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<DeploymentId>,
    },
    /// Pin this deployment.
    Pin {
        /// Which.
        deployment: DeploymentId,
    },
    /// Unpin it.
    Unpin {
        /// Which.
        deployment: DeploymentId,
    },
    /// Decide that what was switched to is kept.
    Keep {
        /// The way back that the person saw; anything else is refused.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<DeploymentId>,
    },
    /// Gather what there is to know before a switch. An OSTree remote is asked.
    Preflight {
        /// The reference, as the person wrote it; absent for what is staged.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<String>,
    },
    /// Remove it.
    Remove {
        /// Which.
        deployment: DeploymentId,
    },
    /// Remove what nothing refers to.
    CleanUp,
    /// Only ask whether the caller may cancel somebody else's operation.
    AuthoriseCancel,
}

impl Task {
    /// The kind of operation that this task is; nothing for what only reads or asks.
    pub fn operation(&self) -> Option<OperationKind> {
        Some(match self {
            Self::Check => OperationKind::Check,
            Self::ListVersions => OperationKind::ListVersions,
            Self::Update { .. } => OperationKind::Update,
            Self::Switch { .. } => OperationKind::Switch,
            Self::Deploy { .. } => OperationKind::Deploy,
            Self::RollBack { .. } => OperationKind::RollBack,
            Self::SetDefault { .. } => OperationKind::SetDefault,
            Self::Discard { .. } => OperationKind::Discard,
            Self::Pin { .. } => OperationKind::Pin,
            Self::Unpin { .. } => OperationKind::Unpin,
            Self::Keep { .. } => OperationKind::Keep,
            Self::Remove { .. } => OperationKind::Remove,
            Self::CleanUp => OperationKind::CleanUp,
            Self::Status
            | Self::Details { .. }
            | Self::DiskUsage
            | Self::ConfigurationChanges { .. }
            | Self::BootEvidence
            | Self::Trust { .. }
            | Self::StoredLayers
            | Self::PackageChanges { .. }
            | Self::Follow
            | Self::Preflight { .. }
            | Self::AuthoriseCancel => return None,
        })
    }

    /// It is done only on behalf of somebody who has the authority; anything else is read for everybody.
    pub fn needs_authority(&self) -> bool {
        self.operation().is_some() || matches!(self, Self::Preflight { .. } | Self::AuthoriseCancel)
    }
}

/// On whose behalf a request is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Caller {
    /// The unique bus name, `:1.42`.
    pub bus_name: String,
    /// The caller agreed to be asked for a password (the message's ALLOW_INTERACTIVE_AUTHORIZATION flag).
    pub interactive: bool,
}

/// What the helper says after the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Order {
    /// Nothing else runs: do it.
    Proceed,
    /// Stop as soon as possible.
    Cancel,
}

/// What the engine says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reply {
    /// The sysroot, read.
    Snapshot(Box<Snapshot>),
    /// What there is to know of a deployment.
    Details(Box<DeploymentDetails>),
    /// What each deployment takes on disk.
    DiskUsage(Box<DiskUsage>),
    /// What differs in /etc.
    ConfigurationChanges(Box<ConfigurationChanges>),
    /// What was left behind about the start.
    BootEvidence(Box<BootEvidence>),
    /// Who vouches for an image.
    Trust(Box<Trust>),
    /// The digests of the layers of container images that are stored here.
    StoredLayers(Vec<String>),
    /// What there is to know before a switch.
    Preflight(Box<HostFacts>),
    /// Which packages differ.
    PackageChanges(Box<PackageChanges>),
    /// What rpm-ostree does for another program; progress and outcome follow. Without it, it does nothing.
    Following(ForeignOperation),
    /// polkit, or being root, allows it.
    Authorised,
    /// It will not be done; nothing was changed.
    Refused(Refusal),
    /// How far it is.
    Progress(Progress),
    /// How it ended.
    Finished(Outcome),
}

/// What rpm-ostree does for another program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ForeignOperation {
    /// What it is in Isotope's words.
    pub kind: OperationKind,
    /// What rpm-ostree calls it.
    pub title: String,
    /// The user that asked for it, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<u32>,
    /// The program that asked for it, as it calls itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_survive_being_sent() {
        let request = Request {
            task: Task::Update { expected: Some("a".repeat(64)), mode: UpdateMode::DownloadOnly, soft_restart: false },
            caller: Some(Caller { bus_name: ":1.5".into(), interactive: true }),
            token: Some(StateToken("x".into())),
        };
        let line = serde_json::to_string(&request).unwrap();
        assert!(!line.contains('\n'));
        assert_eq!(serde_json::from_str::<Request>(&line).unwrap(), request);
    }

    #[test]
    fn what_is_not_on_the_list_is_refused() {
        for line in [
            r#"{"task":{"do":"run-shell"}}"#,
            r#"{"task":{"do":"check"},"extra":1}"#,
            r#"{"task":{"do":"roll-back","expected":"../../etc"}}"#,
            r#"{"task":"check"}"#,
            "[]",
            "",
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }
}
