// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AutomaticUpdater, Outcome, Refusal, Snapshot, UpdateDriver};

use super::Line;

/// Why the computer does nothing by itself this time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Passed {
    Off,
    NotImageBased,
    Driver(UpdateDriver),
    Updater(AutomaticUpdater),
    Busy,
    /// The system or the image changed while something was done.
    Changed,
    CannotLook,
    /// What is needed for it cannot be done here.
    Impossible(Refusal),
    /// Something is staged and held back.
    HeldBack,
    /// Somebody has staged another image or a version of their choice.
    Chosen,
    /// Something is staged, and nobody knows whether there is anything newer.
    Staged,
    /// Somebody has changed the boot order.
    Queued,
    /// Nobody has decided yet about what was switched to.
    Trial,
    /// Somebody has gone back from what was found, or discarded it.
    GoneBack,
    /// It was found out not long ago.
    Recent,
    Offline,
    Metered,
    Battery,
}

impl Passed {
    /// Its name in JSON.
    pub(crate) fn code(&self) -> String {
        let code = match self {
            Self::Impossible(refusal) => return refusal.code(),
            Self::Off => "off",
            Self::NotImageBased => "not-image-based",
            Self::Driver(_) => "update-driver",
            Self::Updater(_) => "another-updater",
            Self::Busy => "busy",
            Self::Changed => "changed",
            Self::CannotLook => "only-update-tells",
            Self::HeldBack => "held-back",
            Self::Chosen => "chosen",
            Self::Staged => "staged",
            Self::Queued => "queued",
            Self::Trial => "trial",
            Self::GoneBack => "gone-back",
            Self::Recent => "recent",
            Self::Offline => "offline",
            Self::Metered => "metered",
            Self::Battery => "battery",
        };
        code.to_owned()
    }
}

/// The same in a sentence.
pub(crate) fn passed(passed: &Passed) -> String {
    match passed {
        Passed::Off => gettext("Automatic updates are off; nothing was done."),
        Passed::NotImageBased => gettext("This is no image-based system; nothing was done."),
        Passed::Driver(driver) => wording::left_to(&driver.name, &driver.unit),
        Passed::Updater(updater) => wording::left_to(&updater.name, &updater.unit),
        Passed::Busy => gettext("Another operation is running; nothing was done."),
        Passed::CannotLook => {
            gettext("Here only an update finds out whether there is anything newer; nothing was done.")
        }
        Passed::Changed => gettext("The system or the image changed meanwhile; nothing was done."),
        Passed::Impossible(refusal) => wording::refusal(refusal).what,
        Passed::HeldBack => gettext("An update is held back until somebody releases it; nothing was done."),
        Passed::Chosen => gettext("Somebody has chosen what the next restart starts; nothing was done."),
        Passed::Staged => {
            gettext("Something is ready for the next restart, and only an update finds out more; nothing was done.")
        }
        Passed::Queued => gettext("Somebody has changed what the next restart starts; nothing was done."),
        Passed::Trial => {
            gettext("Nobody has decided yet whether what was switched to is kept; nothing was downloaded.")
        }
        Passed::GoneBack => {
            gettext("Somebody has gone back from this update, or discarded it; it is not downloaded again.")
        }
        Passed::Recent => gettext("It is not long since somebody looked for an update; nothing was done."),
        Passed::Offline => gettext("There is no network; nothing was done."),
        Passed::Metered => gettext("The network costs by what is transferred; nothing was done."),
        Passed::Battery => gettext("The computer runs on battery; nothing was done."),
    }
}

/// How what was done by itself ended.
pub(crate) fn line(outcome: &Outcome, after: &Snapshot) -> Line {
    Line::plain(wording::outcome(outcome, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_takes_care_is_named() {
        let driver = UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
        let expected = "Updates are left to Zincati (zincati.service); nothing was done.";
        assert_eq!(passed(&Passed::Driver(driver)), expected);
    }
}
