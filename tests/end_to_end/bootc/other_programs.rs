// SPDX-License-Identifier: GPL-3.0-or-later
//! Somebody else uses bootc, too.

use std::time::{Duration, Instant};

use isotope_client::UpdateOptions;
use isotope_lab::{Backend, RemoteBehaviour};
use isotope_model::{Outcome, Phase, Refusal};
use isotope_tests::Computer;

/// Somebody's `bootc upgrade` that has the lock and takes its time.
fn slow_upgrade(computer: &Computer) -> std::process::Child {
    let child = computer.update_by_another();
    let began = Instant::now();
    while computer.lock_is_free() {
        assert!(began.elapsed() < Duration::from_secs(20), "bootc does not take the lock");
        std::thread::sleep(Duration::from_millis(20));
    }
    child
}

#[tokio::test]
async fn status_completes_while_an_upgrade_holds_the_lock() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(512 << 10);
    let mut other = slow_upgrade(&computer);
    // Its own status waits.
    let mut own = computer.lab().command("root", &["bootc", "status"]).unwrap();
    let mut own = own.stdout(std::process::Stdio::null()).spawn().unwrap();

    let began = Instant::now();
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.booted().is_some() && !snapshot.changing, "{snapshot:?}");
    let shown = computer.person().isotopectl(&["status", "--json"]);
    assert!(shown.status.success(), "{shown:?}");
    let details = computer.client().await.details(&snapshot.booted().unwrap().id).await;
    assert!(details.is_ok(), "{details:?}");
    let taken = began.elapsed();
    assert!(taken < Duration::from_secs(2), "{taken:?}");
    assert!(own.try_wait().unwrap().is_none() && other.try_wait().unwrap().is_none(), "the upgrade still runs");
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    assert!(other.wait().unwrap().success());
    assert!(own.wait().unwrap().success());
}

#[tokio::test]
async fn an_update_waits_in_sight_for_somebody_elses_upgrade_and_then_finds_it_done() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, image) = computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(512 << 10);
    let mut other = slow_upgrade(&computer);
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Waiting).await.unwrap();
    assert_eq!(running.status.progress.phase, Phase::Waiting);
    assert_eq!(running.status.progress.waits_for.as_deref(), Some("bootc"));
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert!(other.wait().unwrap().success());
    let told = matches!(
        &outcome,
        Outcome::UpToDate | Outcome::Staged { .. } | Outcome::Failed { refusal: Refusal::StateChanged }
    );
    assert!(told, "{outcome:?}");
    assert_eq!(computer.staged_image(), Some(image));
    assert_eq!(computer.update().await.unwrap(), Outcome::UpToDate);
}

#[tokio::test]
async fn an_upgrade_that_somebody_else_begins_meanwhile_waits_for_ours() {
    let computer = Computer::start_on(Backend::Bootc);
    let (_, image) = computer.publish(|publication| publication.payload(6 << 20));
    computer.slow_remote(3 << 20);
    let client = computer.client().await;
    let operation = client.update(UpdateOptions::default()).await.unwrap();
    let running = Computer::wait_for_phase(operation, Phase::Pulling).await.unwrap();
    let mut other = computer.update_by_another();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    computer.assert_staged(&outcome, &image);
    assert!(other.wait().unwrap().success());
    assert_eq!(computer.staged_image(), Some(image));
}

#[tokio::test]
async fn what_somebody_else_stages_right_after_ours_is_kept_and_told() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication.payload(6 << 20));
    let (kde, image) = (computer.publish_variant("kde"), computer.reference("kde"));
    computer.slow_remote(3 << 20);
    let client = computer.client().await;
    let operation = client.update(UpdateOptions::default()).await.unwrap();
    let running = Computer::wait_for_phase(operation, Phase::Pulling).await.unwrap();
    // It waits for our lock, and has it in the moment when our bootc ends.
    let mut other = computer.lab().command("root", &["bootc", "switch", &image]).unwrap();
    let mut other = other.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert!(other.wait().unwrap().success());

    let ended = matches!(&outcome, Outcome::Staged { .. } | Outcome::Failed { refusal: Refusal::StateChanged });
    assert!(ended, "{outcome:?}");
    assert_eq!(computer.staged_image(), Some(kde));
    let staged = computer.client().await.snapshot().await.unwrap().staged().cloned().unwrap();
    assert!(staged.image.unwrap().to_string().contains("/kde"));
}
