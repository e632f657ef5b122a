// SPDX-License-Identifier: GPL-3.0-or-later
//! An update that is downloaded and held back until it is released.

use isotope_client::UpdateOptions;
use isotope_lab::{Availability, Backend};
use isotope_model::{Outcome, Refusal, UpdateMode};
use isotope_tests::Computer;

on_every_backend! {
    what_is_only_downloaded_does_not_start_with_the_next_restart,
    what_is_held_back_is_released_without_the_network_and_then_starts,
    a_plain_update_releases_what_is_held_back,
    something_newer_replaces_what_is_held_back,
    without_anything_held_back_there_is_nothing_to_release,
}

async fn update(computer: &Computer, mode: UpdateMode) -> Outcome {
    let options = UpdateOptions { mode, ..UpdateOptions::default() };
    computer.client().await.update(options).await.unwrap().follow(|_| {}).await.unwrap()
}

/// A computer that has downloaded an update and holds it back. Returns it with the old and the new image.
async fn holding(backend: Backend) -> (Computer, String, String) {
    let computer = Computer::start_on(backend);
    let old = computer.booted_image();
    let (_, new) = computer.publish(|publication| publication);
    computer.assert_staged(&update(&computer, UpdateMode::DownloadOnly).await, &new);
    assert!(computer.staged().is_some_and(|staged| staged.held_back), "{:?}", computer.staged());
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.staged().unwrap().finalization_locked && !snapshot.restart_changes_something(), "{snapshot:?}");
    (computer, old, new)
}

async fn what_is_only_downloaded_does_not_start_with_the_next_restart(backend: Backend) {
    let (computer, old, new) = holding(backend).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
    assert_eq!(computer.images(), [old], "the boot order is what it was");
    // libostree drops at the restart what was held back; the next update stages it anew.
    assert_eq!(computer.staged(), None);
    computer.assert_staged(&computer.update().await.unwrap(), &new);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
    computer.assert_commits_whole();
}

async fn what_is_held_back_is_released_without_the_network_and_then_starts(backend: Backend) {
    let (computer, _, new) = holding(backend).await;
    computer.set_remote(Availability::Refused);
    computer.assert_staged(&update(&computer, UpdateMode::FromDownloaded).await, &new);
    assert!(computer.staged().is_some_and(|staged| !staged.held_back), "{:?}", computer.staged());
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.restart_changes_something(), "{snapshot:?}");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
}

async fn a_plain_update_releases_what_is_held_back(backend: Backend) {
    let (computer, _, new) = holding(backend).await;
    let before = computer.staged().unwrap();
    assert_eq!(update(&computer, UpdateMode::DownloadOnly).await, Outcome::UpToDate);
    assert_eq!(computer.staged(), Some(before), "what is held back stays so when that is wanted again");
    computer.assert_staged(&update(&computer, UpdateMode::Stage).await, &new);
    assert!(computer.staged().is_some_and(|staged| !staged.held_back), "{:?}", computer.staged());
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
}

async fn something_newer_replaces_what_is_held_back(backend: Backend) {
    let (computer, old, _) = holding(backend).await;
    let (_, newer) = computer.publish(|publication| publication);
    computer.assert_staged(&update(&computer, UpdateMode::DownloadOnly).await, &newer);
    assert!(computer.staged().is_some_and(|staged| staged.held_back), "{:?}", computer.staged());
    let (_, newest) = computer.publish(|publication| publication);
    computer.assert_staged(&update(&computer, UpdateMode::Stage).await, &newest);
    assert!(computer.staged().is_some_and(|staged| !staged.held_back), "{:?}", computer.staged());
    computer.lab().restart().unwrap();
    assert_eq!(computer.images(), [newest, old]);
}

async fn without_anything_held_back_there_is_nothing_to_release(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let options = UpdateOptions { mode: UpdateMode::FromDownloaded, ..UpdateOptions::default() };
    let refusal = match computer.client().await.update(options).await {
        Err(error) => error.refusal().cloned(),
        Ok(operation) => match operation.follow(|_| {}).await.unwrap() {
            Outcome::Failed { refusal } => Some(refusal),
            other => panic!("{other:?}"),
        },
    };
    assert_eq!(refusal, Some(Refusal::NothingStaged));
    assert_eq!(computer.fingerprint(), before);
}
