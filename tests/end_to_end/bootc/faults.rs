// SPDX-License-Identifier: GPL-3.0-or-later
//! A bootc that goes wrong: each time a typed error, or the truth.

use std::time::{Duration, Instant};

use isotope_lab::{Backend, BootcFault, BootcMoment};
use isotope_model::{CancelledWith, Outcome, Phase, Refusal};
use isotope_tests::{Computer, Running};

use super::{WISHES, Wish, assert_snapshot_is_true};

/// What is said differs, what is done does not.
const OF_SPEECH: [BootcFault; 5] = [
    BootcFault::Silent,
    BootcFault::HalfLine,
    BootcFault::LongLine,
    BootcFault::InvalidUtf8,
    BootcFault::ClosesProgress,
];

#[tokio::test]
async fn whatever_bootc_says_what_it_staged_is_told() {
    let computer = Computer::start_on(Backend::Bootc);
    for wish in WISHES {
        for fault in OF_SPEECH {
            let told = format!("{wish:?} {fault:?}");
            let image = computer.publish_variant(wish.variant());
            computer.lab().set_bootc_fault(fault, BootcMoment::default(), Some(wish.verb())).unwrap();
            let outcome = wish.fulfil(&computer).await;
            let Outcome::Staged { deployment, .. } = &outcome else { panic!("{told}: {outcome:?}") };
            assert_eq!(computer.image_of_deployment(deployment), image, "{told}");
            assert_eq!(computer.staged_image(), Some(image), "{told}");
            assert_snapshot_is_true(&computer, &told).await;
            if wish == Wish::Switch {
                let client = computer.client().await;
                super::done(client.discard(isotope_client::DiscardOptions::default()).await).await;
            }
        }
    }
    computer.assert_commits_whole();
}

#[tokio::test]
async fn a_bootc_that_reports_success_and_staged_nothing_is_not_believed() {
    let computer = Computer::start_on(Backend::Bootc);
    for wish in WISHES {
        let image = computer.publish_variant(wish.variant());
        let before = computer.fingerprint();
        computer.lab().set_bootc_fault(BootcFault::StagesNothing, BootcMoment::default(), None).unwrap();
        let outcome = wish.fulfil(&computer).await;
        assert!(matches!(outcome, Outcome::Failed { .. }), "{wish:?}: {outcome:?}");
        assert_eq!(computer.fingerprint(), before, "{wish:?}");
        assert_snapshot_is_true(&computer, "it staged nothing").await;
        computer.lab().clear_bootc_fault().unwrap();
        computer.assert_staged(&wish.fulfil(&computer).await, &image);
        let client = computer.client().await;
        super::done(client.discard(isotope_client::DiscardOptions::default()).await).await;
    }
}

#[tokio::test]
async fn a_bootc_that_is_killed_while_it_works_ends_in_an_error_and_nothing_is_changed() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    for wish in WISHES {
        for moment in [BootcMoment::Pulling, BootcMoment::Importing, BootcMoment::Staging] {
            computer.publish_variant(wish.variant());
            computer.lab().set_bootc_fault(BootcFault::Killed, moment, None).unwrap();
            let refusal = wish.refused(&computer).await;
            let Refusal::Failed { detail } = &refusal else { panic!("{wish:?} {moment:?}: {refusal:?}") };
            assert!(detail.contains("signal"), "{wish:?} {moment:?}: {detail}");
            assert_eq!(computer.fingerprint(), before, "{wish:?} {moment:?}");
        }
    }
    computer.lab().clear_bootc_fault().unwrap();
    computer.assert_next_update_starts().await;
}

#[tokio::test]
async fn what_a_bootc_had_staged_before_it_was_killed_is_told() {
    for wish in WISHES {
        let computer = Computer::start_on(Backend::Bootc);
        let image = computer.publish_variant(wish.variant());
        computer.lab().set_bootc_fault(BootcFault::Killed, BootcMoment::Staged, None).unwrap();
        let outcome = wish.fulfil(&computer).await;
        computer.assert_staged(&outcome, &image);
        assert_snapshot_is_true(&computer, "killed when it had staged").await;
        computer.lab().restart().unwrap();
        assert_eq!(computer.booted_image(), image);
    }
}

/// A switch whose bootc has staged everything and does not end.
async fn never_ending(computer: &Computer) -> (Running, String) {
    let image = computer.publish_variant("kde");
    computer.lab().set_bootc_fault(BootcFault::NeverEnds, BootcMoment::default(), Some("switch")).unwrap();
    let running = Computer::wait_for_phase(Wish::Switch.start(computer).await.unwrap(), Phase::Staging).await.unwrap();
    shows_life(&running, Phase::Staging).await;
    assert_eq!(computer.staged_image().as_deref(), Some(image.as_str()));
    (running, image)
}

/// What does not advance tells for how long.
async fn shows_life(running: &Running, phase: Phase) {
    let began = Instant::now();
    loop {
        let progress = running.operation.status().await.unwrap().progress;
        if progress.seconds_in_phase.is_some_and(|seconds| seconds >= 2) {
            assert_eq!(progress.phase, phase, "{progress:?}");
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "no life is shown: {progress:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_bootc_that_never_ends_shows_life_and_a_cancel_tells_what_it_had_done() {
    let computer = Computer::start_on(Backend::Bootc);
    let (running, image) = never_ending(&computer).await;
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    let done = Outcome::Cancelled { left: CancelledWith::AlreadyDone };
    assert!(outcome == done || matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    assert_eq!(computer.staged_image().as_deref(), Some(image.as_str()));
    assert_snapshot_is_true(&computer, "it never ended").await;
    assert!(computer.lab().processes("bootc").unwrap().is_empty(), "nothing is left of it");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), image);
}

#[tokio::test]
async fn a_bootc_that_has_staged_everything_is_not_waited_for_for_ever() {
    let computer = Computer::start_on(Backend::Bootc);
    let (running, image) = never_ending(&computer).await;
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    computer.assert_staged(&outcome, &image);
    assert!(computer.lab().processes("bootc").unwrap().is_empty() && computer.lock_is_free());
}

#[tokio::test]
async fn a_look_for_updates_that_never_ends_shows_life_and_is_cancelled() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication);
    let before = computer.fingerprint();
    computer.lab().set_bootc_fault(BootcFault::NeverEnds, BootcMoment::default(), Some("upgrade")).unwrap();
    let operation = Wish::Update.start(&computer).await.unwrap();
    let running = Computer::wait_for_phase(operation, Phase::Checking).await.unwrap();
    shows_life(&running, Phase::Checking).await;
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert_eq!(computer.fingerprint(), before);
    assert!(computer.lab().processes("bootc").unwrap().is_empty() && computer.lock_is_free());
}
