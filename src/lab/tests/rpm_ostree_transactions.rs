// SPDX-License-Identifier: GPL-3.0-or-later
//! Transactions of the machine's rpm-ostree that do not end as they should, and callers that it refuses: as recorded.
//!
//! With `ISOTOPE_LAB_RPM_OSTREED` these tests ask a real rpm-ostree.

#[path = "fixture/lab.rs"]
mod fixture;
#[path = "fixture/rpm_ostree.rs"]
mod rpm_ostree;

use std::time::{Duration, Instant};

use fixture::{call, fails, ok, words};
use isotope_lab::{Backend, Lab, PolkitPreset, Publication, RemoteBehaviour};
use rpm_ostree::{Daemon, NAME, OS, Options, SYSROOT, deployments, lines, machine, none};
use serde_json::Value as Json;
use zbus::zvariant::Value;

const BUSY: &str = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code26";

fn slow(lab: &Lab, bytes_per_second: u64) {
    lab.set_remote(RemoteBehaviour { bytes_per_second: Some(bytes_per_second), ..RemoteBehaviour::default() }).unwrap();
}

fn rebase_to(reference: &str) -> (Options<'_>, Options<'static>) {
    ([("set-refspec", Value::from(reference))].into(), none())
}

/// A machine that can be rebased to `kde`, which takes its time.
fn machine_with_kde() -> (Lab, String) {
    let lab = machine(Backend::RpmOstree);
    lab.publish_container(Publication::new("kde", "10.2.1").payload(6 << 20)).unwrap();
    let kde = format!("ostree-unverified-registry:{}", lab.container_reference("kde", "stable").unwrap());
    slow(&lab, 700_000);
    (lab, kde)
}

async fn staged(daemon: &Daemon) -> bool {
    *deployments(daemon).await[0]["staged"] == Value::Bool(true)
}

/// The errors of a recording: method, name, text.
fn errors(name: &str) -> Vec<(String, String, String)> {
    let text = |line: &Json, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = lines(name).into_iter().filter(|line| line["ev"] == "error");
    lines.map(|line| (text(&line, "method"), text(&line, "name"), text(&line, "message"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rebase_can_be_cancelled_and_keeps_what_it_has() {
    let (lab, kde) = machine_with_kde();
    let daemon = Daemon::of(&lab).await;
    let mut transaction = daemon.begin("UpdateDeployment", &rebase_to(&kde)).await;
    assert_eq!(
        (transaction.title().await.as_str(), daemon.active().await.as_str()),
        ("new-deployment", "UpdateDeployment")
    );
    assert!(transaction.start().await);
    transaction.wait_for("TaskBegin", "[3/").await;
    assert_eq!(transaction.title().await, "rebase");
    let asked = Instant::now();
    // Anybody can, whoever began it.
    let peer = "--peer=unix:path=/run/rpm-ostree-transaction.sock";
    let cancel = ["dbus-send", peer, "--print-reply", "/", "org.projectatomic.rpmostree1.Transaction.Cancel"];
    ok(&lab, "person", &cancel);
    assert_eq!(transaction.finish().await, "false Operation was cancelled");
    assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
    assert_eq!(daemon.active().await, "UpdateDeployment", "until everybody has let go");
    transaction.close().await;
    daemon.idle().await;
    assert!(!staged(&daemon).await);

    slow(&lab, 50_000_000);
    let said = daemon.perform("UpdateDeployment", &rebase_to(&kde)).await;
    let needed = |text: &str| said.iter().any(|event| event.text.contains(text));
    assert!(needed("layers already present: ") && staged(&daemon).await, "{said:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upgrade_from_a_remote_can_be_cancelled() {
    let lab = machine(Backend::RpmOstreeBranch);
    lab.publish(Publication::new("gnome", "10.2.1").payload(8 << 20)).unwrap();
    slow(&lab, 700_000);
    let daemon = Daemon::of(&lab).await;
    let mut transaction = daemon.begin("Upgrade", &(none(),)).await;
    assert!(transaction.start().await);
    transaction.wait_for("DownloadProgress", "").await;
    transaction.cancel().await;
    let branch = Publication::new("gnome", "1").branch();
    assert_eq!(transaction.finish().await, format!("false While pulling {branch}: Operation was cancelled"));
    transaction.close().await;
    daemon.idle().await;
    assert!(!staged(&daemon).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_transaction_at_a_time_and_the_same_call_joins_it() {
    let (lab, kde) = machine_with_kde();
    let (first, second) = (Daemon::of(&lab).await, Daemon::of(&lab).await);
    let transaction = first.begin("UpdateDeployment", &rebase_to(&kde)).await;
    assert!(transaction.start().await);
    let recorded = errors("txn-concurrent-B");
    let other = kde.replace("kde", "gnome");
    for (method, answer) in [
        ("Upgrade", second.call("Upgrade", &(none(),)).await),
        ("Cleanup", second.call("Cleanup", &(vec!["base"],)).await),
        ("Rollback", second.call("Rollback", &(none(),)).await),
        ("UpdateDeployment", second.call("UpdateDeployment", &rebase_to(&other)).await),
    ] {
        let (_, name, text) = recorded.iter().find(|(of, _, _)| of == method).unwrap();
        assert_eq!((name.as_str(), answer.unwrap_err()), (BUSY, (name.clone(), text.clone())), "{method}");
    }
    second.call_at(SYSROOT, "Reload", &()).await.unwrap();
    let mut joined = second.begin("UpdateDeployment", &rebase_to(&kde)).await;
    assert!(!joined.start().await, "it was started already");
    let mut watching = second.join_active().await;
    slow(&lab, 50_000_000);
    assert_eq!(joined.finish().await, "true ");
    assert_eq!(watching.finish().await, "true ");
    for transaction in [transaction, joined, watching] {
        transaction.close().await;
    }
    second.idle().await;
    assert!(staged(&second).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_before_it_starts_takes_it_along_and_afterwards_it_goes_on() {
    let (lab, kde) = machine_with_kde();
    let (caller, other) = (Daemon::of(&lab).await, Daemon::of(&lab).await);
    let transaction = caller.begin("UpdateDeployment", &rebase_to(&kde)).await;
    let (_, name, text) = errors("txn-never-started").remove(0);
    assert_eq!(other.call("Upgrade", &(none(),)).await.unwrap_err(), (name, text));
    caller.bus.clone().close().await.unwrap();
    other.idle().await;
    transaction.close().await;
    assert!(!staged(&other).await);

    let caller = Daemon::of(&lab).await;
    let mut transaction = caller.begin("UpdateDeployment", &rebase_to(&kde)).await;
    assert!(transaction.start().await);
    transaction.wait_for("TaskBegin", "[1/").await;
    caller.bus.clone().close().await.unwrap();
    transaction.close().await;
    assert_eq!(other.active().await, "UpdateDeployment");
    slow(&lab, 50_000_000);
    other.idle().await;
    assert!(staged(&other).await, "it goes on without anybody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_that_is_killed_says_nothing_and_comes_again() {
    let (lab, kde) = machine_with_kde();
    let daemon = Daemon::of(&lab).await;
    let mut transaction = daemon.begin("UpdateDeployment", &rebase_to(&kde)).await;
    assert!(transaction.start().await);
    transaction.wait_for("TaskBegin", "[2/").await;
    let processes = lab.processes("rpm-ostree").unwrap();
    for process in &processes {
        let killed = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
        assert!(killed.unwrap().success());
    }
    transaction.wait_for("Closed", "").await;
    assert!(transaction.seen.iter().all(|event| event.member != "Finished"));
    assert_eq!(daemon.active().await, "", "asking for it starts another");
    assert!(!processes.contains(&lab.processes("rpm-ostree").unwrap()[0]));
    assert!(!staged(&daemon).await);
    slow(&lab, 50_000_000);
    daemon.perform("UpdateDeployment", &rebase_to(&kde)).await;
    assert!(staged(&daemon).await);
    let running = lab.processes("rpm-ostree").unwrap();
    assert_eq!(running.len(), 1);
    lab.pull_plug().unwrap();
    assert!(!std::path::Path::new(&format!("/proc/{}", running[0])).exists(), "it ends with the machine");
    lab.boot().unwrap();
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("VARIANT_ID=gnome"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_refuses_as_recorded() {
    let lab = machine(Backend::RpmOstree);
    let daemon = Daemon::of(&lab).await;
    let recorded = errors("err-bad-args");
    let of = |method: &str| {
        let (_, name, text) = recorded.iter().find(|(of, _, _)| of == method).unwrap().clone();
        (name, text)
    };
    assert_eq!(daemon.call("Cleanup", &(vec!["bogus"],)).await.unwrap_err(), of("Cleanup"));
    assert_eq!(daemon.call_at(SYSROOT, "GetOS", &("nope",)).await.unwrap_err(), of("GetOS"));
    let check: Options<'_> = [("mode", Value::from("bogus"))].into();
    assert_eq!(daemon.call("AutomaticUpdateTrigger", &(check,)).await.unwrap_err(), of("AutomaticUpdateTrigger"));
    assert_eq!(daemon.call("NoSuchMethod", &()).await.unwrap_err().0, of("NoSuchMethod").0);
    let docker = lab.container_reference("gnome", "stable").unwrap();
    for (refspec, expected) in [
        ("".to_owned(), "false Invalid refspec ".to_owned()),
        ("not a ref".to_owned(), "false Invalid refspec not a ref".to_owned()),
        (format!("docker://{docker}"), format!("false Invalid refspec docker://{docker}")),
        ("bogus-scheme:registry:foo".to_owned(), "false Invalid refspec bogus-scheme:registry:foo".to_owned()),
    ] {
        let mut transaction = daemon.begin("UpdateDeployment", &rebase_to(&refspec)).await;
        assert!(transaction.start().await);
        assert_eq!(transaction.finish().await, expected, "{refspec}");
        transaction.close().await;
        daemon.idle().await;
    }
    let nowhere = lab.container_reference("nope", "latest").unwrap();
    let mut transaction =
        daemon.begin("UpdateDeployment", &rebase_to(&format!("ostree-unverified-registry:{nowhere}"))).await;
    assert!(transaction.start().await);
    let said = transaction.finish().await;
    let start = "false Preparing import: Fetching manifest: failed to invoke method OpenImage: reading manifest latest";
    assert!(said.starts_with(start), "{said}");
    transaction.close().await;
}

/// What a person may call, with arguments as gdbus reads them.
const CALLS: [(&str, &str, &[&str]); 12] = [
    ("Sysroot", "RegisterClient", &["{'id': <'user'>}"]),
    ("Sysroot", "Reload", &[]),
    ("Sysroot", "ReloadConfig", &[]),
    ("Sysroot", "GetOS", &["lab"]),
    ("OS", "Upgrade", &["{}"]),
    ("OS", "AutomaticUpdateTrigger", &["{'mode': <'check'>}"]),
    ("OS", "Rollback", &["{}"]),
    ("OS", "UpdateDeployment", &["{'set-refspec': <'ostree-unverified-registry:127.0.0.1:1/lab/kde:stable'>}", "{}"]),
    ("OS", "Cleanup", &["['base']"]),
    ("OS", "GetDeploymentBootConfig", &["", "false"]),
    ("OS", "KernelArgs", &["", "['q']", "[]", "[]", "{}"]),
    ("OS", "FinalizeDeployment", &["{}"]),
];

#[tokio::test(flavor = "multi_thread")]
async fn people_may_what_polkit_lets_them() {
    let lab = machine(Backend::RpmOstree);
    lab.set_polkit(PolkitPreset::Deny).unwrap();
    let recorded = lines("unprivileged-polkit-deny");
    for (interface, method, arguments) in CALLS {
        let path = if interface == "OS" { OS.0 } else { SYSROOT.0 };
        let command = call(NAME, path, &format!("{NAME}.{interface}.{method}"), arguments);
        let answer = recorded.iter().find(|line| line["ev"] != "call" && line["method"] == method).unwrap();
        match answer["message"].as_str() {
            None => drop(ok(&lab, "person", &words(&command))),
            Some(text) => {
                let said = fails(&lab, "person", &words(&command));
                let expected =
                    format!("GDBus.Error:{}: {}", answer["name"].as_str().unwrap(), text.replace("user", "person"));
                let found = said.contains(&expected) || said.contains(&expected.replace("for person", "for user"));
                assert!(found, "{method}: {said}, and not {expected}");
            }
        }
    }
    lab.set_polkit(PolkitPreset::Allow).unwrap();
    let register = call(NAME, SYSROOT.0, &format!("{NAME}.Sysroot.RegisterClient"), &["{'id': <'user'>}"]);
    ok(&lab, "person", &words(&register));
    let check = call(NAME, OS.0, &format!("{NAME}.OS.AutomaticUpdateTrigger"), &["{'mode': <'check'>}"]);
    assert!(ok(&lab, "person", &words(&check)).contains("(true, 'unix:path=/run/rpm-ostree-transaction.sock"));
}
