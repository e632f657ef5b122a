// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{AutomaticUpdater, AutomaticUpdates, Settings, Snapshot, UpdateDriver};

use super::super::Choice;
use super::super::desktops_view::DesktopsView;
use super::super::test_states::{CATALOGS, catalogs, container_host, service};
use super::*;

const GNOME: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";

fn live(change: impl Fn(&mut Snapshot)) -> Link {
    let mut snapshot = container_host(GNOME);
    change(&mut snapshot);
    Link::Live(Arc::new(service(snapshot)))
}

fn computer(link: &Link) -> ComputerView {
    PreferencesView::of(link, &Configuring::default(), &Read::Waiting, &Wanted::default()).computer
}

fn read() -> Read<HostCatalogs> {
    Read::There(Arc::new(catalogs(&CATALOGS, Some(("gnome", "stable")))))
}

#[test]
fn the_rows_show_how_the_computer_is_set() {
    let settings = Settings { automatic: AutomaticMode::Download, on_metered: true, ..Settings::default() };
    let view = computer(&live(|host| host.settings = settings.clone()));
    assert_eq!(view.automatic, Some(AutomaticMode::Download));
    assert!(view.known && view.on_metered.on && view.on_metered.counts && !view.on_battery.on && !view.busy);
    assert!(view.description.contains("everybody") && view.notes.is_empty());
    let off = computer(&live(|host| host.settings.automatic = AutomaticMode::Off));
    assert!(!off.on_metered.counts && !off.on_battery.counts);
}

#[test]
fn that_nothing_comes_of_it_is_said_where_the_timer_is_off() {
    let notes = |mode| {
        computer(&live(|host| {
            host.host.looks_by_itself = false;
            host.settings.automatic = mode;
        }))
        .notes
    };
    let note = notes(AutomaticMode::Download);
    assert!(note[0].subtitle.contains("\"systemctl enable --now isotope-automatic.timer\""));
    assert!(notes(AutomaticMode::Off).is_empty());
}

#[test]
fn what_is_being_asked_for_is_not_shown_as_if_it_were_so() {
    for (preference, asked) in [
        (Preference::Automatic(AutomaticMode::Off), [true, false, false]),
        (Preference::OnMetered(true), [false, true, false]),
        (Preference::OnBattery(true), [false, false, true]),
    ] {
        let configuring = Configuring { asked: preference.settings_change(), too_old: false };
        let view = PreferencesView::of(&live(|_| {}), &configuring, &Read::Waiting, &Wanted::default()).computer;
        assert_eq!(view.automatic, Some(AutomaticMode::Check));
        assert!(view.busy && !view.on_metered.on && !view.on_battery.on);
        assert_eq!([view.automatic_asked.is_some(), view.on_metered.asked, view.on_battery.asked], asked);
    }
    assert_eq!(Preference::Notifications(true).settings_change(), None);
}

#[test]
fn what_cannot_be_set_says_why() {
    let unknown = |link: &Link| {
        let view = computer(link);
        assert!(!view.known && view.automatic.is_none());
        view.description
    };
    assert!(unknown(&Link::Connecting).contains("waited for"));
    assert!(unknown(&Link::Interrupted { restarting: true }).contains("waited for"));
    let missing = unknown(&Link::Lost(Arc::new(ClientError::ServiceMissing)));
    assert!(missing.contains("is not installed. Install"), "{missing}");
    let other = unknown(&Link::Lost(Arc::new(ClientError::Incompatible { found: 2, known: 1 })));
    assert!(other.contains("another version. Update both"), "{other}");
    assert!(unknown(&live(|host| host.host.image_based = false)).ends_with("system."));
    let configuring = Configuring { asked: None, too_old: true };
    let view = PreferencesView::of(&live(|_| {}), &configuring, &Read::Waiting, &Wanted::default()).computer;
    assert!(!view.known && view.description.contains("too old"));
}

#[test]
fn a_service_that_cannot_be_set_is_told_from_one_that_failed() {
    let failed = |text: &str| cannot_be_set(&ClientError::ServiceFailed(text.into()));
    assert!(failed("org.freedesktop.DBus.Error.UnknownMethod: Unknown interface"));
    assert!(failed("org.freedesktop.DBus.Error.UnknownInterface: Unknown interface"));
    assert!(!failed("org.freedesktop.DBus.Error.NoReply: x"));
    assert!(!cannot_be_set(&ClientError::ServiceMissing));
}

#[test]
fn whoever_else_updates_the_computer_is_named_with_what_follows_from_that() {
    let updater = |name: &str, does| AutomaticUpdater { name: name.into(), unit: "x.timer".into(), does };
    let note = |change: &dyn Fn(&mut Snapshot)| {
        let notes = computer(&live(change)).notes;
        notes.first().map(|note| note.subtitle.clone()).unwrap_or_default()
    };
    let drives = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
    let driver = note(&|host| host.host.update_driver = drives.clone());
    assert!(driver.contains("Zincati (zincati.service)") && driver.contains("does nothing by itself"), "{driver}");
    assert_eq!(note(&|host| host.host.automatic_updates = Some(AutomaticUpdates::Stage)), "");
    let updaters = [updater("bootc\n", AutomaticUpdates::Apply), updater("uupd", AutomaticUpdates::Unknown)];
    let words = note(&|host| host.host.automatic_updaters = updaters.to_vec());
    let lines: Vec<_> = words.lines().collect();
    assert_eq!(lines.len(), 3, "{words}");
    assert!(lines[0].starts_with("bootc (x.timer) installs") && lines[1].starts_with("uupd (x.timer)"));
    let idlers = [updater("x", AutomaticUpdates::None), updater("y", AutomaticUpdates::Check)];
    assert_eq!(note(&|host| host.host.automatic_updaters = idlers.to_vec()), "");
}

#[test]
fn vendors_are_switched_off_but_not_ones_own() {
    let view = |catalogs: &Read<HostCatalogs>, hidden: &[&str]| {
        let hidden_vendors = hidden.iter().map(|id| (*id).to_owned()).collect();
        let wanted = Wanted { hidden_vendors, ..Wanted::default() };
        PreferencesView::of(&live(|_| {}), &Configuring::default(), catalogs, &wanted).vendors
    };
    let switches = view(&read(), &["lab", "other", "gone"]).switches;
    let states: Vec<_> = switches.iter().map(|it| (it.name.as_str(), it.shown, it.changeable)).collect();
    assert_eq!(states, [("Lab", true, false), ("Other", false, true)]);
    assert_eq!(switches[1].words, "1 desktop");
    assert!(view(&read(), &[]).switches.iter().all(|vendor| vendor.shown));
    assert!(view(&Read::Waiting, &[]).waiting);
    let failed = view(&Read::Failed(Arc::new(ClientError::ServiceFailed("x".into()))), &[]);
    assert!(failed.retry && failed.switches.is_empty() && !failed.description.is_empty());
    let nothing = view(&Read::There(Arc::new(catalogs(&[], None))), &[]);
    assert!(nothing.description.contains("No catalog") && !nothing.waiting);
}

#[test]
fn what_is_hidden_is_counted_on_the_page_and_what_runs_is_not_hidden() {
    let shown = |hidden: &[&str]| {
        let hidden: Vec<_> = hidden.iter().map(|id| (*id).to_owned()).collect();
        let state = service(container_host(GNOME));
        match DesktopsView::of(&state, &read(), "", &hidden) {
            DesktopsView::Offers(offers) => *offers,
            DesktopsView::Status(status, _) => unreachable!("{status:?}"),
        }
    };
    let lines = |offers: &super::super::Offers| -> Vec<_> {
        offers.groups.iter().flat_map(|group| &group.lines).map(|line| line.title.clone()).collect()
    };
    let everything = shown(&[]);
    let some = shown(&["other", "lab"]);
    assert_eq!(everything.cards, some.cards);
    assert_eq!(lines(&everything), ["Other Sway", "Your Own Image…"]);
    assert_eq!(lines(&some), ["Your Own Image…", "1 vendor is hidden"]);
    let line = some.groups.last().and_then(|group| group.lines.first()).unwrap();
    assert_eq!(line.subtitle, "Other");
    assert!(matches!(&line.end, super::super::LineEnd::Button(button) if button.choice == Choice::ShowPreferences));
}
