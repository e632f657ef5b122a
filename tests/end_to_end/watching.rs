// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading never waits, and everybody sees what happens, whoever does it.

use std::io::BufRead as _;
use std::time::{Duration, Instant};

use isotope_client::Client;
use isotope_lab::Backend;
use isotope_model::dictionary::Dictionary;
use isotope_model::{Outcome, Phase, Snapshot};
use isotope_tests::Computer;
use serde_json::Value;

on_every_program! {
    status_completes_while_another_program_holds_the_lock,
    status_completes_while_an_update_runs,
    a_client_that_comes_late_sees_the_operation_as_it_stands_and_its_end,
    changes_by_other_programs_are_signalled,
    watching_goes_on_through_a_restart_of_the_computer,
    what_a_check_found_is_remembered_when_the_service_starts_again,
}

/// Reads the property (no new reading of the sysroot is asked for) until it is as wanted.
async fn until(client: &Client, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
    let began = Instant::now();
    loop {
        let dictionary = client.service().snapshot().await.unwrap();
        let snapshot = isotope_model::dictionary::from_dictionary(&dictionary).unwrap();
        if wanted(&snapshot) {
            return snapshot;
        }
        assert!(began.elapsed() < Duration::from_secs(20), "{what}: {snapshot:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn status_completes_while_another_program_holds_the_lock(backend: Backend) {
    let computer = Computer::start_on(backend);
    let _lock = computer.hold_lock();
    let output = computer.person().isotopectl(&["status", "--json"]);
    assert!(output.status.success(), "{output:?}");
    let state: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(state["snapshot"]["deployments"][0]["booted"], true);
}

async fn status_completes_while_an_update_runs(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    let running = computer.update_until(&client, Phase::Pulling).await.unwrap();
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.booted().is_some());
    assert!(running.operation.status().await.unwrap().outcome.is_none(), "the update still runs");
    running.operation.cancel().await.unwrap();
}

async fn a_client_that_comes_late_sees_the_operation_as_it_stands_and_its_end(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication.payload(8 << 20));
    computer.slow_remote(4 << 20);
    let starter = computer.client().await;
    computer.update_until(&starter, Phase::Pulling).await.unwrap();

    let late = computer.client().await;
    let operation = late.current_operation().await.unwrap().expect("an operation in sight");
    let first = operation.status().await.unwrap();
    assert!(first.progress.phase >= Phase::Pulling, "{first:?}");
    assert_eq!(first.starter.user.as_deref(), Some("root"));
    let mut seen = 0;
    let outcome = operation.follow(|_| seen += 1).await.unwrap();
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    assert!(seen > 1);
    assert!(late.snapshot().await.unwrap().staged().is_some());
}

async fn changes_by_other_programs_are_signalled(backend: Backend) {
    let computer = Computer::start_on(backend);
    let client = computer.client().await;
    client.service().watch(Dictionary::new()).await.unwrap();
    until(&client, "the first reading", |snapshot| snapshot.booted().is_some_and(|booted| !booted.pinned)).await;
    computer.root(&["ostree", "admin", "pin", "0"]);
    until(&client, "pinned", |snapshot| snapshot.booted().is_some_and(|booted| booted.pinned)).await;
    computer.publish(|publication| publication);
    assert!(computer.update_by_another().wait().unwrap().success());
    until(&client, "staged", |snapshot| snapshot.staged().is_some()).await;
}

async fn watching_goes_on_through_a_restart_of_the_computer(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication);
    let mut watching = std::process::Command::new(computer.programs().join("isotopectl"))
        .args(["watch", "--json"])
        .env("DBUS_SYSTEM_BUS_ADDRESS", computer.lab().bus_address())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(watching.stdout.take().unwrap()).lines();
    let mut next = |what: &str, wanted: &dyn Fn(&Value) -> bool| loop {
        let line = lines.next().unwrap_or_else(|| panic!("it ended before {what}")).unwrap();
        if wanted(&serde_json::from_str(&line).unwrap()) {
            return;
        }
    };
    next("the first state", &|event| event["event"] == "state");
    computer.update().await.unwrap();
    next("staged", &|event| event["snapshot"]["deployments"][0]["staged"] == true);
    computer.lab().restart().unwrap();
    next("the loss", &|event| event["event"] == "lost");
    next("the new version", &|event| {
        let booted = &event["snapshot"]["deployments"][0];
        booted["booted"] == true && booted["version"] == version.as_str()
    });
    nix::sys::signal::kill(nix::unistd::Pid::from_raw(watching.id().cast_signed()), nix::sys::signal::Signal::SIGINT)
        .unwrap();
    watching.wait().unwrap();
}

#[tokio::test]
async fn the_service_stays_while_somebody_watches_and_ends_when_nobody_does() {
    let computer = Computer::start();
    let watching = computer.client().await;
    watching.service().watch(Dictionary::new()).await.unwrap();
    let helper = computer.lab().processes("isotope-helper").unwrap();
    tokio::time::sleep(Duration::from_secs(35)).await;
    assert_eq!(computer.lab().processes("isotope-helper").unwrap(), helper, "it stayed");
    watching.connection().clone().close().await.unwrap();
    drop(watching);
    let began = Instant::now();
    while !computer.lab().processes("isotope-helper").unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(60), "it did not end");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(computer.client().await.snapshot().await.unwrap().booted().is_some(), "it comes again when asked");
}

async fn what_a_check_found_is_remembered_when_the_service_starts_again(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (version, _) = computer.publish(|publication| publication);
    let client = computer.client().await;
    client.check().await.unwrap().follow(|_| {}).await.unwrap();
    for helper in computer.lab().processes("isotope-helper").unwrap() {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(helper), nix::sys::signal::Signal::SIGKILL).unwrap();
    }
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.available.and_then(|update| update.version), Some(version));
}
