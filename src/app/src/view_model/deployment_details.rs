// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Deployment, ImageReference};

use super::{Calendar, names};

/// One thing that is known of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detail {
    /// What it is.
    pub(crate) label: String,
    /// How it stands.
    pub(crate) value: String,
}

/// Everything that is known of one deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeploymentDetails {
    /// Its name.
    pub(crate) title: String,
    /// What is known, in order.
    pub(crate) details: Vec<Detail>,
}

impl DeploymentDetails {
    /// What is known of this deployment.
    pub(crate) fn of(deployment: &Deployment, calendar: &Calendar) -> Self {
        let known = |label: String, value: Option<String>| value.map(|value| Detail { label, value });
        let image = deployment.image.as_ref().filter(|image| **image != ImageReference::Unknown);
        let details = [
            known(gettext("State"), Some(marks(deployment))),
            known(gettext("Version"), deployment.version.clone()),
            known(gettext("Variant"), deployment.variant.clone()),
            known(gettext("Built"), deployment.built.and_then(|built| calendar.moment(built))),
            // Translators: what a deployment was made from and follows, for example a branch on a server.
            known(gettext("Image"), image.map(ToString::to_string)),
            known(gettext("Commit"), Some(deployment.id.checksum().to_owned())),
        ];
        Self { title: names::full_name(deployment), details: details.into_iter().flatten().collect() }
    }
}

fn marks(deployment: &Deployment) -> String {
    let marks = [
        (deployment.booted, gettext("Running now")),
        (deployment.staged && !deployment.finalization_locked, gettext("Starts after a restart")),
        (deployment.staged && deployment.finalization_locked, gettext("Ready, but held back")),
        (deployment.queued, gettext("Before the running one in the boot order")),
        (deployment.rollback, gettext("Can be gone back to")),
        (deployment.pinned, gettext("Pinned: no clean-up removes it")),
    ];
    let set: Vec<String> = marks.into_iter().filter_map(|(set, words)| set.then_some(words)).collect();
    if set.is_empty() { gettext("Kept on this computer") } else { set.join("\n") }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, deployment};
    use super::*;

    #[test]
    fn only_what_is_known_is_shown() {
        let calendar = Calendar::in_greenwich(0);
        let bare = Deployment { version: None, variant: None, built: None, image: None, ..deployment('1') };
        let labels: Vec<_> =
            DeploymentDetails::of(&bare, &calendar).details.into_iter().map(|detail| detail.label).collect();
        assert_eq!(labels, ["State", "Commit"]);
    }

    #[test]
    fn all_marks_are_named() {
        let pinned = Deployment { pinned: true, ..booted('2') };
        let details = DeploymentDetails::of(&pinned, &Calendar::in_greenwich(0)).details;
        assert_eq!(details[0].value, "Running now\nPinned: no clean-up removes it");
        assert_eq!(details[3].value, "10 November 2026, 12:00");
    }
}
