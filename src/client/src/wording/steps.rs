// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{AvailableUpdate, CancelledWith, DeploymentId, OperationKind, Outcome, Phase, Progress, Snapshot};

use super::refusal;

/// What kind of operation this is, as the heading of its progress.
pub fn operation(kind: OperationKind) -> String {
    match kind {
        OperationKind::Check => gettext("Checking for updates"),
        OperationKind::Update => gettext("Updating"),
        OperationKind::RollBack => gettext("Rolling back"),
        OperationKind::Unknown => gettext("Working"),
    }
}

/// What an operation is busy with, in one line.
pub fn phase(progress: &Progress) -> String {
    match (progress.phase, &progress.waits_for) {
        (Phase::Starting, _) => gettext("Starting"),
        // Translators: {program} is the name of another program that is changing the system.
        (Phase::Waiting, Some(program)) => gettext("Waiting for {program} to finish").replace("{program}", program),
        (Phase::Waiting, None) => gettext("Waiting for another program to finish"),
        (Phase::Checking, _) => gettext("Asking what is new"),
        (Phase::Pulling, _) => gettext("Downloading"),
        (Phase::Staging, _) => gettext("Preparing the new version"),
        (Phase::ChangingBootOrder, _) => gettext("Changing what starts next"),
        (Phase::CleaningUp, _) => gettext("Cleaning up"),
        (Phase::Unknown, _) => gettext("Working"),
    }
}

/// How an operation ended, in one sentence; `after` is how the host stands since.
pub fn outcome(outcome: &Outcome, after: &Snapshot) -> String {
    match outcome {
        Outcome::UpToDate => gettext("The system is up to date."),
        Outcome::UpdateAvailable { update } => available(update),
        Outcome::Staged { deployment, .. } => gettext("Version {version} is ready. It starts with the next restart.")
            .replace("{version}", &version(after, deployment)),
        Outcome::BootOrderChanged { boots_next, .. } => {
            gettext("The next restart starts version {version}.").replace("{version}", &version(after, boots_next))
        }
        Outcome::Cancelled { left: CancelledWith::NothingChanged } => gettext("Cancelled. Nothing was changed."),
        Outcome::Cancelled { left: CancelledWith::AlreadyDone } => {
            gettext("It was too late to cancel: the change had been made already.")
        }
        Outcome::Cancelled { left: CancelledWith::Unknown } => gettext("Cancelled."),
        Outcome::Failed { refusal: reason } => refusal(reason).what,
        Outcome::Unknown => gettext("It ended in a way that this program does not know."),
    }
}

/// That a newer image was found, in one sentence.
pub fn available(update: &AvailableUpdate) -> String {
    match &update.version {
        Some(version) => gettext("Version {version} is available.").replace("{version}", version),
        None => gettext("A newer version is available."),
    }
}

/// The version of a deployment, or the beginning of its checksum.
pub fn version(snapshot: &Snapshot, id: &DeploymentId) -> String {
    match snapshot.deployment(id) {
        Some(deployment) => deployment.label().to_owned(),
        None => id.checksum().chars().take(12).collect(),
    }
}
