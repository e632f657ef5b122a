// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::RollBackOptions;
use isotope_model::{Outcome, Refusal};
use isotope_tests::Computer;

async fn roll_back(computer: &Computer) -> Outcome {
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap()
}

/// A computer that was updated once. Returns it with the checksums of the old and the new image.
async fn updated() -> (Computer, String, String) {
    let computer = Computer::start();
    let old = computer.booted().checksum;
    let (_, new) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, new);
    (computer, old, new)
}

#[tokio::test]
async fn a_rollback_starts_the_old_deployment_and_a_second_one_the_new_again() {
    let (computer, old, new) = updated().await;

    let outcome = roll_back(&computer).await;
    assert!(
        matches!(&outcome, Outcome::BootOrderChanged { boots_next, .. } if boots_next.checksum() == old),
        "{outcome:?}"
    );
    assert_eq!(computer.default_entry().checksum, old);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, old);

    roll_back(&computer).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, new);
    assert_eq!(computer.entries().len(), 2);
    computer.assert_commits_whole();
}

#[tokio::test]
async fn a_rollback_done_twice_before_the_restart_is_taken_back() {
    let (computer, old, new) = updated().await;
    roll_back(&computer).await;
    assert_eq!(computer.default_entry().checksum, old);
    roll_back(&computer).await;
    assert_eq!(computer.default_entry().checksum, new);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, new);
}

#[tokio::test]
async fn a_rollback_discards_what_is_staged_and_says_so() {
    let (computer, old, _) = updated().await;
    let (_, newest) = computer.publish(|publication| publication);
    computer.update().await.unwrap();

    let outcome = roll_back(&computer).await;

    let Outcome::BootOrderChanged { boots_next, discarded } = outcome else { panic!("{outcome:?}") };
    assert_eq!(boots_next.checksum(), old);
    assert_eq!(discarded.map(|id| id.checksum().to_owned()), Some(newest));
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, old);
}

#[tokio::test]
async fn with_a_single_deployment_a_rollback_is_refused() {
    let computer = Computer::start();
    let before = computer.fingerprint();
    let client = computer.client().await;
    let error = client.roll_back(RollBackOptions::default()).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::NothingToRollBackTo));
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_rollback_to_another_deployment_than_agreed_is_refused() {
    let (computer, _, new) = updated().await;
    let client = computer.client().await;
    let booted = client.snapshot().await.unwrap().booted().map(|booted| booted.id.clone());
    let options = RollBackOptions { expected: booted, ..RollBackOptions::default() };
    let error = client.roll_back(options).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::StateChanged));
    assert_eq!(computer.default_entry().checksum, new);
}

#[tokio::test]
async fn an_update_after_a_rollback_keeps_etc_of_what_runs() {
    let (computer, old, _) = updated().await;
    roll_back(&computer).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, old);
    computer.root(&["sh", "-c", "echo here > /etc/isotope-test"]);
    let (_, newest) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, newest);
    let etc = computer.booted().deployment.join("etc/isotope-test");
    assert_eq!(std::fs::read_to_string(etc).unwrap(), "here\n");
}
