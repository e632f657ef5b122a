// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_model::{AvailableUpdate, CancelledWith, DeploymentId, OperationKind, Outcome, Phase, Progress, Snapshot};

use super::lists::plural;
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
        OperationKind::Other => gettext("Changing the system with rpm-ostree"),
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
        OperationKind::Other => gettext("Change with rpm-ostree"),
        OperationKind::Unknown => gettext("Something that this program does not know"),
    }
}

/// What an operation is busy with, in one line.
pub fn phase(progress: &Progress) -> String {
    match (progress.phase, &progress.waits_for) {
        (Phase::Starting, _) => gettext("Starting"),
        // Translators: {program} is the name of another program that is changing the system.
        // It may have to be started first, or be busy with something else.
        (Phase::Waiting, Some(program)) if program == "rpm-ostree" => gettext("Waiting for rpm-ostree"),
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

/// Which layer of a container image is being fetched, of how many: `Layer 3 of 8 (1.8 MB)`. Nothing where nobody counts.
pub fn layer(progress: &Progress) -> Option<String> {
    let (done, total) = (progress.layers?, progress.total_layers);
    let number = done.saturating_add(1);
    let text = match (total, progress.layer_bytes) {
        (Some(total), _) if done >= total => ngettext("{total} layer", "All {total} layers", plural(total)),
        // Translators: a container image consists of layers; {size} is that of the one that is being downloaded.
        (Some(_), Some(_)) => gettext("Layer {number} of {total} ({size})"),
        // Translators: a container image consists of layers.
        (Some(_), None) => gettext("Layer {number} of {total}"),
        // Translators: a container image consists of layers; {size} is that of the one that is being downloaded.
        (None, Some(_)) => gettext("Layer {number} ({size})"),
        // Translators: a container image consists of layers.
        (None, None) => gettext("Layer {number}"),
    };
    let text = text.replace("{number}", &number.to_string());
    let text = text.replace("{total}", &total.unwrap_or_default().to_string());
    Some(text.replace("{size}", &bytes(progress.layer_bytes.unwrap_or_default())))
}

/// How an operation ended, in one sentence; `after` is how the host stands since.
pub fn outcome(outcome: &Outcome, after: &Snapshot) -> String {
    match outcome {
        Outcome::UpToDate => gettext("The system is up to date."),
        Outcome::OnlyUpdateTells => {
            gettext("Whether there is anything newer cannot be told beforehand here: an update finds out.")
        }
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
            let count = plural(versions.len());
            ngettext("The server offers {number} version.", "The server offers {number} versions.", count)
                .replace("{number}", &versions.len().to_string())
        }
        Outcome::Tags { tags, .. } => {
            let count = plural(tags.len());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layer_that_is_fetched_is_the_one_after_those_that_are_there() {
        for (layers, total_layers, layer_bytes, words) in [
            (Some(2), Some(8), Some(1_800_000), Some("Layer 3 of 8 (1.8 MB)")),
            (Some(0), Some(8), None, Some("Layer 1 of 8")),
            (Some(8), Some(8), Some(1), Some("All 8 layers")),
            (Some(1), None, Some(1_800_000), Some("Layer 2 (1.8 MB)")),
            (Some(1), None, None, Some("Layer 2")),
            (None, Some(8), Some(1), None),
        ] {
            let progress = Progress { layers, total_layers, layer_bytes, ..Progress::default() };
            assert_eq!(layer(&progress).as_deref(), words);
        }
    }

    #[test]
    fn what_is_waited_for_is_named() {
        for (program, words) in [("bootc", "Waiting for bootc to finish"), ("rpm-ostree", "Waiting for rpm-ostree")] {
            let waits_for = Some(program.to_owned());
            assert_eq!(phase(&Progress { phase: Phase::Waiting, waits_for, ..Progress::default() }), words);
        }
    }

    #[test]
    fn every_kind_has_its_words() {
        let all = OperationKind::ALL.into_iter().chain([OperationKind::Other, OperationKind::Unknown]);
        let told: std::collections::HashSet<_> = all.clone().map(operation).collect();
        let named: std::collections::HashSet<_> = all.map(operation_name).collect();
        assert_eq!((told.len(), named.len()), (15, 15));
    }
}
