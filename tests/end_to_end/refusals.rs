// SPDX-License-Identifier: GPL-3.0-or-later
//! What goes wrong gets a typed refusal, and changes nothing.

use std::time::{Duration, SystemTime};

use isotope_client::{Client, UpdateOptions};
use isotope_lab::{Availability, Backend, Signing};
use isotope_model::{CancelledWith, Outcome, Phase, Refusal, SignatureProblem, StateToken};
use isotope_tests::Computer;

on_every_program! {
    a_server_that_is_down_is_told_as_network,
    a_server_that_stalls_can_be_cancelled,
    a_full_disk_is_told_and_leaves_the_system_as_it_was,
    an_older_image_is_refused,
    an_update_to_another_image_than_previewed_is_refused_before_it_is_downloaded,
    a_stale_state_token_is_refused,
    while_another_program_holds_the_lock_an_update_waits_in_sight_and_can_be_cancelled,
    an_update_goes_on_when_the_lock_is_released,
    a_second_operation_is_refused_while_one_runs,
}

async fn update_refused(computer: &Computer) -> Refusal {
    match computer.update().await {
        Ok(Outcome::Failed { refusal }) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn an_image_signed_with_a_foreign_key_is_refused() {
    let computer = Computer::start();
    let before = computer.fingerprint();
    computer.publish(|publication| publication.signing(Signing::Untrusted));
    let refusal = update_refused(&computer).await;
    assert!(
        matches!(&refusal, Refusal::SignatureRefused { problem: SignatureProblem::UntrustedKey, .. }),
        "{refusal:?}"
    );
    assert_eq!(computer.fingerprint(), before);
    computer.publish(|publication| publication);
    assert!(matches!(computer.update().await.unwrap(), Outcome::Staged { .. }), "a good image still comes through");
}

#[tokio::test]
async fn an_unsigned_image_is_refused_by_check_and_by_update() {
    let computer = Computer::start();
    let before = computer.fingerprint();
    computer.publish(|publication| publication.signing(Signing::None));
    let missing =
        |refusal: &Refusal| matches!(refusal, Refusal::SignatureRefused { problem: SignatureProblem::Missing, .. });
    let checked = computer.client().await.check().await.unwrap().follow(|_| {}).await.unwrap();
    assert!(matches!(&checked, Outcome::Failed { refusal } if missing(refusal)), "{checked:?}");
    let refusal = update_refused(&computer).await;
    assert!(missing(&refusal), "{refusal:?}");
    assert_eq!(computer.fingerprint(), before);
}

async fn a_server_that_is_down_is_told_as_network(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    for availability in [Availability::Refused, Availability::Unavailable] {
        computer.set_remote(availability);
        let refusal = update_refused(&computer).await;
        assert!(matches!(refusal, Refusal::Network { .. }), "{refusal:?}");
    }
    assert_eq!(computer.fingerprint(), before);
}

async fn a_server_that_stalls_can_be_cancelled(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication);
    computer.set_remote(Availability::Stalled);
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Checking).await.unwrap();
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
}

async fn a_full_disk_is_told_and_leaves_the_system_as_it_was(backend: Backend) {
    let computer = Computer::start_with(|options| {
        options.backend = backend;
        options.sysroot_bytes = 96 << 20;
    });
    let before = computer.fingerprint();
    computer.publish(|publication| publication.payload(160 << 20));
    let refusal = update_refused(&computer).await;
    assert!(matches!(refusal, Refusal::NoSpace { .. }), "{refusal:?}");
    assert_eq!(computer.fingerprint(), before);
    computer.lab().restart().unwrap();
}

async fn an_older_image_is_refused(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    computer.publish(|publication| publication.built(long_ago));
    let refusal = update_refused(&computer).await;
    assert!(matches!(refusal, Refusal::Older { .. }), "{refusal:?}");
    assert_eq!(computer.fingerprint(), before);
}

async fn an_update_to_another_image_than_previewed_is_refused_before_it_is_downloaded(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let (_, found) = computer.publish(|publication| publication);
    let expected = computer.no_image();
    let options = UpdateOptions { expected: Some(expected.clone()), ..UpdateOptions::default() };
    let operation = computer.client().await.update(options).await.unwrap();
    let mut pulled = false;
    let outcome = operation.follow(|status| pulled |= status.progress.phase == Phase::Pulling).await.unwrap();
    assert_eq!(outcome, Outcome::Failed { refusal: Refusal::ImageChanged { expected, found } });
    assert!(!pulled);
    assert_eq!(computer.fingerprint(), before);
}

async fn a_stale_state_token_is_refused(backend: Backend) {
    let computer = Computer::start_on(backend);
    let client = computer.client().await;
    let token = client.snapshot().await.unwrap().token;
    computer.root(&["ostree", "admin", "pin", "0"]);
    let options = UpdateOptions { token: Some(token), ..UpdateOptions::default() };
    let error = client.update(options).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::StateChanged));
    let nonsense = UpdateOptions { token: Some(StateToken("x".into())), ..UpdateOptions::default() };
    assert_eq!(client.update(nonsense).await.unwrap_err().refusal(), Some(&Refusal::StateChanged));
}

async fn while_another_program_holds_the_lock_an_update_waits_in_sight_and_can_be_cancelled(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication);
    let before = computer.fingerprint();
    computer.set_remote(Availability::Stalled);
    let mut other = computer.update_by_another();
    let client = computer.client().await;
    let running = loop {
        // Until it has the lock, an update would simply run.
        let running = computer.update_until(&client, Phase::Waiting).await.unwrap();
        if running.status.progress.phase == Phase::Waiting {
            break running;
        }
        running.operation.cancel().await.unwrap();
        running.operation.follow(|_| {}).await.unwrap();
    };
    let progress = running.status.progress;
    let waits_for = progress.waits_for.as_deref().unwrap_or_default();
    // rpm-ostree says what it does, as whoever had it do that calls it.
    let told = if backend.is_rpm_ostree() { "gnome-software upgrade" } else { computer.updating_program() };
    assert!(waits_for == told || waits_for == computer.updating_program(), "{progress:?}");
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(computer.fingerprint(), before);
}

async fn an_update_goes_on_when_the_lock_is_released(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (_, image) = computer.publish(|publication| publication);
    let lock = computer.hold_lock();
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Waiting).await.unwrap();
    assert_eq!(running.status.progress.phase, Phase::Waiting);
    drop(lock);
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    computer.assert_staged(&outcome, &image);
}

async fn a_second_operation_is_refused_while_one_runs(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Pulling).await.unwrap();
    let busy = |error: isotope_client::ClientError| matches!(error.refusal(), Some(Refusal::Busy { .. }));
    assert!(busy(client.check().await.unwrap_err()));
    assert!(busy(client.update(UpdateOptions::default()).await.unwrap_err()));
    running.operation.cancel().await.unwrap();
}

#[tokio::test]
async fn unknown_and_malformed_options_are_refused_by_every_method() {
    let computer = Computer::start();
    let before = computer.fingerprint();
    let client: Client = computer.client().await;
    let person = computer.person();
    let object = isotope_model::names::OBJECT_PATH;
    let long = "a".repeat(4_000_000);
    for method in ["GetSnapshot", "Watch", "Unwatch", "Check", "Update", "RollBack"] {
        let mut call = person.prepare(object, method, &serde_json::json!({ "colour": "red" }), false).unwrap();
        call.make().unwrap();
        assert_eq!(call.answer().unwrap()["error"], "UnknownOption", "{method}");
    }
    for (method, option) in [
        ("Check", "state-token"),
        ("Update", "state-token"),
        ("Update", "expected-checksum"),
        ("RollBack", "expected-deployment"),
    ] {
        let mut call = person.prepare(object, method, &serde_json::json!({ option: 5 }), false).unwrap();
        call.make().unwrap();
        assert_eq!(call.answer().unwrap()["error"], "MalformedOption", "{method} {option}");
    }
    for hostile in ["; rm -rf /", "a\nb", "../../etc/passwd", long.as_str()] {
        let options = UpdateOptions { expected: Some(hostile.to_owned()), ..UpdateOptions::default() };
        let error = client.update(options).await.unwrap_err();
        assert!(matches!(error.refusal(), Some(Refusal::MalformedOption { .. })), "{error:?}");
    }
    assert_eq!(computer.fingerprint(), before);
}
