// SPDX-License-Identifier: GPL-3.0-or-later
//! A cancel leaves what it says, and what was downloaded whole is not downloaded again.

use std::time::{Duration, Instant};

use isotope_client::{Client, DiscardOptions, UpdateOptions};
use isotope_lab::{Backend, RemoteBehaviour};
use isotope_model::{CancelledWith, Outcome, Phase};
use isotope_tests::{Computer, Running};

use super::done;

/// An update that has pulled so many bytes.
async fn pulled(client: &Client, bytes: u64) -> Running {
    let operation = client.update(UpdateOptions::default()).await.unwrap();
    let began = Instant::now();
    loop {
        let status = operation.status().await.unwrap();
        assert_eq!(status.outcome, None, "it ended too early");
        if status.progress.phase == Phase::Pulling && status.progress.bytes.is_some_and(|there| there >= bytes) {
            return Running { operation, status };
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{status:?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn served(computer: &Computer) -> u64 {
    computer.lab().remote_traffic().unwrap().bytes
}

#[tokio::test]
async fn layers_that_were_whole_when_an_update_was_cancelled_are_not_downloaded_again() {
    const PAYLOAD: u64 = 12 << 20;
    let computer = Computer::start_on(Backend::Bootc);
    let before = computer.fingerprint();
    let (_, image) = computer.publish(|publication| publication.payload(PAYLOAD));
    computer.slow_remote(4 << 20);
    let client = computer.client().await;
    let running = pulled(&client, PAYLOAD / 2).await;
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert_eq!(computer.fingerprint(), before);
    assert!(computer.lab().processes("skopeo").unwrap().is_empty(), "nothing goes on downloading");

    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    let there = served(&computer);
    computer.assert_staged(&computer.update().await.unwrap(), &image);
    let again = served(&computer) - there;
    // One layer was cut; of what was whole before it nothing is asked for again.
    assert!(again < PAYLOAD * 3 / 4, "{again} bytes were downloaded after the cancel");
}

#[tokio::test]
async fn a_cancel_at_any_moment_leaves_what_its_outcome_says() {
    let computer = Computer::start_on(Backend::Bootc);
    let client = computer.client().await;
    for (phase, wait) in
        [(Phase::Checking, 0), (Phase::Pulling, 100), (Phase::Importing, 0), (Phase::Staging, 0), (Phase::Staging, 20)]
    {
        // A download lasts, so that a cancel in it cannot come too late; the rest is over in moments.
        let lasts = phase == Phase::Pulling;
        let (_, image) = computer.publish(|publication| if lasts { publication.payload(6 << 20) } else { publication });
        let slow = RemoteBehaviour { bytes_per_second: lasts.then_some(1 << 20), ..RemoteBehaviour::default() };
        computer.lab().set_remote(slow).unwrap();
        let before = computer.fingerprint();
        let operation = client.update(UpdateOptions::default()).await.unwrap();
        let path = operation.path();
        // Where the moment is over before it was seen, there is an outcome all the same.
        let _ = Computer::wait_for_phase(operation, phase).await;
        let operation = isotope_client::Operation::at(client.connection(), path).await.unwrap();
        tokio::time::sleep(Duration::from_millis(wait)).await;
        let _ = operation.cancel().await;
        let outcome = operation.follow(|_| {}).await.unwrap();
        match &outcome {
            Outcome::Cancelled { left: CancelledWith::NothingChanged } => assert_eq!(computer.fingerprint(), before),
            Outcome::Cancelled { left: CancelledWith::AlreadyDone } | Outcome::Staged { .. } => {
                assert_eq!(computer.staged_image(), Some(image), "{phase:?}: {outcome:?}");
                done(client.discard(DiscardOptions::default()).await).await;
            }
            other => panic!("{phase:?}: {other:?}"),
        }
        assert!(computer.lock_is_free(), "{phase:?}");
        assert!(!lasts || outcome == Outcome::Cancelled { left: CancelledWith::NothingChanged }, "{outcome:?}");
    }
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    computer.assert_next_update_starts().await;
}

#[tokio::test]
async fn a_clean_up_frees_the_layers_that_a_cancelled_download_and_a_discarded_switch_left() {
    let computer = Computer::start_with(|options| {
        options.backend = Backend::Bootc;
        options.payload_bytes = 8 << 20;
    });
    let client = computer.client().await;
    computer.publish_variant("kde");
    let kde = computer.reference("kde");
    done(client.switch(&kde, isotope_client::SwitchOptions::default()).await).await;
    done(client.discard(DiscardOptions::default()).await).await;
    computer.publish(|publication| publication.payload(16 << 20));
    computer.slow_remote(4 << 20);
    let running = pulled(&client, 8 << 20).await;
    running.operation.cancel().await.unwrap();
    running.operation.follow(|_| {}).await.unwrap();
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();

    let before = computer.fingerprint();
    let promised = client.disk_usage().await.unwrap().clean_up_bytes;
    let outcome = done(client.clean_up(None).await).await;
    let Outcome::CleanedUp { freed_bytes: Some(freed) } = outcome else { panic!("{outcome:?}") };
    assert!(freed > 10 << 20, "promised {promised}, freed {freed}");
    assert!(freed.abs_diff(promised) < promised / 10, "promised {promised}, freed {freed}");
    assert_eq!(computer.fingerprint(), before);
    assert_eq!(computer.commits_held_for_deployments(), [computer.booted().checksum].into());
    computer.assert_commits_whole();
    let outcome = computer.update().await.unwrap();
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
}
