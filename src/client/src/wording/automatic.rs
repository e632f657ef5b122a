// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{AutomaticMode, AutomaticUpdater, AutomaticUpdates, Snapshot, UpdateDriver};

use super::foreign::cleaned;

/// What rpm-ostree does by itself from time to time, in a sentence.
pub fn automatic_updates(policy: AutomaticUpdates) -> String {
    match policy {
        AutomaticUpdates::None => gettext("rpm-ostree is set to do nothing by itself."),
        AutomaticUpdates::Check => gettext("rpm-ostree is set to look for updates by itself, and not to install them."),
        AutomaticUpdates::Stage => {
            gettext("rpm-ostree is set to download updates by itself, and to prepare them for the next restart.")
        }
        AutomaticUpdates::Apply => {
            gettext("rpm-ostree is set to install updates by itself, and to restart the computer for that.")
        }
        AutomaticUpdates::Unknown => {
            gettext("rpm-ostree is set to do something by itself that this version of Isotope does not know.")
        }
    }
}

/// What the computer does about updates by itself, in a few words: for a list to choose from.
pub fn automatic_mode(mode: AutomaticMode) -> String {
    match mode {
        // Translators: automatic updates are off.
        AutomaticMode::Off => gettext("Off"),
        // Translators: what the computer does about updates by itself.
        AutomaticMode::Check => gettext("Look for updates and tell"),
        // Translators: what the computer does about updates by itself.
        AutomaticMode::Download => gettext("Download updates and tell"),
        // Translators: what the computer does about updates by itself.
        AutomaticMode::Unknown => gettext("Something that this version does not know"),
    }
}

/// The same, in a sentence.
pub fn automatic_mode_explained(mode: AutomaticMode) -> String {
    match mode {
        AutomaticMode::Off => gettext("The computer does not look for updates by itself."),
        AutomaticMode::Check => {
            gettext("Once a day the computer looks for an update; nothing is downloaded by itself.")
        }
        AutomaticMode::Download => gettext(
            "Once a day the computer looks for an update, downloads it, and prepares it for the next restart. It never restarts by itself.",
        ),
        AutomaticMode::Unknown => gettext(
            "A newer version of Isotope has set this. This version does nothing by itself until it is set anew.",
        ),
    }
}

/// That nothing comes of what the computer is set to do by itself, and what can be done about it: the timer is switched
/// off by which it would. Nothing where it is on, or where the computer is to do nothing anyway.
pub fn nothing_by_itself(snapshot: &Snapshot) -> Option<String> {
    let wanted = snapshot.host.image_based && !snapshot.settings.automatic.does_nothing();
    (wanted && !snapshot.host.looks_by_itself).then(|| {
        // Translators: the words between ` are a command.
        gettext(
            "isotope-automatic.timer is off: nothing happens by itself. Switch it on with `systemctl enable --now isotope-automatic.timer`.",
        )
    })
}

/// That another program updates the computer from time to time, in a sentence.
pub fn automatic_updater(updater: &AutomaticUpdater) -> String {
    let sentence = match updater.does {
        // Translators: {name} is a program, {unit} the timer that starts it: “uupd (uupd.timer)”. In all of these.
        AutomaticUpdates::None => gettext("{name} ({unit}) is set to do nothing by itself."),
        AutomaticUpdates::Check => gettext("{name} ({unit}) looks for updates by itself, and does not install them."),
        AutomaticUpdates::Stage => {
            gettext("{name} ({unit}) downloads updates by itself, and prepares them for the next restart.")
        }
        AutomaticUpdates::Apply => {
            gettext("{name} ({unit}) installs updates by itself, and restarts the computer for that.")
        }
        AutomaticUpdates::Unknown => gettext("{name} ({unit}) updates the computer by itself."),
    };
    let unit = driver_unit(&updater.unit).unwrap_or("?");
    sentence.replace("{unit}", unit).replace("{name}", &driver_name(&updater.name))
}

/// That another program takes care of the updates, in a sentence.
pub fn update_driver(driver: &UpdateDriver) -> String {
    match driver_unit(&driver.unit) {
        // Translators: {name} is a program, {unit} the service that it runs as: “Zincati (zincati.service)”.
        Some(unit) => gettext("Updates are driven by {name} ({unit}).").replace("{unit}", unit),
        // Translators: {name} is a program, for example Zincati.
        None => gettext("Updates are driven by {name}."),
    }
    .replace("{name}", &driver_name(&driver.name))
}

/// That nothing is done because another program takes care of the updates, in a sentence.
pub fn left_to(name: &str, unit: &str) -> String {
    match driver_unit(unit) {
        // Translators: {name} is a program, {unit} the unit that it runs as: “Zincati (zincati.service)”.
        Some(unit) => gettext("Updates are left to {name} ({unit}); nothing was done.").replace("{unit}", unit),
        // Translators: {name} is a program, for example Zincati.
        None => gettext("Updates are left to {name}; nothing was done."),
    }
    .replace("{name}", &driver_name(name))
}

/// What it calls itself.
pub(super) fn driver_name(name: &str) -> String {
    // Translators: stands where the name of the program that takes care of updates is not known.
    cleaned(name).unwrap_or_else(|| gettext("another program"))
}

/// The unit, where it is a name that may stand in a command.
pub(super) fn driver_unit(unit: &str) -> Option<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._:@-".contains(&byte);
    let is_plain = !unit.is_empty() && unit.len() < 256 && !unit.starts_with('-') && unit.bytes().all(plain);
    is_plain.then_some(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_policy_is_a_sentence_of_its_own() {
        use AutomaticUpdates::{Apply, Check, None, Stage, Unknown};
        let mut told = [None, Check, Stage, Apply, Unknown].map(automatic_updates).to_vec();
        assert!(told.iter().all(|sentence| sentence.ends_with('.')));
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 5);
    }

    #[test]
    fn an_updater_is_named_with_its_unit_and_with_what_it_does() {
        let told = |does| automatic_updater(&AutomaticUpdater { name: "uupd".into(), unit: "uupd.timer".into(), does });
        use AutomaticUpdates::{Apply, Check, None, Stage, Unknown};
        let mut all = [None, Check, Stage, Apply, Unknown].map(told).to_vec();
        assert!(all.iter().all(|sentence| sentence.starts_with("uupd (uupd.timer) ") && sentence.ends_with('.')));
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5);
    }

    #[test]
    fn every_mode_has_words_of_its_own() {
        let all = AutomaticMode::ALL.into_iter().chain([AutomaticMode::Unknown]);
        let told: std::collections::BTreeSet<_> =
            all.flat_map(|mode| [automatic_mode(mode), automatic_mode_explained(mode)]).collect();
        assert_eq!(told.len(), 8);
    }

    #[test]
    fn a_driver_is_named_with_its_unit() {
        for (name, unit, sentence) in [
            ("Zincati", "zincati.service", "Updates are driven by Zincati (zincati.service)."),
            ("Zincati\n{unit}", "x; reboot", "Updates are driven by Zincati {unit}."),
            ("", "--now", "Updates are driven by another program."),
        ] {
            assert_eq!(update_driver(&UpdateDriver { name: name.into(), unit: unit.into() }), sentence);
        }
    }
}
