// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::RollBackOptions;
use isotope_lab::Backend;
use isotope_model::{Outcome, Refusal};
use isotope_tests::Computer;

on_every_program! {
    a_rollback_starts_the_old_deployment_and_a_second_one_the_new_again,
    a_rollback_done_twice_before_the_restart_is_taken_back,
    a_rollback_discards_what_is_staged_and_says_so,
    with_a_single_deployment_a_rollback_is_refused,
    a_rollback_to_another_deployment_than_agreed_is_refused,
    an_update_after_a_rollback_keeps_etc_of_what_runs,
}

async fn roll_back(computer: &Computer) -> Outcome {
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap()
}

/// A computer that was updated once. Returns it with the old and the new image.
async fn updated(backend: Backend) -> (Computer, String, String) {
    let computer = Computer::start_on(backend);
    let old = computer.booted_image();
    let (_, new) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
    (computer, old, new)
}

async fn a_rollback_starts_the_old_deployment_and_a_second_one_the_new_again(backend: Backend) {
    let (computer, old, new) = updated(backend).await;

    let outcome = roll_back(&computer).await;
    let Outcome::BootOrderChanged { boots_next, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(computer.image_of_deployment(&boots_next), old);
    assert_eq!(computer.default_image(), old);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);

    roll_back(&computer).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
    assert_eq!(computer.entries().len(), 2);
    computer.assert_commits_whole();
}

async fn a_rollback_done_twice_before_the_restart_is_taken_back(backend: Backend) {
    let (computer, old, new) = updated(backend).await;
    roll_back(&computer).await;
    assert_eq!(computer.default_image(), old);
    roll_back(&computer).await;
    assert_eq!(computer.default_image(), new);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
}

async fn a_rollback_discards_what_is_staged_and_says_so(backend: Backend) {
    let (computer, old, _) = updated(backend).await;
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    let newest = computer.staged().unwrap().checksum;

    let outcome = roll_back(&computer).await;

    let Outcome::BootOrderChanged { boots_next, discarded } = outcome else { panic!("{outcome:?}") };
    assert_eq!(computer.image_of_deployment(&boots_next), old);
    assert_eq!(discarded.map(|id| id.checksum().to_owned()), Some(newest));
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
}

async fn with_a_single_deployment_a_rollback_is_refused(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let client = computer.client().await;
    let error = client.roll_back(RollBackOptions::default()).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::NothingToRollBackTo));
    assert_eq!(computer.fingerprint(), before);
}

async fn a_rollback_to_another_deployment_than_agreed_is_refused(backend: Backend) {
    let (computer, _, new) = updated(backend).await;
    let client = computer.client().await;
    let booted = client.snapshot().await.unwrap().booted().map(|booted| booted.id.clone());
    let options = RollBackOptions { expected: booted, ..RollBackOptions::default() };
    let error = client.roll_back(options).await.unwrap_err();
    assert_eq!(error.refusal(), Some(&Refusal::StateChanged));
    assert_eq!(computer.default_image(), new);
}

async fn an_update_after_a_rollback_keeps_etc_of_what_runs(backend: Backend) {
    let (computer, old, _) = updated(backend).await;
    roll_back(&computer).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
    computer.root(&["sh", "-c", "echo here > /etc/isotope-test"]);
    let (_, newest) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), newest);
    let etc = computer.booted().deployment.join("etc/isotope-test");
    assert_eq!(std::fs::read_to_string(etc).unwrap(), "here\n");
}
