// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{DeploymentId, OperationRecord, Outcome};

use super::{bytes, outcome};

/// How an operation of the past ended, in one sentence. What it was about may be gone by now.
pub fn recorded(record: &OperationRecord) -> String {
    let about = |text: String, id: &DeploymentId| {
        let beginning = || id.checksum().chars().take(12).collect();
        text.replace("{version}", &record.version.clone().unwrap_or_else(beginning))
    };
    match &record.outcome {
        Outcome::UpToDate => gettext("The system was up to date."),
        Outcome::OnlyUpdateTells => gettext("Nobody could tell whether there was anything newer."),
        Outcome::UpdateAvailable { update } => match &update.version {
            Some(version) => gettext("Version {version} was available.").replace("{version}", version),
            None => gettext("A newer version was available."),
        },
        Outcome::Staged { deployment, .. } => about(gettext("Version {version} was prepared."), deployment),
        Outcome::BootOrderChanged { boots_next, .. } => {
            about(gettext("Version {version} was made the one that starts next."), boots_next)
        }
        Outcome::Tags { .. } | Outcome::Versions { .. } => gettext("The server told which versions it has."),
        Outcome::Discarded { deployment } => about(gettext("Version {version} was discarded."), deployment),
        Outcome::Pinned { deployment } => about(gettext("Version {version} was pinned."), deployment),
        Outcome::Unpinned { deployment } => about(gettext("Version {version} was unpinned."), deployment),
        Outcome::Kept { deployment } => {
            about(gettext("What was switched to was kept, and version {version} for a few more updates."), deployment)
        }
        Outcome::Removed { deployment, freed_bytes: Some(freed) } => {
            about(gettext("Version {version} was removed. That freed {size}."), deployment)
                .replace("{size}", &bytes(*freed))
        }
        Outcome::Removed { deployment, freed_bytes: None } => {
            about(gettext("Version {version} was removed."), deployment)
        }
        Outcome::CleanedUp { .. } | Outcome::Cancelled { .. } | Outcome::Failed { .. } | Outcome::Unknown => {
            outcome(&record.outcome, &isotope_model::Snapshot::default())
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{OperationKind, Refusal, Starter};

    use super::*;

    #[test]
    fn the_past_is_told_in_the_past_tense_and_names_what_is_gone() {
        let id = || DeploymentId::new("os", "a1".repeat(32), 0);
        let told = |version: Option<&str>, outcome| {
            recorded(&OperationRecord {
                kind: OperationKind::Update,
                starter: Starter { uid: 0, user: None, program: None },
                started: 0,
                milliseconds: None,
                bytes: None,
                asked: None,
                version: version.map(Into::into),
                image: None,
                outcome,
            })
        };
        let staged = Outcome::Staged { deployment: id(), replaced: None, pinned: None, released: None };
        for (version, outcome, sentence) in [
            (Some("10.3"), staged.clone(), "Version 10.3 was prepared."),
            (None, staged, "Version a1a1a1a1a1a1 was prepared."),
            (
                Some("10.2"),
                Outcome::Kept { deployment: id() },
                "What was switched to was kept, and version 10.2 for a few more updates.",
            ),
            (None, Outcome::UpToDate, "The system was up to date."),
            (
                Some("1"),
                Outcome::Removed { deployment: id(), freed_bytes: Some(1_500) },
                "Version 1 was removed. That freed 1.5 kB.",
            ),
            (None, Outcome::CleanedUp { freed_bytes: Some(0) }, "There was nothing to clean up."),
            (
                None,
                Outcome::Failed { refusal: Refusal::NothingStaged },
                "No version is prepared for the next restart, or held back from it",
            ),
        ] {
            assert_eq!(told(version, outcome), sentence);
        }
    }
}
