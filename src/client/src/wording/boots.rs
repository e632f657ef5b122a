// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{BootRecord, BootVerdict};

use super::Explanation;

/// What is to be said of a start of the computer that did not come up as expected; nothing of any other.
pub fn boot(record: &BootRecord) -> Option<Explanation> {
    let started = record.version.clone().unwrap_or_else(|| record.deployment.checksum().chars().take(12).collect());
    let explain = |what: String, means: String, remedy: String| {
        Some(Explanation { what, means: means.replace("{version}", &started), remedy, detail: None })
    };
    let stays = || gettext("The computer runs version {version}, as before.");
    match &record.verdict {
        BootVerdict::StagedLost { expected } => explain(
            with_version(expected.as_deref(), &gettext("Version {version} was not installed"), &gettext("The update was not installed")),
            gettext("The computer was switched off before it could finish. It runs version {version}, as before."),
            gettext("Update again, and restart from the menu."),
        ),
        BootVerdict::NotFinalised { expected } => explain(
            with_version(
                expected.as_deref(),
                &gettext("Version {version} was not installed"),
                &gettext("The update was not installed"),
            ),
            gettext("The last shutdown ended before it was finished. The computer runs version {version}, as before."),
            gettext("Update again. If it fails again, report it."),
        ),
        BootVerdict::FinalisationFailed { expected, detail } => explain(
            with_version(
                expected.as_deref(),
                &gettext("Version {version} could not be installed"),
                &gettext("The update could not be installed"),
            ),
            stays(),
            gettext("Make sure that there is free space, and update again. If it fails again, report it together with the details."),
        )
        .map(|explanation| Explanation { detail: Some(detail.clone()), ..explanation }),
        BootVerdict::FellBack { expected } => explain(
            with_version(
                expected.as_deref(),
                &gettext("Version {version} did not start"),
                &gettext("The new version did not start"),
            ),
            gettext("The boot loader gave up on it and started version {version}."),
            gettext("Keep working with this version, and try the next update."),
        ),
        BootVerdict::HealthChecksFailed { expected } => explain(
            with_version(
                expected.as_deref(),
                &gettext("Version {version} failed its health checks"),
                &gettext("The new version failed its health checks"),
            ),
            gettext("The computer went back to version {version} by itself."),
            gettext("Keep working with this version, and try the next update."),
        ),
        BootVerdict::AnotherStarted { expected } => explain(
            with_version(
                expected.as_deref(),
                &gettext("Another version than {version} was started"),
                &gettext("Another version was started than expected"),
            ),
            gettext("The computer runs version {version}. Usually it was chosen in the boot menu."),
            gettext("To have it started from now on, make it the one that starts next."),
        ),
        BootVerdict::AsExpected | BootVerdict::First | BootVerdict::Unknown => None,
    }
}

fn with_version(version: Option<&str>, known: &str, unknown: &str) -> String {
    version.map_or_else(|| unknown.to_owned(), |version| known.replace("{version}", version))
}
