// SPDX-License-Identifier: GPL-3.0-or-later
//! Who acts instead of Isotope, if anybody: the rule of `isotopectl automatic`, for everything that is shown.

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AutomaticUpdates, Host};

/// The longest name that is shown, in characters.
const LONGEST: usize = 60;
/// How many of them are named; nobody has more of them by intention.
const NAMED: usize = 4;

/// Another program that installs updates by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Manager {
    name: String,
    does: AutomaticUpdates,
    drives: bool,
}

impl Manager {
    /// The one that goes furthest; what only looks for updates manages nothing.
    pub(crate) fn of(host: &Host) -> Option<Self> {
        if let Some(driver) = &host.update_driver {
            return Some(Self { name: name(&driver.name), does: AutomaticUpdates::Unknown, drives: true });
        }
        let installs = host.automatic_updaters.iter().filter(|updater| acts(updater.does));
        let furthest = installs.max_by_key(|updater| reach(updater.does))?;
        Some(Self { name: name(&furthest.name), does: furthest.does, drives: false })
    }

    /// A sentence for each of them; none exactly where there is no manager.
    pub(crate) fn sentences(host: &Host) -> Vec<String> {
        let driver = host.update_driver.as_ref().map(wording::update_driver);
        let updaters =
            host.automatic_updaters.iter().filter(|updater| acts(updater.does)).map(wording::automatic_updater);
        driver.into_iter().chain(updaters).take(NAMED).collect()
    }

    /// The same, a line each.
    pub(crate) fn all_in_sentences(host: &Host) -> Option<String> {
        let sentences = Self::sentences(host);
        (!sentences.is_empty()).then(|| sentences.join("\n"))
    }

    /// Nobody else may update meanwhile.
    pub(crate) fn drives(&self) -> bool {
        self.drives
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What it does, as the state of the computer.
    pub(crate) fn in_words(&self) -> String {
        in_words(self.does).replace("{name}", &self.name)
    }
}

fn in_words(does: AutomaticUpdates) -> String {
    match does {
        // Translators: {name} is a program, for example bootc or rpm-ostree; so it is in the ones that follow.
        AutomaticUpdates::Apply => gettext("{name} updates and restarts this computer by itself"),
        AutomaticUpdates::Stage => gettext("{name} downloads updates by itself; they start with the next restart"),
        AutomaticUpdates::Check => gettext("{name} looks for updates by itself"),
        AutomaticUpdates::None | AutomaticUpdates::Unknown => gettext("{name} takes care of the updates by itself"),
    }
}

/// It does more than to look. What rpm-ostree is set to do means nothing where its timer is switched off.
fn acts(does: AutomaticUpdates) -> bool {
    reach(does) > 0
}

fn reach(does: AutomaticUpdates) -> u8 {
    match does {
        AutomaticUpdates::None | AutomaticUpdates::Check => 0,
        AutomaticUpdates::Unknown => 1,
        AutomaticUpdates::Stage => 2,
        AutomaticUpdates::Apply => 3,
    }
}

/// Somebody else's words: one short line, or what stands for an unknown name.
fn name(name: &str) -> String {
    let words = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let words: String = words.chars().filter(|character| !character.is_control()).take(LONGEST).collect();
    // Translators: stands where the name of the program that takes care of updates is not known.
    if words.is_empty() { gettext("another program") } else { words }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticUpdater, UpdateDriver};

    use super::*;

    fn host(updaters: &[(&str, AutomaticUpdates)]) -> Host {
        let updater = |(name, does): &(&str, AutomaticUpdates)| AutomaticUpdater {
            name: (*name).into(),
            unit: format!("{name}.timer"),
            does: *does,
        };
        Host { automatic_updaters: updaters.iter().map(updater).collect(), ..Host::default() }
    }

    #[test]
    fn the_one_that_goes_furthest_is_named() {
        use AutomaticUpdates::{Apply, Check, None as Nothing, Stage, Unknown};
        for (updaters, words) in [
            (&[][..], None),
            (&[("uupd", Check), ("apm", Nothing)], None),
            (&[("uupd", Stage), ("bootc", Apply)], Some("bootc updates and restarts this computer by itself")),
            (&[("uupd", Stage)], Some("uupd downloads updates by itself; they start with the next restart")),
            (&[("uupd\n\u{7}x", Unknown)], Some("uupd x takes care of the updates by itself")),
            (&[(" ", Unknown)], Some("another program takes care of the updates by itself")),
        ] {
            let manager = Manager::of(&host(updaters));
            assert_eq!(Manager::all_in_sentences(&host(updaters)).is_some(), manager.is_some());
            assert_eq!(manager.as_ref().map(Manager::in_words).as_deref(), words);
            assert!(!manager.is_some_and(|manager| manager.drives()));
        }
        let policy = Host { automatic_updates: Some(Apply), ..Host::default() };
        assert!(Manager::of(&policy).is_none() && Manager::all_in_sentences(&policy).is_none());
        let driver = UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
        let driven = Manager::of(&Host { update_driver: Some(driver), ..host(&[("bootc", Apply)]) }).unwrap();
        assert!(driven.drives() && driven.name() == "Zincati");
    }
}
