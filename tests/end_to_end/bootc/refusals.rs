// SPDX-License-Identifier: GPL-3.0-or-later
//! Images that cannot be had, or not be started: a typed refusal, and nothing changed.

use std::time::{Duration, Instant};

use isotope_client::{SwitchOptions, UpdateOptions};
use isotope_lab::{Availability, Backend, Publication};
use isotope_model::{CancelledWith, Outcome, Phase, Refusal};
use isotope_tests::Computer;

use super::{WISHES, Wish, done};

#[tokio::test]
async fn an_image_that_cannot_be_started_here_is_refused() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    for wish in WISHES {
        let next = || Publication::new(wish.variant(), computer.next_version());
        computer.publish_as(next().not_bootable());
        let refusal = wish.refused(&computer).await;
        assert!(matches!(refusal, Refusal::NotBootable { .. }), "{wish:?}: {refusal:?}");
        assert_eq!(computer.fingerprint(), before, "{wish:?}");

        computer.publish_as(next().architecture("s390x"));
        let refusal = wish.refused(&computer).await;
        let Refusal::WrongArchitecture { found, expected, .. } = &refusal else { panic!("{wish:?}: {refusal:?}") };
        assert_eq!(found.as_deref(), Some("s390x"));
        assert!(expected.is_some());
        assert_eq!(computer.fingerprint(), before, "{wish:?}");
    }
}

#[tokio::test]
async fn an_image_that_the_registry_does_not_have_is_refused() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    let tag = computer.reference("gnome").replace(":stable", ":testing");
    for image in [computer.reference("nothing"), tag] {
        let outcome = done(computer.client().await.switch(&image, SwitchOptions::default()).await).await;
        assert!(matches!(outcome, Outcome::Failed { refusal: Refusal::ImageNotFound { .. } }), "{image}: {outcome:?}");
    }
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_registry_that_does_not_serve_is_told_as_network_by_check_update_and_switch() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    computer.publish_variant("gnome");
    let image = computer.publish_variant("kde");
    for availability in [Availability::Unavailable, Availability::Refused] {
        computer.set_remote(availability);
        for wish in WISHES {
            let refusal = wish.refused(&computer).await;
            assert!(matches!(refusal, Refusal::Network { .. }), "{wish:?} {availability:?}: {refusal:?}");
        }
        let checked = done(computer.client().await.check().await).await;
        assert!(
            matches!(checked, Outcome::Failed { refusal: Refusal::Network { .. } }),
            "{availability:?}: {checked:?}"
        );
        assert_eq!(computer.fingerprint(), before, "{availability:?}");
    }
    computer.set_remote(Availability::Available);
    computer.assert_staged(&Wish::Switch.fulfil(&computer).await, &image);
}

#[tokio::test]
async fn a_registry_that_stalls_can_be_cancelled_by_switch_and_check() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    computer.publish_variant("kde");
    computer.set_remote(Availability::Stalled);
    let client = computer.client().await;
    cancel(client.switch(&computer.reference("kde"), SwitchOptions::default()).await.unwrap()).await;
    cancel(client.check().await.unwrap()).await;
    assert_eq!(computer.fingerprint(), before);
    assert!(computer.lab().processes("bootc").unwrap().is_empty() && computer.lock_is_free());
}

/// What asks for images tries again a few times, after as long as the registry said.
#[tokio::test]
async fn a_registry_that_is_asked_too_often_is_told_as_network_and_waiting_for_it_can_be_cancelled() {
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    let image = computer.publish_variant("kde");
    computer.set_remote(Availability::TooManyRequests);
    for wish in WISHES {
        let operation = wish.start(&computer).await.unwrap();
        let running = Computer::wait_for_phase(operation, Phase::Checking).await.unwrap();
        let began = Instant::now();
        while running.operation.status().await.unwrap().progress.seconds_in_phase.is_none_or(|seconds| seconds < 2) {
            assert!(began.elapsed() < Duration::from_secs(20), "{wish:?}: no life is shown");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        cancel(running.operation).await;
        assert_eq!(computer.fingerprint(), before, "{wish:?}");

        let began = Instant::now();
        let refusal = wish.refused(&computer).await;
        assert!(matches!(refusal, Refusal::Network { .. }), "{wish:?}: {refusal:?}");
        assert!(began.elapsed() < Duration::from_secs(40), "{wish:?}: {:?}", began.elapsed());
        assert_eq!(computer.fingerprint(), before, "{wish:?}");
    }
    computer.set_remote(Availability::Available);
    computer.assert_staged(&Wish::Switch.fulfil(&computer).await, &image);
}

async fn cancel(operation: isotope_client::Operation) {
    let running = Computer::wait_for_phase(operation, Phase::Checking).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
}

#[tokio::test]
async fn another_image_than_the_previewed_one_is_not_staged() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, previewed) = computer.publish(|publication| publication);
    let (_, found) = computer.publish(|publication| publication.payload(6 << 20));
    let before = computer.fingerprint();
    let served = computer.lab().remote_traffic().unwrap().bytes;
    let expected = Some(previewed.clone());
    let options = UpdateOptions { expected, ..UpdateOptions::default() };
    let outcome = done(computer.client().await.update(options).await).await;
    assert_eq!(
        outcome,
        Outcome::Failed { refusal: Refusal::ImageChanged { expected: previewed, found: found.clone() } }
    );
    assert_eq!(computer.fingerprint(), before);
    let served = computer.lab().remote_traffic().unwrap().bytes - served;
    assert!(served < 3 << 20, "it was downloaded all the same: {served} bytes");
    let options = UpdateOptions { expected: Some(found.clone()), ..UpdateOptions::default() };
    computer.assert_staged(&done(computer.client().await.update(options).await).await, &found);
}

#[tokio::test]
async fn without_room_for_another_kernel_in_boot_nothing_is_staged() {
    let computer = Computer::start_with(|options| {
        options.backend = Backend::Bootc;
        options.boot_bytes = Some(8 << 20);
    });
    computer.publish(|publication| publication.initramfs(4 << 20));
    let filler = computer.fill_boot(32 << 10);
    let before = computer.fingerprint();
    let refusal = Wish::Update.refused(&computer).await;
    assert!(matches!(refusal, Refusal::NoSpace { .. }), "{refusal:?}");
    assert_eq!(computer.fingerprint(), before);
    assert_eq!(computer.staged(), None);
    std::fs::remove_file(filler).unwrap();
    let outcome = Wish::Update.fulfil(&computer).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
}
