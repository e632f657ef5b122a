// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_model::{
    BootRecord, BootVerdict, CancelledWith, Deployment, OperationKind, OperationStatus, Outcome, Progress, Refusal,
    Snapshot,
};

use super::super::test_states::{available, booted, operation, service, snapshot, staged};
use super::*;

const AWAY: Told<'_> = Told { uid: 1000, watched: false, wanted: true, closed_boot: None };
const HERE: Told<'_> = Told { watched: true, ..AWAY };
const UNWANTED: Told<'_> = Told { wanted: false, ..AWAY };

/// One that has withdrawn what a program before it may have left.
fn notifier() -> Notifier {
    let mut notifier = Notifier::new(BTreeMap::new());
    notifier.see(&service(snapshot(vec![booted('1')])), &AWAY);
    notifier
}

/// The matters: `+` sent, `-` withdrawn.
fn told(notifier: &mut Notifier, state: &ServiceState, to: &Told<'_>) -> Vec<String> {
    let text = |change| match change {
        NotificationChange::Send(notification) => format!("+{}", notification.matter.id()),
        NotificationChange::Withdraw(matter) => format!("-{}", matter.id()),
    };
    notifier.see(state, to).into_iter().map(text).collect()
}

fn found() -> ServiceState {
    service(Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) })
}

fn ready() -> ServiceState {
    service(snapshot(vec![staged('2'), booted('1')]))
}

fn with(operation: OperationStatus, state: ServiceState) -> ServiceState {
    ServiceState { operation: Some(Arc::new(operation)), ..state }
}

fn running(kind: OperationKind) -> OperationStatus {
    operation(kind, Progress::default())
}

fn over(kind: OperationKind, outcome: Outcome) -> OperationStatus {
    OperationStatus { outcome: Some(outcome), ..running(kind) }
}

#[test]
fn an_update_is_told_once_from_found_to_installed() {
    let mut notifier = notifier();
    assert_eq!(told(&mut notifier, &found(), &AWAY), ["+update-found"]);
    assert_eq!(told(&mut notifier, &found(), &AWAY), [""; 0]);
    assert_eq!(told(&mut notifier, &with(running(OperationKind::Check), found()), &AWAY), [""; 0]);
    assert_eq!(told(&mut notifier, &with(running(OperationKind::Update), found()), &AWAY), ["-update-found"]);
    let deployment = staged('2').id;
    let outcome = Outcome::Staged { deployment, replaced: None, released: None, pinned: None };
    let done = with(over(OperationKind::Update, outcome), ready());
    assert_eq!(told(&mut notifier, &done, &AWAY), ["+update-ready"], "what is ready is not told a second time as done");
    assert_eq!(told(&mut notifier, &service(snapshot(vec![booted('2')])), &AWAY), ["-update-ready"]);
}

#[test]
fn what_was_not_downloaded_after_all_is_not_told_again() {
    let mut notifier = notifier();
    told(&mut notifier, &found(), &AWAY);
    told(&mut notifier, &with(running(OperationKind::Update), found()), &AWAY);
    let cancelled = Outcome::Cancelled { left: CancelledWith::NothingChanged };
    assert_eq!(told(&mut notifier, &with(over(OperationKind::Update, cancelled), found()), &AWAY), [""; 0]);
}

#[test]
fn what_is_discarded_and_staged_again_is_told_again() {
    let mut notifier = notifier();
    assert_eq!(told(&mut notifier, &ready(), &AWAY), ["+update-ready"]);
    assert_eq!(told(&mut notifier, &service(snapshot(vec![booted('1')])), &AWAY), ["-update-ready"]);
    assert_eq!(told(&mut notifier, &ready(), &AWAY), ["+update-ready"]);
    let held = Deployment { finalization_locked: true, ..staged('2') };
    assert_eq!(told(&mut notifier, &service(snapshot(vec![held, booted('1')])), &AWAY), ["-update-ready"]);
}

#[test]
fn what_is_seen_in_the_window_is_not_told_and_withdrawn() {
    let mut notifier = notifier();
    assert_eq!(told(&mut notifier, &found(), &HERE), [""; 0]);
    assert_eq!(told(&mut notifier, &found(), &AWAY), [""; 0], "it was seen");
    assert_eq!(told(&mut notifier, &ready(), &AWAY), ["+update-ready"]);
    assert_eq!(told(&mut notifier, &ready(), &HERE), ["-update-ready"]);
    assert_eq!(told(&mut notifier, &ready(), &AWAY), [""; 0]);
}

#[test]
fn who_wants_none_gets_none() {
    let mut notifier = notifier();
    assert_eq!(told(&mut notifier, &ready(), &AWAY), ["+update-ready"]);
    assert_eq!(told(&mut notifier, &ready(), &UNWANTED), ["-update-ready"]);
    assert_eq!(told(&mut notifier, &found(), &UNWANTED), [""; 0]);
    assert_eq!(told(&mut notifier, &found(), &AWAY), ["+update-found"]);
}

#[test]
fn only_the_end_of_what_the_person_began_is_told() {
    let network = Outcome::Failed { refusal: Refusal::Network { detail: "x".into() } };
    let state = || service(snapshot(vec![booted('1')]));
    let mut notifier = notifier();
    told(&mut notifier, &with(running(OperationKind::Update), state()), &AWAY);
    let failed = with(over(OperationKind::Update, network.clone()), state());
    assert_eq!(told(&mut notifier, &failed, &AWAY), ["+failed"]);
    assert_eq!(told(&mut notifier, &failed, &AWAY), [""; 0]);
    let mut next = running(OperationKind::CleanUp);
    next.started += 1;
    assert_eq!(told(&mut notifier, &with(next.clone(), state()), &AWAY), ["-failed"]);
    next.outcome = Some(Outcome::CleanedUp { freed_bytes: None });
    assert_eq!(told(&mut notifier, &with(next, state()), &AWAY), ["+operation-ended"]);

    let mut others = running(OperationKind::Update);
    others.starter.uid = 0;
    told(&mut notifier, &with(others.clone(), state()), &AWAY);
    others.outcome = Some(network);
    assert_eq!(told(&mut notifier, &with(others, state()), &AWAY), [""; 0]);
}

#[test]
fn an_end_that_nobody_has_waited_for_is_not_told() {
    let failed = Outcome::Failed { refusal: Refusal::NotBooted };
    let state = with(over(OperationKind::Update, failed), service(snapshot(vec![booted('1')])));
    assert_eq!(told(&mut notifier(), &state, &AWAY), [""; 0]);
}

#[test]
fn a_surprising_start_is_told_once_also_by_the_next_program() {
    let last_boot = BootRecord {
        time: 7,
        boot_id: "b".into(),
        deployment: booted('1').id,
        version: Some("10.1".into()),
        name: None,
        verdict: BootVerdict::StagedLost { expected: Some("10.2".into()) },
    };
    let state = service(Snapshot { last_boot: Some(last_boot), ..snapshot(vec![booted('1')]) });
    let mut first = notifier();
    assert_eq!(told(&mut first, &state, &AWAY), ["+boot"]);
    let mut next = Notifier::new(first.told().clone());
    assert!(!told(&mut next, &state, &AWAY).contains(&"+boot".into()));
    assert!(told(&mut next, &state, &Told { closed_boot: Some("b"), ..AWAY }).contains(&"-boot".into()));
}

#[test]
fn what_a_program_before_has_left_and_is_out_of_date_is_withdrawn() {
    let mut notifier = Notifier::new(BTreeMap::new());
    let withdrawn = told(&mut notifier, &service(snapshot(vec![booted('1')])), &AWAY);
    assert_eq!(withdrawn, Matter::ALL.map(|matter| format!("-{}", matter.id())));
}
