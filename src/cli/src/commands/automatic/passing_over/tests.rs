// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_model::{AutomaticUpdater, ImageReference, Settings, UpdateDriver, capabilities};

use super::*;
use crate::render::samples;

const DAY: u64 = 24 * 60 * 60;

fn changed(mut state: ServiceState, change: impl FnOnce(&mut Snapshot)) -> ServiceState {
    change(Arc::make_mut(&mut state.snapshot));
    state.capabilities = capabilities(&state.snapshot).into();
    state
}

fn code_at(now: u64, state: &ServiceState, surroundings: Surroundings) -> Option<String> {
    Before { state, surroundings, history: &[], now }.passed_over().map(|passed| passed.code())
}

/// A day after the last check.
fn code(state: &ServiceState, surroundings: Surroundings) -> Option<String> {
    code_at(samples::NOW + DAY, state, surroundings)
}

fn set(settings: Settings) -> ServiceState {
    changed(samples::plain(), |snapshot| snapshot.settings = settings)
}

fn downloading(state: ServiceState) -> ServiceState {
    changed(state, |snapshot| snapshot.settings.automatic = AutomaticMode::Download)
}

#[test]
fn what_is_around_the_computer_decides_unless_it_is_said_not_to() {
    let all = Surroundings { offline: false, metered: true, on_battery: true };
    assert_eq!(code(&set(Settings::default()), Surroundings::default()), None);
    assert_eq!(code(&set(Settings::default()), all).as_deref(), Some("metered"));
    let on_metered = Settings { on_metered: true, ..Settings::default() };
    assert_eq!(code(&set(on_metered.clone()), all).as_deref(), Some("battery"));
    let everywhere = Settings { on_battery: true, ..on_metered };
    assert_eq!(code(&set(everywhere.clone()), all), None);
    assert_eq!(code(&set(everywhere.clone()), Surroundings { offline: true, ..all }).as_deref(), Some("offline"));
    let off = Settings { automatic: AutomaticMode::Off, ..everywhere };
    assert_eq!(code(&set(off), Surroundings::default()).as_deref(), Some("off"));
}

#[test]
fn who_takes_care_of_updates_is_left_to_it() {
    let beside = |does, mode| {
        changed(samples::plain(), |snapshot| {
            let updater = AutomaticUpdater { name: "uupd".into(), unit: "uupd.timer".into(), does };
            snapshot.host.automatic_updaters = vec![updater];
            snapshot.settings.automatic = mode;
        })
    };
    for (does, mode, expected) in [
        (AutomaticUpdates::Stage, AutomaticMode::Check, Some("another-updater")),
        (AutomaticUpdates::Unknown, AutomaticMode::Download, Some("another-updater")),
        // What one that only looks has found is told to nobody.
        (AutomaticUpdates::Check, AutomaticMode::Check, None),
        (AutomaticUpdates::Check, AutomaticMode::Download, None),
        (AutomaticUpdates::None, AutomaticMode::Check, None),
        (AutomaticUpdates::None, AutomaticMode::Download, None),
        (AutomaticUpdates::Unknown, AutomaticMode::Check, Some("another-updater")),
        (AutomaticUpdates::Apply, AutomaticMode::Download, Some("another-updater")),
    ] {
        let state = beside(does, mode);
        assert_eq!(code(&state, Surroundings::default()).as_deref(), expected, "{does:?} {mode:?}");
    }
    let driven = changed(samples::plain(), |snapshot| {
        snapshot.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
    });
    assert_eq!(code(&driven, Surroundings::default()).as_deref(), Some("update-driver"));
}

#[test]
fn nothing_is_done_where_there_is_nothing_to_do_it_with() {
    let followed_nowhere = |snapshot: &mut Snapshot| snapshot.deployments.iter_mut().for_each(|one| one.image = None);
    for (change, expected) in [
        ((|snapshot| snapshot.host.image_based = false) as fn(&mut Snapshot), "not-image-based"),
        (followed_nowhere, "no-update-source"),
        (|snapshot| snapshot.deployments[0].booted = false, "not-booted"),
    ] {
        assert_eq!(code(&changed(samples::plain(), change), Surroundings::default()).as_deref(), Some(expected));
    }
}

#[test]
fn what_somebody_has_decided_is_not_undone() {
    let kde = ImageReference::from_refspec("alma:desktop/10/kde").ok();
    let switch = changed(samples::updated(), |snapshot| snapshot.deployments[0].image = kde);
    for (state, expected) in [
        (samples::rolled_back(), Some("queued")),
        (samples::held_back(), Some("held-back")),
        (switch, Some("chosen")),
        (samples::trial(), Some("trial")),
        (samples::updated(), None),
        (samples::plain(), None),
    ] {
        let told = code(&downloading(state.clone()), Surroundings::default());
        assert_eq!(told.as_deref(), expected, "{:?}", state.snapshot);
        assert_eq!(code(&state, Surroundings::default()), None, "looking undoes nothing");
    }
}

#[test]
fn once_a_day_is_often_enough_unless_something_waits_to_be_downloaded() {
    let lately = |state: &ServiceState| code_at(samples::NOW, state, Surroundings::default());
    assert_eq!(lately(&samples::plain()).as_deref(), Some("recent"));
    let found = changed(samples::plain(), |snapshot| snapshot.available = Some(samples::available()));
    assert_eq!(lately(&found).as_deref(), Some("recent"));
    assert_eq!(lately(&downloading(found)), None);
    assert_eq!(lately(&changed(samples::plain(), |snapshot| snapshot.last_checked = None)), None);
    let ahead = changed(samples::plain(), |snapshot| snapshot.last_checked = Some(samples::NOW + DAY));
    assert_eq!(lately(&ahead), None, "the clock was wrong then");
}

#[test]
fn what_cannot_be_known_replaces_nothing() {
    let unknown = |state: ServiceState| not_downloaded(&Outcome::OnlyUpdateTells, &state.snapshot, &[]);
    assert_eq!(unknown(samples::plain()), None);
    assert_eq!(unknown(samples::updated()), Some(Passed::Staged));
    assert_eq!(unknown(samples::went_back()), Some(Passed::GoneBack));
    let mut update = samples::available();
    let told = |update| {
        let found = Outcome::UpdateAvailable { update };
        not_downloaded(&found, &samples::went_back().snapshot, &[])
    };
    assert_eq!(told(update.clone()), None);
    update.checksum = "3".repeat(64);
    assert_eq!(told(update), Some(Passed::GoneBack));
}

#[test]
fn whoever_was_faster_makes_no_failure() {
    let changed = Refusal::ImageChanged { expected: "1".into(), found: "2".into() };
    assert_eq!(overtaken(&Refusal::Busy { operation: None }), Some(Passed::Busy));
    assert_eq!(overtaken(&Refusal::StateChanged), Some(Passed::Changed));
    assert_eq!(overtaken(&changed), Some(Passed::Changed));
    assert_eq!(overtaken(&Refusal::NotBooted), None);
}
