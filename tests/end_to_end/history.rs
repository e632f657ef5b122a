// SPDX-License-Identifier: GPL-3.0-or-later
//! What was done and how the computer was started is written down, and told.

use isotope_client::RollBackOptions;
use isotope_lab::Backend;
use isotope_model::{BootVerdict, HistoryEntry, OperationKind, Outcome, Phase, Refusal};
use isotope_tests::{Computer, FIRST_VERSION};

on_every_program! {
    every_operation_is_written_down_with_who_when_what_how_long_bytes_and_outcome,
    an_ordinary_start_is_as_expected_also_after_a_rollback_and_without_a_shutdown,
    a_staged_update_that_a_power_cut_costs_is_told,
    a_finalisation_that_fails_is_told_with_what_libostree_said,
    another_entry_of_the_boot_menu_a_fallback_and_a_greenboot_rollback_are_told_apart,
    an_operation_during_which_the_service_was_killed_is_in_history,
}

async fn verdict(computer: &Computer) -> BootVerdict {
    let snapshot = computer.client().await.snapshot().await.unwrap();
    let boot = snapshot.last_boot.clone().expect("this start was written down");
    assert_eq!(Some(&boot.deployment), snapshot.booted().map(|booted| &booted.id));
    boot.verdict
}

async fn every_operation_is_written_down_with_who_when_what_how_long_bytes_and_outcome(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication.payload(4 << 20));
    let person = computer.person();
    assert!(person.isotopectl(&["update"]).status.success());
    let client = computer.client().await;
    let entries = client.history(10).await.unwrap();
    let Some(HistoryEntry::Operation(update)) = entries.first() else { panic!("{entries:?}") };
    assert_eq!(update.kind, OperationKind::Update);
    assert_eq!(update.starter.user.as_deref(), Some("person"));
    assert_eq!(update.version.as_deref(), Some(version.as_str()));
    // Of containers rpm-ostree does not tell.
    let told = update.bytes.is_some_and(|bytes| bytes > 2 << 20);
    assert!(told || (backend == Backend::RpmOstree && update.bytes.is_none()), "{update:?}");
    assert!(update.milliseconds.is_some_and(|time| time > 0) && update.started > 1_700_000_000);
    assert!(matches!(update.outcome, Outcome::Staged { .. }));

    computer.lab().restart().unwrap();
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    let entries = client.history(10).await.unwrap();
    let kinds: Vec<_> = entries
        .iter()
        .map(|entry| match entry {
            HistoryEntry::Operation(record) => record.kind.to_string(),
            HistoryEntry::Boot(record) => format!("boot {}", record.version.clone().unwrap_or_default()),
            HistoryEntry::Unknown => "?".into(),
        })
        .collect();
    assert_eq!(
        kinds,
        ["roll-back".into(), format!("boot {version}"), "update".into(), format!("boot {FIRST_VERSION}")]
    );
    assert_eq!(client.history(1).await.unwrap().len(), 1);
    let shown = person.isotopectl(&["history"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains(&version), "{shown:?}");
}

async fn an_ordinary_start_is_as_expected_also_after_a_rollback_and_without_a_shutdown(backend: Backend) {
    let computer = Computer::start_on(backend);
    assert_eq!(verdict(&computer).await, BootVerdict::First);
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::AsExpected);
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    computer.lab().pull_plug().unwrap();
    computer.lab().boot().unwrap();
    assert_eq!(computer.booted().image_version.as_deref(), Some(FIRST_VERSION));
    assert_eq!(verdict(&computer).await, BootVerdict::AsExpected);
}

async fn a_staged_update_that_a_power_cut_costs_is_told(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().pull_plug().unwrap();
    computer.lab().boot().unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::StagedLost { expected: Some(version.clone()) });
    let status = computer.person().isotopectl(&["status"]);
    let text = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(text.contains(&version) && text.contains(FIRST_VERSION), "{text}");
    computer.lab().restart().unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::AsExpected, "it is told once");
}

async fn a_finalisation_that_fails_is_told_with_what_libostree_said(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    // What is staged cannot be finalised once its deployment is gone.
    computer.root_with_writable_sysroot(&[
        "sh",
        "-c",
        "cd /ostree/deploy/*/deploy && d=$(ls -dt *.0 | head -1) && chattr -i \"$d\"; rm -rf \"$d\"",
    ]);
    assert!(computer.lab().shut_down().is_err());
    computer.lab().boot().unwrap();
    let told = verdict(&computer).await;
    let BootVerdict::FinalisationFailed { expected, detail } = told else { panic!("{told:?}") };
    assert_eq!(expected, Some(version));
    assert!(!detail.is_empty());
    assert!(matches!(computer.update().await.unwrap(), Outcome::Staged { .. }), "the next update succeeds");
    computer.lab().restart().unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::AsExpected);
}

async fn another_entry_of_the_boot_menu_a_fallback_and_a_greenboot_rollback_are_told_apart(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    let expected = Some(version);

    computer.lab().shut_down().unwrap();
    computer.lab().boot_entry(1).unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::AnotherStarted { expected: expected.clone() });

    // What GRUB's countdown leaves behind when it has fallen back, as greenboot sets it up.
    computer.lab().shut_down().unwrap();
    computer.write_boot("grub2/grubenv", "# GRUB Environment Block\nboot_counter=-1\nboot_success=0\n");
    computer.lab().boot_entry(1).unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::HealthChecksFailed { expected: expected.clone() });

    // What systemd-boot leaves behind when an entry has no tries left.
    computer.lab().shut_down().unwrap();
    computer.write_boot("grub2/grubenv", "# GRUB Environment Block\n");
    computer.exhaust_default_entry();
    computer.lab().boot_entry(1).unwrap();
    assert_eq!(verdict(&computer).await, BootVerdict::FellBack { expected });
}

async fn an_operation_during_which_the_service_was_killed_is_in_history(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    computer.update_until(&client, Phase::Pulling).await.unwrap();
    for helper in computer.lab().processes("isotope-helper").unwrap() {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(helper), nix::sys::signal::Signal::SIGKILL).unwrap();
    }
    let entries = computer.client().await.history(1).await.unwrap();
    let Some(HistoryEntry::Operation(cut)) = entries.first() else { panic!("{entries:?}") };
    assert_eq!(cut.kind, OperationKind::Update);
    assert!(matches!(&cut.outcome, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }), "{cut:?}");
}
