// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_model::{AvailableUpdate, CancelledWith, DeploymentId, OperationKind, Outcome, Phase, Progress, Snapshot};

use super::{bytes, refusal};

/// What kind of operation this is, as the heading of its progress.
pub fn operation(kind: OperationKind) -> String {
    match kind {
        OperationKind::Check => gettext("Checking for updates"),
        OperationKind::Update => gettext("Updating"),
        OperationKind::ListVersions => gettext("Asking for versions"),
        OperationKind::Switch => gettext("Switching to another image"),
        OperationKind::Deploy => gettext("Preparing a chosen version"),
        OperationKind::RollBack => gettext("Rolling back"),
        OperationKind::SetDefault => gettext("Choosing what starts next"),
        OperationKind::Discard => gettext("Discarding the prepared version"),
        OperationKind::Pin => gettext("Pinning a version"),
        OperationKind::Unpin => gettext("Unpinning a version"),
        OperationKind::Keep => gettext("Keeping what was switched to"),
        OperationKind::Remove => gettext("Removing a version"),
        OperationKind::CleanUp => gettext("Cleaning up"),
        OperationKind::Unknown => gettext("Working"),
    }
}

/// The name of this kind of operation, as a list of what was done has it.
pub fn operation_name(kind: OperationKind) -> String {
    match kind {
        // Translators: these are names of things that were done, in a list of them.
        OperationKind::Check => gettext("Check for updates"),
        OperationKind::Update => gettext("Update"),
        OperationKind::ListVersions => gettext("List of versions"),
        OperationKind::Switch => gettext("Switch to another image"),
        OperationKind::Deploy => gettext("Chosen version"),
        OperationKind::RollBack => gettext("Rollback"),
        OperationKind::SetDefault => gettext("Choice of what starts next"),
        OperationKind::Discard => gettext("Discarding of a prepared version"),
        OperationKind::Pin => gettext("Pinning"),
        OperationKind::Unpin => gettext("Unpinning"),
        OperationKind::Keep => gettext("Decision to keep what was switched to"),
        OperationKind::Remove => gettext("Removal of a version"),
        OperationKind::CleanUp => gettext("Clean-up"),
        OperationKind::Unknown => gettext("Something that this program does not know"),
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
        (Phase::Importing, _) => gettext("Unpacking"),
        (Phase::Staging, _) => gettext("Preparing the new version"),
        (Phase::ChangingBootOrder, _) => gettext("Changing what starts next"),
        (Phase::Pinning, _) => gettext("Changing what is kept"),
        (Phase::CleaningUp, _) => gettext("Cleaning up"),
        (Phase::Unknown, _) => gettext("Working"),
    }
}

/// How an operation ended, in one sentence; `after` is how the host stands since.
pub fn outcome(outcome: &Outcome, after: &Snapshot) -> String {
    match outcome {
        Outcome::UpToDate => gettext("The system is up to date."),
        Outcome::UpdateAvailable { update } => available(update),
        Outcome::Staged { deployment, .. } if after.deployment(deployment).is_some_and(|it| it.finalization_locked) => {
            gettext("Version {version} is downloaded and held back: a restart does not start it, and drops it.")
                .replace("{version}", &version(after, deployment))
        }
        Outcome::Staged { deployment, .. } => gettext("Version {version} is ready. It starts with the next restart.")
            .replace("{version}", &version(after, deployment)),
        Outcome::BootOrderChanged { boots_next, .. } => {
            gettext("The next restart starts version {version}.").replace("{version}", &version(after, boots_next))
        }
        Outcome::Versions { versions } => {
            let count = u32::try_from(versions.len()).unwrap_or(u32::MAX);
            ngettext("The server offers {number} version.", "The server offers {number} versions.", count)
                .replace("{number}", &versions.len().to_string())
        }
        Outcome::Tags { tags, .. } => {
            let count = u32::try_from(tags.len()).unwrap_or(u32::MAX);
            // Translators: a registry is where images lie; a tag is the name of a version there.
            ngettext(
                "The registry has {number} tag of the image.",
                "The registry has {number} tags of the image.",
                count,
            )
            .replace("{number}", &tags.len().to_string())
        }
        Outcome::Discarded { .. } => gettext("The prepared version was discarded."),
        Outcome::Pinned { deployment } => {
            gettext("Version {version} is kept until it is unpinned.").replace("{version}", &version(after, deployment))
        }
        Outcome::Unpinned { deployment } => {
            gettext("Version {version} is no longer pinned.").replace("{version}", &version(after, deployment))
        }
        Outcome::Kept { deployment } => {
            gettext("What was switched to is kept. Version {version} stays for a few more updates, to go back to.")
                .replace("{version}", &version(after, deployment))
        }
        Outcome::Removed { freed_bytes: Some(freed), .. } => {
            gettext("The version was removed. That freed {size}.").replace("{size}", &bytes(*freed))
        }
        Outcome::Removed { .. } => gettext("The version was removed."),
        Outcome::CleanedUp { freed_bytes: Some(freed) } if *freed > 0 => {
            gettext("Cleaning up freed {size}.").replace("{size}", &bytes(*freed))
        }
        Outcome::CleanedUp { freed_bytes: Some(_) } => gettext("There was nothing to clean up."),
        Outcome::CleanedUp { freed_bytes: None } => gettext("What nothing needs any more was removed."),
        Outcome::Cancelled { left: CancelledWith::NothingChanged } => gettext("Cancelled. Nothing was changed."),
        Outcome::Cancelled { left: CancelledWith::AlreadyDone } => {
            gettext("It was too late to cancel: the change had been made already.")
        }
        Outcome::Cancelled { left: CancelledWith::Unknown } => gettext("Cancelled."),
        Outcome::Failed { refusal: reason } => refusal(reason).what,
        Outcome::Unknown => gettext("It ended in a way that this program does not know."),
    }
}

/// What became of the ways back from a switch, one sentence each; `before` is how the host stood before the operation.
pub fn ways_back(outcome: &Outcome, before: &Snapshot) -> Vec<String> {
    let Outcome::Staged { pinned, released, .. } = outcome else { return Vec::new() };
    let of = |text: String, id: &DeploymentId| text.replace("{version}", &version(before, id));
    let pinned = pinned.iter().map(|id| of(gettext("Version {version} is kept to go back to."), id));
    let released = released.iter().map(|id| of(gettext("Version {version} is no longer kept to go back to."), id));
    pinned.chain(released).collect()
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
