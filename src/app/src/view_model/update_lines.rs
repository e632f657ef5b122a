// SPDX-License-Identifier: GPL-3.0-or-later
//! What else there is to know about the updates of this computer, below its one button.

use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{Deployment, Refusal};

use super::manager::Manager;
use super::{Choice, Line, LineEnd, Tone, layered_lines, mode_name, package_changes_sheet};

/// The lines; on most computers there are none.
pub(super) fn lines(state: &ServiceState, booted: &Deployment) -> Vec<Line> {
    let mut lines: Vec<_> = package_changes_sheet::way_in_from_page(state).into_iter().collect();
    lines.extend(driver(state));
    lines.extend(layered_lines::tampered(booted));
    lines
}

/// Another program takes care of the updates: why the button cannot be pressed, and what can be done about it.
fn driver(state: &ServiceState) -> Option<Line> {
    let driver = state.snapshot.host.update_driver.as_ref()?;
    let refusal = Refusal::UpdateDriver { name: driver.name.clone(), unit: driver.unit.clone() };
    let words = wording::refusal(&refusal);
    let (icon, tone) = (Some("isotope-row-note-symbolic"), Tone::Calling);
    Some(Line { icon, tone, ..Line::new(words.what, words.remedy) })
}

/// What happens by itself; leads to where that is set.
pub(super) fn automatic(state: &ServiceState) -> Line {
    let off =
        || wording::nothing_by_itself(&state.snapshot).map(|_| gettext("Nothing happens by itself: its timer is off"));
    let others = Manager::all_in_sentences(&state.snapshot.host).or_else(off);
    let words = others.unwrap_or_else(|| mode_name(state.snapshot.settings.automatic));
    Line { end: LineEnd::Opens(Choice::ShowPreferences), ..Line::new(gettext("Automatic Updates"), words) }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticMode, AutomaticUpdater, AutomaticUpdates, Backend, UpdateDriver};

    use super::super::test_states::{available, booted, service, snapshot};
    use super::*;

    #[test]
    fn an_ordinary_computer_has_none() {
        assert!(lines(&service(snapshot(vec![booted('1')])), &booted('1')).is_empty());
    }

    #[test]
    fn a_driver_and_the_packages_of_an_update_have_a_line_each() {
        let mut host = snapshot(vec![booted('1')]);
        host.available = Some(available());
        host.host.backend = Backend::RpmOstree;
        host.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
        let live = Deployment { applied_live: true, ..booted('1') };
        let lines = lines(&service(host), &live);
        let titles: Vec<_> = lines.iter().map(|line| line.title.as_str()).collect();
        assert_eq!((lines.len(), titles[0]), (3, "Package Changes"));
        assert!(titles[1].contains("Zincati") && lines[1].subtitle.contains("systemctl stop zincati.service"));
    }

    #[test]
    fn what_happens_by_itself_is_said_and_leads_to_where_it_is_set() {
        let words = |change: &dyn Fn(&mut isotope_model::Snapshot)| {
            let mut host = snapshot(vec![booted('1')]);
            change(&mut host);
            let line = automatic(&service(host));
            assert_eq!(line.end, LineEnd::Opens(Choice::ShowPreferences));
            line.spoken()
        };
        assert_eq!(words(&|_| {}), "Automatic Updates: Check and Tell Me");
        let off = words(&|host| host.host.looks_by_itself = false);
        assert_eq!(off, "Automatic Updates: Nothing happens by itself: its timer is off");
        assert_eq!(words(&|host| host.settings.automatic = AutomaticMode::Off), "Automatic Updates: Off");
        let policy = words(&|host| host.host.automatic_updates = Some(AutomaticUpdates::Stage));
        assert_eq!(policy, "Automatic Updates: Check and Tell Me", "without its timer nothing comes of that");
        let beside = |does| {
            let updater = AutomaticUpdater { name: "uupd".into(), unit: "uupd.timer".into(), does };
            words(&|host| host.host.automatic_updaters = vec![updater.clone()])
        };
        assert_eq!(beside(AutomaticUpdates::Check), "Automatic Updates: Check and Tell Me");
        assert!(beside(AutomaticUpdates::Stage).contains("uupd (uupd.timer) downloads updates by itself"));
    }
}
