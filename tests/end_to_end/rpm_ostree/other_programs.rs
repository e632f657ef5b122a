// SPDX-License-Identifier: GPL-3.0-or-later
//! What others have rpm-ostree do is in everybody's sight; and what Isotope had it do survives the engine.

use isotope_client::UpdateOptions;
use isotope_lab::{Backend, PolkitPreset, RemoteBehaviour};
use isotope_model::dictionary::Dictionary;
use isotope_model::{CancelledWith, OperationKind, Outcome, Phase, Refusal, UpdateMode};
use isotope_tests::Computer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{ORIGINS, last_line_of, line_of, operation_in_sight};

#[tokio::test]
async fn an_upgrade_by_another_program_is_shown_with_its_starter_and_its_end() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        let (_, image) = computer.publish(|publication| publication.payload(8 << 20));
        computer.slow_remote(2 << 20);
        let client = computer.client().await;
        client.service().watch(Dictionary::new()).await.unwrap();
        let mut other = computer.rpm_ostree("person", &["upgrade"]);
        assert!(line_of(&mut other).contains("transaction"), "it begins");
        let operation = operation_in_sight(&client).await;
        let shown = operation.status().await.unwrap();
        assert_eq!(shown.kind, OperationKind::Update);
        assert_eq!(
            (shown.starter.user.as_deref(), shown.starter.program.as_deref()),
            (Some("person"), Some("gnome-software"))
        );
        assert!(shown.title.is_some_and(|title| title.contains("upgrade")));
        let told = computer.person().isotopectl(&["status"]);
        assert!(super::text(&told).contains("gnome-software"), "{}", super::text(&told));
        let busy = client.update(UpdateOptions::default()).await.unwrap_err();
        assert_eq!(busy.refusal(), Some(&Refusal::Busy { operation: Some(OperationKind::Update) }));

        let mut seen = Vec::new();
        let outcome = operation.follow(|status| seen.push(status.progress.clone())).await.unwrap();
        assert!(last_line_of(other).contains("finished: true"));
        computer.assert_staged(&outcome, &image);
        assert!(seen.iter().any(|progress| progress.phase == Phase::Pulling), "{seen:?}");
        let told = |progress: &isotope_model::Progress| match backend {
            Backend::RpmOstree => progress.total_layers.is_some() && progress.layer_bytes.is_some(),
            _ => progress.bytes.is_some_and(|bytes| bytes > 0),
        };
        assert!(seen.iter().any(told), "{seen:?}");
        assert!(client.current_operation().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn what_another_program_began_can_be_cancelled_with_authority_only() {
    let computer = Computer::start_on(Backend::RpmOstree);
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    client.service().watch(Dictionary::new()).await.unwrap();
    let mut other = computer.rpm_ostree("root", &["upgrade"]);
    line_of(&mut other);
    let operation = operation_in_sight(&client).await;
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let denied = super::text(&computer.person().isotopectl(&["cancel", "--json"]));
    assert!(denied.contains("not-authorised"), "{denied}");
    assert!(operation.status().await.unwrap().outcome.is_none(), "it runs on");
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    let allowed = computer.person().isotopectl(&["cancel"]);
    assert!(allowed.status.success(), "{allowed:?}");
    let outcome = operation.follow(|_| {}).await.unwrap();
    assert_eq!(outcome, Outcome::Cancelled { left: CancelledWith::NothingChanged });
    assert!(last_line_of(other).contains("finished: false"));
    assert_eq!(computer.staged(), None);
}

#[tokio::test]
async fn packages_that_another_program_installs_are_an_operation_that_isotope_never_does() {
    let computer = Computer::start_on(Backend::RpmOstree);
    computer.lab().set_rpm_ostree_fault(isotope_lab::RpmOstreeFault::AnswersLate { seconds: 1 }).unwrap();
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(2 << 20);
    let client = computer.client().await;
    client.service().watch(Dictionary::new()).await.unwrap();
    let other = computer.rpm_ostree("root", &["install", "htop"]);
    let operation = operation_in_sight(&client).await;
    let shown = operation.status().await.unwrap();
    assert_eq!(shown.kind, OperationKind::Other);
    assert!(shown.title.as_deref().is_some_and(|title| title.contains("htop")), "{shown:?}");
    let outcome = operation.follow(|_| {}).await.unwrap();
    assert!(last_line_of(other).contains("finished: true"));
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
}

#[tokio::test]
async fn an_update_goes_on_in_sight_when_its_engine_dies() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        let (_, image) = computer.publish(|publication| publication.payload(12 << 20));
        computer.slow_remote(2 << 20);
        let client = computer.client().await;
        let running = computer.update_until(&client, Phase::Pulling).await.unwrap();
        for engine in computer.lab().processes("isotope-engine").unwrap() {
            kill(Pid::from_raw(engine), Signal::SIGKILL).unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(700)).await;
        assert!(client.current_operation().await.unwrap().is_some(), "{backend:?}: it is still in sight");
        let outcome = running.operation.follow(|_| {}).await.unwrap();
        computer.assert_staged(&outcome, &image);
    }
}

#[tokio::test]
async fn an_update_goes_on_and_is_seen_again_when_engine_and_helper_die() {
    let computer = Computer::start_on(Backend::RpmOstree);
    let (_, image) = computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(2 << 20);
    let client = computer.client().await;
    computer.update_until(&client, Phase::Pulling).await.unwrap();
    // The engine first: the end of the helper is a cancel for it.
    for program in ["isotope-engine", "isotope-helper"] {
        for process in computer.lab().processes(program).unwrap() {
            kill(Pid::from_raw(process), Signal::SIGKILL).unwrap();
        }
    }
    let client = computer.client().await;
    client.service().watch(Dictionary::new()).await.unwrap();
    let operation = operation_in_sight(&client).await;
    assert_eq!(operation.status().await.unwrap().kind, OperationKind::Update);
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
    computer.assert_staged(&operation.follow(|_| {}).await.unwrap(), &image);
}

#[tokio::test]
async fn what_another_program_staged_held_back_is_released() {
    let computer = Computer::start_on(Backend::RpmOstreeBranch);
    let (_, image) = computer.publish(|publication| publication);
    let client = computer.client().await;
    let options = UpdateOptions { mode: UpdateMode::DownloadOnly, ..UpdateOptions::default() };
    computer.assert_staged(&super::done(client.update(options).await).await, &image);
    assert!(client.snapshot().await.unwrap().staged().unwrap().finalization_locked);
    let options = UpdateOptions { mode: UpdateMode::FromDownloaded, ..UpdateOptions::default() };
    super::done(client.update(options).await).await;
    assert!(!client.snapshot().await.unwrap().staged().unwrap().finalization_locked);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), image);
}
