// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{OperationKind, OperationStatus, Outcome, Refusal, Snapshot};

use super::BootNotice;
use super::next_start::NextStart;
use super::situation::Situation;

/// What a notification is about; there is one of each at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Matter {
    /// A newer image was found.
    UpdateFound,
    /// What was downloaded starts with the next restart.
    UpdateReady,
    /// What the person had begun has ended.
    OperationEnded,
    /// What the person had begun has failed.
    Failed,
    /// The computer came up with something else than expected.
    Boot,
}

impl Matter {
    /// All of them.
    pub(crate) const ALL: [Self; 5] =
        [Self::UpdateFound, Self::UpdateReady, Self::OperationEnded, Self::Failed, Self::Boot];

    /// The id of such a notification.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::UpdateFound => "update-found",
            Self::UpdateReady => "update-ready",
            Self::OperationEnded => "operation-ended",
            Self::Failed => "failed",
            Self::Boot => "boot",
        }
    }
}

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Notification {
    /// What it is about.
    pub(crate) matter: Matter,
    /// What is the matter, to be understood alone.
    pub(crate) title: String,
    /// What that means.
    pub(crate) body: String,
    /// It has a button that leads to a restart.
    pub(crate) restarts: bool,
}

/// How a matter stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is to be told; the mark tells it from others of its kind.
    Open(String, Notification),
    /// It still stands, but something is being done about it.
    InWork,
    /// There is no such matter.
    None,
}

/// Whether a newer image was found.
pub(super) fn update_found(state: &ServiceState) -> Standing {
    let quiet = ServiceState { operation: None, ..state.clone() };
    let Situation::Available(update) = Situation::of(&quiet) else { return Standing::None };
    if is_downloading(state) {
        return Standing::InWork;
    }
    let notification = Notification {
        matter: Matter::UpdateFound,
        title: gettext("System Update Available"),
        body: wording::available(update),
        restarts: false,
    };
    Standing::Open(update.checksum.clone(), notification)
}

/// Whether what was downloaded waits for a restart.
pub(super) fn update_ready(state: &ServiceState) -> Standing {
    let title = match NextStart::of(&state.snapshot) {
        Some(NextStart::Update(_)) => gettext("Restart to Finish Updating"),
        Some(NextStart::Switch(_)) => gettext("Restart to Finish Switching"),
        _ => return Standing::None,
    };
    let Some(staged) = state.snapshot.staged() else { return Standing::None };
    if is_downloading(state) {
        return Standing::InWork;
    }
    let body = gettext("Version {version} is ready. It starts with the next restart.");
    let notification = Notification {
        matter: Matter::UpdateReady,
        title,
        body: body.replace("{version}", staged.label()),
        restarts: true,
    };
    Standing::Open(staged.id.to_string(), notification)
}

/// Whether the computer came up with something else than expected, and nobody has read that yet.
pub(super) fn boot(snapshot: &Snapshot, closed: Option<&str>) -> Standing {
    let Some(notice) = BootNotice::of(snapshot, closed) else { return Standing::None };
    let notification = Notification {
        matter: Matter::Boot,
        title: gettext("The Computer Did Not Start as Expected"),
        body: notice.explanation.what,
        restarts: false,
    };
    Standing::Open(notice.boot, notification)
}

/// What to tell of the end of an operation; nothing where what came of it is told anyhow.
pub(super) fn ended(operation: &OperationStatus, outcome: &Outcome, after: &Snapshot) -> Option<Notification> {
    let (matter, title) = match outcome {
        Outcome::Failed { refusal: Refusal::Cancelled | Refusal::Dismissed { .. } } => return None,
        Outcome::Failed { .. } => (Matter::Failed, failed(operation.kind)),
        Outcome::UpToDate => (Matter::OperationEnded, gettext("The System Is Up to Date")),
        Outcome::Staged { deployment, .. } => {
            after.deployment(deployment).filter(|staged| staged.finalization_locked)?;
            (Matter::OperationEnded, gettext("System Update Downloaded"))
        }
        Outcome::BootOrderChanged { .. } => (Matter::OperationEnded, gettext("Another Version Starts Next")),
        Outcome::CleanedUp { .. } => (Matter::OperationEnded, gettext("Clean-Up Finished")),
        Outcome::Removed { .. } => (Matter::OperationEnded, gettext("System Version Removed")),
        Outcome::UpdateAvailable { .. }
        | Outcome::OnlyUpdateTells
        | Outcome::Versions { .. }
        | Outcome::Tags { .. }
        | Outcome::Discarded { .. }
        | Outcome::Pinned { .. }
        | Outcome::Unpinned { .. }
        | Outcome::Kept { .. }
        | Outcome::Cancelled { .. }
        | Outcome::Unknown => return None,
    };
    Some(Notification { matter, title, body: wording::outcome(outcome, after), restarts: false })
}

fn failed(kind: OperationKind) -> String {
    match kind {
        OperationKind::Check => gettext("Check for Updates Failed"),
        OperationKind::Update => gettext("System Update Failed"),
        OperationKind::Switch => gettext("Switch to Another Image Failed"),
        OperationKind::RollBack => gettext("Rollback Failed"),
        _ => gettext("Change to the System Failed"),
    }
}

fn is_downloading(state: &ServiceState) -> bool {
    let kind = state.running().map(|operation| operation.kind);
    matches!(kind, Some(OperationKind::Update | OperationKind::Switch | OperationKind::Deploy))
}
