// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AutomaticMode, Snapshot};

use super::super::manager::Manager;
use super::super::mode_name;

/// One way in which updates can come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdateChoice {
    /// Which.
    pub(crate) mode: AutomaticMode,
    /// What it is called.
    pub(crate) title: String,
    /// What it means.
    pub(crate) subtitle: String,
}

/// What the step about updates shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdatesStep {
    /// The ways, the one that does most first.
    pub(crate) choices: Vec<UpdateChoice>,
    /// That another program updates this computer too.
    pub(crate) note: Option<String>,
}

impl UpdatesStep {
    /// What can be chosen on this host.
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let choice = |mode| UpdateChoice { mode, title: title(mode), subtitle: subtitle(mode) };
        let ways = [AutomaticMode::Download, AutomaticMode::Check, AutomaticMode::Off];
        Self { choices: ways.map(choice).into(), note: note(snapshot) }
    }
}

/// What a way is called.
pub(super) fn title(mode: AutomaticMode) -> String {
    match mode {
        AutomaticMode::Off => gettext("Do Nothing by Itself"),
        AutomaticMode::Download | AutomaticMode::Check | AutomaticMode::Unknown => mode_name(mode),
    }
}

fn subtitle(mode: AutomaticMode) -> String {
    match mode {
        AutomaticMode::Download => {
            gettext("Updates are downloaded as they come, and start when you restart the computer.")
        }
        AutomaticMode::Check => gettext("You are told that there is an update, and say whether it is downloaded."),
        AutomaticMode::Off => gettext("You look for updates in Isotope whenever you like."),
        AutomaticMode::Unknown => wording::automatic_mode_explained(mode),
    }
}

/// Two that update the same computer would get in each other's way, and without its timer nothing comes of a choice.
fn note(snapshot: &Snapshot) -> Option<String> {
    let Some(others) = Manager::all_in_sentences(&snapshot.host) else {
        return wording::nothing_by_itself(snapshot).map(|words| words.replace('`', "\""));
    };
    let consequence = gettext("Isotope leaves updates to it: what you choose here counts once that is switched off.");
    Some(format!("{others}\n{consequence}"))
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticUpdater, AutomaticUpdates, UpdateDriver};

    use super::super::super::test_states::{booted, snapshot};
    use super::*;

    #[test]
    fn there_are_three_ways_and_another_updater_is_named() {
        let mut host = snapshot(vec![booted('1')]);
        let step = UpdatesStep::of(&host);
        assert_eq!(step.choices.len(), 3);
        assert_eq!(step.choices[0].mode, AutomaticMode::Download);
        assert!(step.note.is_none());
        host.host.looks_by_itself = false;
        assert!(UpdatesStep::of(&host).note.unwrap().starts_with("isotope-automatic.timer is off"));
        host.host.looks_by_itself = true;
        let updater = |does| AutomaticUpdater { name: "uupd".into(), unit: "uupd.timer".into(), does };
        host.host.automatic_updaters = vec![updater(AutomaticUpdates::None)];
        assert!(UpdatesStep::of(&host).note.is_none());
        host.host.automatic_updaters = vec![updater(AutomaticUpdates::Stage)];
        assert!(UpdatesStep::of(&host).note.unwrap().starts_with("uupd (uupd.timer) downloads updates by itself"));
        host.host.automatic_updaters = vec![updater(AutomaticUpdates::Check)];
        assert!(UpdatesStep::of(&host).note.is_none(), "it gets in nobody's way");
        host.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
        assert!(UpdatesStep::of(&host).note.unwrap().contains("Zincati (zincati.service)"));
    }
}
