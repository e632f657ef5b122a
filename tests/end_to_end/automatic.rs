// SPDX-License-Identifier: GPL-3.0-or-later
//! What the computer does by itself, and when it leaves that.

use std::process::Output;

use isotope_client::{DiscardOptions, RollBackOptions, UpdateOptions};
use isotope_lab::{Availability, Backend, Network, PowerSupply};
use isotope_model::{AutomaticMode, AutomaticUpdates, HistoryEntry, Outcome, SettingsChange, UpdateMode};
use isotope_tests::Computer;
use serde_json::Value;

on_every_program! {
    it_looks_or_downloads_as_it_is_set_and_never_restarts,
    what_somebody_went_back_from_and_removed_or_discarded_does_not_come_again,
}

async fn set(computer: &Computer, automatic: AutomaticMode) {
    let change = SettingsChange { automatic: Some(automatic), ..SettingsChange::default() };
    computer.client().await.configure(&change).await.unwrap();
}

/// What `isotope-automatic.service` starts.
fn automatic(computer: &Computer) -> Output {
    computer.lab().run("root", &["isotopectl", "--no-ask", "automatic"]).unwrap()
}

/// What it says of why it does nothing.
fn reason(computer: &Computer) -> Value {
    let output = computer.lab().run("root", &["isotopectl", "--no-ask", "--json", "automatic"]).unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    told["passed-over"].clone()
}

/// The last check is long ago. The service reads when that was as it starts.
async fn a_day_later(computer: &Computer) {
    let file = "/var/lib/isotope/last-check.json";
    computer.root(&["sh", "-c", &format!("test ! -e {file} || sed -i 's/\"time\":[0-9]*/\"time\":5/' {file}")]);
    for helper in computer.lab().processes("isotope-helper").unwrap() {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(helper), nix::sys::signal::Signal::SIGKILL).unwrap();
        while computer.lab().processes("isotope-helper").unwrap().contains(&helper) {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
    let last = computer.client().await.snapshot().await.unwrap().last_checked;
    assert!(last.is_none_or(|last| last == 5), "{last:?}");
}

/// It does nothing, and says why in one line.
fn assert_passed_over(computer: &Computer, code: &str) {
    let before = computer.staged();
    let said = automatic(computer);
    let line = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && line.lines().count() == 1 && said.stderr.is_empty(), "{code}: {said:?}");
    assert_eq!(reason(computer), code, "{line}");
    assert_eq!(computer.staged(), before);
}

async fn it_looks_or_downloads_as_it_is_set_and_never_restarts(backend: Backend) {
    let computer = Computer::start_on(backend);
    let boots = computer.lab().machine_state().unwrap().boots;
    set(&computer, AutomaticMode::Check).await;
    let said = automatic(&computer);
    assert!(said.status.success() && said.stdout.starts_with(b"The system is up to date."), "{said:?}");

    let (version, new) = computer.publish(|publication| publication);
    set(&computer, AutomaticMode::Off).await;
    assert_passed_over(&computer, "off");
    assert!(computer.client().await.snapshot().await.unwrap().available.is_none());

    set(&computer, AutomaticMode::Check).await;
    assert_passed_over(&computer, "recent");
    a_day_later(&computer).await;
    let said = automatic(&computer);
    let line = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && line.lines().count() == 1 && line.contains(&version), "{said:?}");
    assert!(computer.staged().is_none(), "nothing is downloaded");
    assert!(computer.client().await.snapshot().await.unwrap().available.is_some(), "everybody is told");

    set(&computer, AutomaticMode::Download).await;
    let said = automatic(&computer);
    let line = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && line.lines().count() == 1 && line.contains(&version), "{said:?}");
    assert!(computer.staged().is_some_and(|staged| !staged.held_back), "{said:?}");
    assert_eq!(computer.lab().machine_state().unwrap().boots, boots, "it does not restart");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
}

#[tokio::test]
async fn network_and_power_keep_it_from_that_unless_it_is_said_otherwise() {
    let computer = Computer::start();
    let (_, new) = computer.publish(|publication| publication);
    set(&computer, AutomaticMode::Download).await;
    for (network, power, code) in [
        (Network::Offline, PowerSupply::Mains, "offline"),
        (Network::Metered, PowerSupply::Mains, "metered"),
        (Network::Online, PowerSupply::Battery, "battery"),
    ] {
        computer.lab().set_network(network).unwrap();
        computer.lab().set_power_supply(power).unwrap();
        assert_passed_over(&computer, code);
    }
    computer.lab().set_network(Network::Metered).unwrap();
    computer.person().isotopectl(&["settings", "--on-metered", "yes"]);
    assert_passed_over(&computer, "battery");
    computer.person().isotopectl(&["settings", "--on-battery", "yes"]);
    let said = automatic(&computer);
    assert!(said.status.success(), "{said:?}");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);
}

#[tokio::test]
async fn another_updater_is_named_and_left_to_it() {
    let computer = Computer::start_on(Backend::Bootc);
    computer.publish(|publication| publication);
    computer.lab().enable_timer("bootc-fetch-apply-updates.timer").unwrap();
    computer.lab().enable_timer("other.timer").unwrap();
    let host = computer.client().await.snapshot().await.unwrap().host;
    let [updater] = host.automatic_updaters.as_slice() else { panic!("{host:?}") };
    assert_eq!((updater.name.as_str(), updater.does), ("bootc", AutomaticUpdates::Apply));
    let status = computer.person().isotopectl(&["status"]);
    let shown = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(shown.contains("bootc-fetch-apply-updates.timer"), "{shown}");
    assert_passed_over(&computer, "another-updater");

    computer.lab().disable_timer("bootc-fetch-apply-updates.timer").unwrap();
    assert!(computer.client().await.snapshot().await.unwrap().host.automatic_updaters.is_empty());
    let said = automatic(&computer);
    assert!(said.status.success() && !String::from_utf8_lossy(&said.stdout).contains("bootc"), "{said:?}");
}

#[tokio::test]
async fn what_somebody_else_does_is_left_alone_and_a_failure_is_one() {
    let computer = Computer::start();
    computer.publish(|publication| publication.payload(24 << 20));
    set(&computer, AutomaticMode::Download).await;
    computer.slow_remote(1 << 20);
    let client = computer.client().await;
    let running = computer.update_until(&client, isotope_model::Phase::Pulling).await.unwrap();
    assert_passed_over(&computer, "busy");
    running.operation.cancel().await.unwrap();
    running.operation.follow(|_| {}).await.unwrap();

    computer.set_remote(Availability::Refused);
    let failed = automatic(&computer);
    assert_eq!(failed.status.code(), Some(1), "{failed:?}");
    assert!(computer.staged().is_none());
}

#[tokio::test]
async fn what_somebody_has_decided_is_left_as_it_is() {
    let computer = Computer::start();
    let old = computer.booted_image();
    set(&computer, AutomaticMode::Download).await;
    let client = computer.client().await;

    computer.publish(|publication| publication);
    let held_back = UpdateOptions { mode: UpdateMode::DownloadOnly, ..UpdateOptions::default() };
    client.update(held_back).await.unwrap().follow(|_| {}).await.unwrap();
    assert!(computer.staged().is_some_and(|staged| staged.held_back));
    assert_passed_over(&computer, "held-back");
    client.discard(DiscardOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    a_day_later(&computer).await;
    assert_eq!(reason(&computer), "gone-back", "what was discarded is not staged again");
    assert!(computer.staged().is_none());

    computer.publish_variant("kde");
    computer.switch_to("kde").await;
    assert_passed_over(&computer, "chosen");
    let client = computer.client().await;
    client.discard(DiscardOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();

    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    assert_passed_over(&computer, "queued");
    assert_eq!(computer.default_image(), old);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
    a_day_later(&computer).await;
    assert_eq!(reason(&computer), "gone-back");
    assert!(computer.staged().is_none());

    let (_, newest) = computer.publish(|publication| publication);
    a_day_later(&computer).await;
    let said = automatic(&computer);
    assert!(said.status.success() && computer.staged_image() == Some(newest), "what is newer is wanted: {said:?}");
}

async fn what_somebody_went_back_from_and_removed_or_discarded_does_not_come_again(backend: Backend) {
    let computer = Computer::start_on(backend);
    let old = computer.booted_image();
    set(&computer, AutomaticMode::Download).await;
    let (_, bad) = computer.publish(|publication| publication);
    assert!(automatic(&computer).status.success());
    assert_eq!(computer.staged_image(), Some(bad.clone()));
    computer.lab().restart().unwrap();
    let client = computer.client().await;
    client.roll_back(RollBackOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
    let client = computer.client().await;
    let snapshot = client.snapshot().await.unwrap();
    let gone = snapshot.deployments.iter().find(|deployment| deployment.image_checksum() == bad).unwrap();
    let outcome = client.remove(&gone.id, None).await.unwrap().follow(|_| {}).await.unwrap();
    assert!(matches!(outcome, Outcome::Removed { .. }), "{outcome:?}");
    a_day_later(&computer).await;
    assert_eq!(reason(&computer), "gone-back", "what was removed is not downloaded again");
    assert!(computer.staged().is_none());

    let (_, newer) = computer.publish(|publication| publication);
    a_day_later(&computer).await;
    assert!(automatic(&computer).status.success());
    assert_eq!(computer.staged_image(), Some(newer.clone()), "what is newer is wanted");
    let client = computer.client().await;
    client.discard(DiscardOptions::default()).await.unwrap().follow(|_| {}).await.unwrap();
    let history = client.history(1).await.unwrap();
    let [HistoryEntry::Operation(discard)] = &history[..] else { panic!("{history:?}") };
    assert_eq!(discard.image.as_ref(), Some(&newer), "{discard:?}");
    a_day_later(&computer).await;
    assert_eq!(reason(&computer), "gone-back", "what was discarded is not staged again");
}

#[tokio::test]
async fn an_updater_that_only_looks_keeps_nobody_from_looking() {
    let computer = Computer::start_on(Backend::Bootc);
    let (version, _) = computer.publish(|publication| publication);
    computer.root(&["sh", "-c", "printf '[Daemon]\\nAutomaticUpdatePolicy=check\\n' > /etc/rpm-ostreed.conf"]);
    computer.lab().enable_timer("rpm-ostreed-automatic.timer").unwrap();
    let host = computer.client().await.snapshot().await.unwrap().host;
    let [updater] = host.automatic_updaters.as_slice() else { panic!("{host:?}") };
    assert_eq!((updater.name.as_str(), updater.does), ("rpm-ostree", AutomaticUpdates::Check));
    set(&computer, AutomaticMode::Check).await;
    let said = automatic(&computer);
    let line = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success() && line.lines().count() == 1 && line.contains(&version), "{said:?}");
    assert!(computer.staged().is_none());
    assert!(computer.client().await.snapshot().await.unwrap().available.is_some(), "everybody is told");
}

#[tokio::test]
async fn nothing_is_promised_where_the_timer_is_off() {
    let computer = Computer::start();
    let settings = || String::from_utf8_lossy(&computer.person().isotopectl(&["settings"]).stdout).into_owned();
    let shown = settings();
    assert!(shown.contains("isotope-automatic.timer") && !shown.contains("Once a day"), "{shown}");
    computer.lab().enable_timer("isotope-automatic.timer").unwrap();
    let shown = settings();
    assert!(!shown.contains("isotope-automatic.timer") && shown.contains("Once a day"), "{shown}");
}
