// SPDX-License-Identifier: GPL-3.0-or-later
//! A daemon that goes wrong: each time what the person sees is the truth, and says what to do.

use std::time::Duration;

use isotope_client::UpdateOptions;
use isotope_lab::{Backend, RpmOstreeFault, RpmOstreeMoment};
use isotope_model::dictionary::Dictionary;
use isotope_model::{CancelledWith, Outcome, Phase, Refusal};
use isotope_tests::Computer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{ORIGINS, refusal_of, text, update};

/// The daemon that runs ends; the next one is started with the fault.
fn end_daemon(computer: &Computer) {
    for process in computer.lab().processes("rpm-ostree").unwrap() {
        let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
    }
}

#[tokio::test]
async fn a_daemon_that_does_not_start_is_told_and_changes_nothing() {
    let computer = Computer::start_on(Backend::RpmOstree);
    computer.publish(|publication| publication);
    end_daemon(&computer);
    computer.lab().set_rpm_ostree_fault(RpmOstreeFault::DoesNotStart).unwrap();
    let before = computer.fingerprint();
    let Refusal::ProgramUnavailable { program, .. } = refusal_of(update(&computer).await) else { panic!("not told") };
    assert_eq!(program, "rpm-ostree");
    let shown = text(&computer.person().isotopectl(&["update"]));
    assert!(shown.contains("rpm-ostree does not") && shown.contains("systemctl status rpm-ostreed"), "{shown}");
    assert_eq!(computer.fingerprint(), before);
    assert!(computer.client().await.snapshot().await.unwrap().booted().is_some(), "what is read needs no daemon");
    computer.lab().clear_rpm_ostree_fault().unwrap();
    assert!(matches!(update(&computer).await, Outcome::Staged { .. }));
}

#[tokio::test]
async fn a_daemon_that_starts_late_or_answers_late_is_waited_for_in_sight_and_can_be_left() {
    for fault in [RpmOstreeFault::StartsLate { seconds: 6 }, RpmOstreeFault::AnswersLate { seconds: 3 }] {
        let computer = Computer::start_on(Backend::RpmOstreeBranch);
        let (_, image) = computer.publish(|publication| publication);
        end_daemon(&computer);
        computer.lab().set_rpm_ostree_fault(fault.clone()).unwrap();
        let client = computer.client().await;
        let operation = client.update(UpdateOptions::default()).await.unwrap();
        let mut seen = Vec::new();
        let outcome = operation.follow(|status| seen.push(status.progress.clone())).await.unwrap();
        let waits = |progress: &isotope_model::Progress| {
            progress.phase == Phase::Waiting && progress.waits_for.as_deref() == Some("rpm-ostree")
        };
        assert!(seen.iter().any(waits), "{fault:?}: {seen:?}");
        computer.assert_staged(&outcome, &image);
    }
    let computer = Computer::start_on(Backend::RpmOstreeBranch);
    computer.publish(|publication| publication);
    end_daemon(&computer);
    computer.lab().set_rpm_ostree_fault(RpmOstreeFault::StartsLate { seconds: 20 }).unwrap();
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Waiting).await.unwrap();
    let began = std::time::Instant::now();
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert!(began.elapsed() < Duration::from_secs(10), "it is not waited for to the end");
}

#[tokio::test]
async fn a_daemon_that_dies_in_a_transaction_is_told_or_what_it_had_staged_is() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        for moment in [RpmOstreeMoment::Pulling, RpmOstreeMoment::Staging, RpmOstreeMoment::Staged] {
            let (_, image) = computer.publish(|publication| publication);
            let before = computer.fingerprint();
            computer.lab().set_rpm_ostree_fault(RpmOstreeFault::DiesInTransaction { moment }).unwrap();
            let outcome = update(&computer).await;
            computer.lab().clear_rpm_ostree_fault().unwrap();
            if moment == RpmOstreeMoment::Staged {
                computer.assert_staged(&outcome, &image);
                continue;
            }
            let refusal = refusal_of(outcome);
            assert!(
                matches!(&refusal, Refusal::ProgramEnded { program, .. } if program == "rpm-ostree"),
                "{refusal:?}"
            );
            assert_eq!(computer.fingerprint(), before, "{moment:?}");
        }
        computer.assert_next_update_starts().await;
    }
}

#[tokio::test]
async fn a_transaction_that_failed_is_told_in_its_words_and_one_that_staged_all_the_same_as_staged() {
    let computer = Computer::start_on(Backend::RpmOstree);
    let (_, image) = computer.publish(|publication| publication);
    let fault = |staged| RpmOstreeFault::FinishedFalse { text: "error: the moon is full".into(), staged };
    computer.lab().set_rpm_ostree_fault(fault(false)).unwrap();
    let before = computer.fingerprint();
    let Refusal::Failed { detail } = refusal_of(update(&computer).await) else { panic!("not told") };
    assert!(detail.contains("the moon is full"), "{detail}");
    let shown = text(&computer.person().isotopectl(&["update"]));
    assert!(shown.contains("the moon is full"), "{shown}");
    assert_eq!(computer.fingerprint(), before);
    computer.lab().set_rpm_ostree_fault(fault(true)).unwrap();
    computer.assert_staged(&update(&computer).await, &image);
}

#[tokio::test]
async fn a_cancel_that_takes_twenty_seconds_is_waited_for_in_sight() {
    let computer = Computer::start_on(Backend::RpmOstree);
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(1 << 20);
    let before = computer.fingerprint();
    computer.lab().set_rpm_ostree_fault(RpmOstreeFault::SlowCancel { seconds: 20 }).unwrap();
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Pulling).await.unwrap();
    running.operation.cancel().await.unwrap();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let operation = client.current_operation().await.unwrap().expect("still in sight");
    assert!(operation.status().await.unwrap().outcome.is_none());
    let shown = text(&computer.person().isotopectl(&["status"]));
    assert!(shown.contains("In progress") && shown.contains("Updating"), "what runs is told: {shown}");
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_daemon_that_says_nothing_or_far_too_much_updates_all_the_same() {
    for fault in [RpmOstreeFault::Silent, RpmOstreeFault::ManySignals] {
        for backend in ORIGINS {
            let computer = Computer::start_on(backend);
            let (_, image) = computer.publish(|publication| publication);
            computer.lab().set_rpm_ostree_fault(fault.clone()).unwrap();
            computer.assert_staged(&update(&computer).await, &image);
        }
    }
}

#[tokio::test]
async fn while_the_daemon_is_busy_for_another_program_the_person_is_told_with_what_and_for_whom() {
    let computer = Computer::start_on(Backend::RpmOstree);
    let (_, image) = computer.publish(|publication| publication.payload(16 << 20));
    computer.slow_remote(2 << 20);
    let client = computer.client().await;
    client.service().watch(Dictionary::new()).await.unwrap();
    let mut other = computer.update_by_another();
    super::line_of(&mut other);
    let operation = super::operation_in_sight(&client).await;
    let refused = computer.person().isotopectl(&["update"]);
    let told = text(&refused);
    assert_eq!(refused.status.code(), Some(7), "{told}");
    assert!(told.contains("gnome-software") && told.contains("isotopectl watch"), "{told}");
    assert!(super::last_line_of(other).contains("finished: true"));
    assert!(matches!(operation.follow(|_| {}).await.unwrap(), Outcome::Staged { .. }));
    assert_eq!(computer.staged_image(), Some(image));
    while client.current_operation().await.unwrap().is_some() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(update(&computer).await, Outcome::UpToDate);
}
