// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::UpdateOptions;
use isotope_lab::{Backend, RemoteBehaviour};
use isotope_model::{CancelledWith, Outcome, Phase};
use isotope_tests::Computer;

on_every_backend! {
    an_update_is_staged_and_starts_with_the_next_restart,
    changes_in_etc_and_kernel_arguments_survive_an_update,
    without_anything_newer_nothing_is_staged,
    a_check_finds_version_and_size_and_changes_no_deployment,
    an_update_shows_progress_that_never_runs_backwards,
    a_cancelled_update_changes_nothing_and_the_next_one_succeeds,
    a_newer_staged_update_replaces_an_older_one,
}

async fn an_update_is_staged_and_starts_with_the_next_restart(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, image) = computer.publish(|publication| publication);
    let before = computer.entries();

    let outcome = computer.update().await.unwrap();

    computer.assert_staged(&outcome, &image);
    assert_eq!(computer.entries(), before, "the boot order changes only at shutdown");
    computer.lab().restart().unwrap();
    let booted = computer.booted();
    assert_eq!(computer.image_of(&booted), image);
    assert_eq!(booted.image_version.as_deref(), Some(version.as_str()));
    assert!(computer.origin(&booted).contains(&computer.origin_line("gnome")), "{}", computer.origin(&booted));
    assert_eq!(computer.entries().len(), 2, "the previous deployment stays");
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.booted().and_then(|booted| booted.version.clone()), Some(version));
    computer.assert_commits_whole();
}

async fn changes_in_etc_and_kernel_arguments_survive_an_update(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.root(&["sh", "-c", "echo mine > /etc/isotope-test && echo changed >> /etc/hosts"]);
    let arguments = |options: &str| {
        let mut words: Vec<_> =
            options.split(' ').filter(|word| !word.starts_with("ostree=")).map(str::to_owned).collect();
        words.sort();
        words
    };
    let before = arguments(&computer.booted().options);
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();

    let etc = computer.booted().deployment.join("etc");
    assert_eq!(std::fs::read_to_string(etc.join("isotope-test")).unwrap(), "mine\n");
    assert!(std::fs::read_to_string(etc.join("hosts")).unwrap().ends_with("changed\n"));
    assert!(!before.is_empty());
    assert_eq!(arguments(&computer.booted().options), before);
}

async fn without_anything_newer_nothing_is_staged(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    assert_eq!(computer.update().await.unwrap(), Outcome::UpToDate);
    assert_eq!(computer.fingerprint(), before);
}

async fn a_check_finds_version_and_size_and_changes_no_deployment(backend: Backend) {
    let computer = Computer::start_on(backend);
    let client = computer.client().await;
    let outcome = client.check().await.unwrap().follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::UpToDate);
    assert!(client.snapshot().await.unwrap().last_checked.is_some());

    let (version, image) = computer.publish(|publication| publication.with_delta());
    let before = computer.fingerprint();
    let outcome = client.check().await.unwrap().follow(|_| {}).await.unwrap();

    let Outcome::UpdateAvailable { update } = outcome else { panic!("{outcome:?}") };
    assert_eq!(update.checksum, image);
    assert_eq!(update.version, Some(version));
    assert!(update.download_bytes.is_some_and(|bytes| bytes > 10_000), "{update:?}");
    assert_eq!(client.snapshot().await.unwrap().available, Some(update));
    assert_eq!(computer.fingerprint(), before);
}

async fn an_update_shows_progress_that_never_runs_backwards(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(2 << 20);
    let client = computer.client().await;
    let operation = client.update(UpdateOptions::default()).await.unwrap();
    let mut seen = Vec::new();
    let outcome = operation.follow(|status| seen.push(status.progress.clone())).await.unwrap();

    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    let pulling = seen.iter().filter(|progress| progress.phase == Phase::Pulling);
    if backend == Backend::RpmOstree {
        // Of containers rpm-ostree tells layers and how large they are, and nothing in between.
        let layers: Vec<_> = pulling.map(|progress| (progress.layers, progress.bytes)).collect();
        assert!(layers.is_sorted() && layers.iter().all(|(_, bytes)| bytes.is_none()), "{layers:?}");
        let sized = |progress: &isotope_model::Progress| progress.layer_bytes.is_some_and(|bytes| bytes > 1 << 20);
        assert!(seen.iter().any(sized) && seen.iter().any(|progress| progress.total_layers > Some(1)), "{seen:?}");
    } else {
        let pulled: Vec<u64> = pulling.filter_map(|progress| progress.bytes).collect();
        assert!(pulled.len() > 2, "{seen:?}");
        assert!(pulled.is_sorted(), "{pulled:?}");
        assert!(pulled.last().is_some_and(|bytes| *bytes > 4 << 20), "{pulled:?}");
    }
    let phases: Vec<Phase> = seen.iter().map(|progress| progress.phase).collect();
    assert!(phases.is_sorted(), "{phases:?}");
}

async fn a_cancelled_update_changes_nothing_and_the_next_one_succeeds(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Pulling).await.unwrap();

    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();

    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert_eq!(computer.fingerprint(), before);
    let again = running.operation.cancel().await.unwrap_err();
    assert_eq!(again.refusal(), Some(&isotope_model::Refusal::AlreadyEnded));
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    assert!(matches!(computer.update().await.unwrap(), Outcome::Staged { .. }));
}

async fn a_newer_staged_update_replaces_an_older_one(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (_, first) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    assert_eq!(computer.staged_image(), Some(first));
    let staged = computer.staged().unwrap().checksum;
    let (_, second) = computer.publish(|publication| publication);
    let outcome = computer.update().await.unwrap();
    computer.assert_staged(&outcome, &second);
    let Outcome::Staged { replaced, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(replaced.map(|id| id.checksum().to_owned()), Some(staged));
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), second);
}
