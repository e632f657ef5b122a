// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::Deployment;

use super::next_start::NextStart;
use super::situation::Situation;
use super::{Calendar, Looker, Network, hero_sentence, names};

/// How the picture of the hero is coloured; the words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    /// All is well.
    Good,
    /// There is something to do.
    Calling,
    /// Look at this.
    Warning,
    /// Nothing to say.
    Quiet,
}

/// The top of the page: how the computer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hero {
    /// The name of the symbolic icon.
    pub(crate) icon: &'static str,
    /// Its colour.
    pub(crate) tone: Tone,
    /// The name of the system that runs.
    pub(crate) title: String,
    /// Its version and date.
    pub(crate) version: String,
    /// How it is, in a few words.
    pub(crate) state: Option<String>,
    /// A quiet line below the button.
    pub(crate) note: Option<String>,
}

impl Hero {
    /// The hero of a computer that runs this deployment.
    pub(crate) fn of(state: &ServiceState, booted: &Deployment, looker: &Looker) -> Self {
        let calendar = &looker.calendar;
        let situation = Situation::of(state);
        let sentence = hero_sentence::of(&situation, state, booted, looker);
        let (icon, tone) = if sentence.warns { WARNING } else { picture(&situation) };
        let note = match &situation {
            Situation::NoUpdates(reason) => Some(wording::refusal(reason).what),
            Situation::OnlyByUpdating => Some(gettext("Only an update itself finds out here whether there is one.")),
            // libostree drops at a restart what is held back.
            Situation::HeldBack(_) => {
                Some(gettext("A restart drops it, unless you have it installed with that restart."))
            }
            Situation::Available(_) if looker.network == Network::Metered => {
                Some(gettext("This network is metered: the download may cost money."))
            }
            Situation::Busy(_) => None,
            _ => state.snapshot.last_checked.and_then(|checked| calendar.last_checked(checked)),
        };
        let age = state.snapshot.read.and_then(|read| calendar.as_of(read));
        let notes: Vec<_> = [note, age].into_iter().flatten().collect();
        Self {
            icon,
            tone,
            title: names::full_name(booted),
            version: version_and_date(booted, calendar),
            state: sentence.words,
            note: (!notes.is_empty()).then(|| notes.join("\n")),
        }
    }
}

const WARNING: (&str, Tone) = ("isotope-attention-symbolic", Tone::Warning);

fn picture(situation: &Situation<'_>) -> (&'static str, Tone) {
    match situation {
        Situation::Busy(_) => ("isotope-working-symbolic", Tone::Calling),
        Situation::Changing => ("isotope-working-symbolic", Tone::Quiet),
        Situation::Restart(NextStart::Update(_) | NextStart::Switch(_)) => ("isotope-restart-symbolic", Tone::Calling),
        Situation::Restart(NextStart::GoesBack(_) | NextStart::Other(_)) => ("isotope-back-symbolic", Tone::Warning),
        Situation::Available(_) | Situation::HeldBack(_) => ("isotope-update-symbolic", Tone::Calling),
        Situation::UpToDate => ("isotope-good-symbolic", Tone::Good),
        Situation::NoUpdates(_) => WARNING,
        Situation::RolledBack { .. } => ("isotope-back-symbolic", Tone::Quiet),
        Situation::NotChecked | Situation::OnlyByUpdating => ("isotope-system-symbolic", Tone::Quiet),
    }
}

fn version_and_date(booted: &Deployment, calendar: &Calendar) -> String {
    match booted.built.and_then(|built| calendar.day(built)) {
        // Translators: under the name of the system, as in "10.2, built 18 November 2026".
        Some(date) => gettext("{version}, built {date}").replace("{date}", &date),
        None => gettext("Version {version}"),
    }
    .replace("{version}", booted.label())
}

#[cfg(test)]
mod tests {
    use isotope_model::Snapshot;

    use super::super::test_states::{NOON, available, booted, service, snapshot, staged};
    use super::*;

    fn hero(snapshot: Snapshot) -> Hero {
        let booted = snapshot.booted().cloned().unwrap();
        Hero::of(&service(snapshot), &booted, &Looker::for_tests())
    }

    #[test]
    fn it_says_name_version_date_and_state() {
        let well = hero(Snapshot { last_checked: Some(NOON), ..snapshot(vec![booted('1')]) });
        assert_eq!(well.title, "Lab Atomic Desktop\u{a0}· GNOME");
        assert_eq!(well.version, "10.1, built 9 November 2026");
        assert_eq!(well.state.as_deref(), Some("Up to date"));
        assert_eq!(well.note.as_deref(), Some("Last checked today at 12:00"));
        assert_eq!(well.tone, Tone::Good);
    }

    #[test]
    fn what_a_download_costs_is_said_before_it() {
        let update = Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) };
        let looker = Looker { network: Network::Metered, ..Looker::for_tests() };
        let metered = Hero::of(&service(update.clone()), &booted('1'), &looker);
        assert!(metered.note.unwrap().contains("may cost money"));
        assert_eq!(metered.state.as_deref(), Some("10.2 is available, 30.0\u{a0}MB to download"));
        assert_eq!(hero(update).note, None);
    }

    #[test]
    fn what_could_not_be_applied_has_the_picture_of_a_warning() {
        let last_boot = super::super::test_states::lost_boot();
        let lost = hero(Snapshot { last_boot: Some(last_boot), ..snapshot(vec![booted('1')]) });
        assert_eq!((lost.icon, lost.tone), WARNING);
    }

    #[test]
    fn a_build_date_that_nobody_knows_is_left_out() {
        let undated = hero(snapshot(vec![Deployment { built: None, ..booted('1') }]));
        assert_eq!(undated.version, "Version 10.1");
        assert_eq!(undated.note, None);
    }

    #[test]
    fn every_situation_has_a_picture_of_its_own() {
        let update = Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) };
        assert_eq!(hero(update).icon, "isotope-update-symbolic");
        assert_eq!(hero(snapshot(vec![staged('2'), booted('1')])).icon, "isotope-restart-symbolic");
    }

    #[test]
    fn what_only_a_program_can_read_has_its_age_below() {
        let read = Snapshot { read: Some(NOON - 60), last_checked: Some(NOON), ..snapshot(vec![booted('1')]) };
        assert_eq!(hero(read).note.as_deref(), Some("Last checked today at 12:00\nAs of 11:59"));
        let unread = Snapshot { read: Some(NOON), ..snapshot(vec![booted('1')]) };
        assert_eq!(hero(unread).note.as_deref(), Some("As of 12:00"));
    }

    #[test]
    fn a_system_that_follows_nothing_says_so_below() {
        let bare = hero(snapshot(vec![Deployment { image: None, ..booted('1') }]));
        assert_eq!(bare.state, None);
        assert!(bare.note.is_some());
    }
}
