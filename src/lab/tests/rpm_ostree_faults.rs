// SPDX-License-Identifier: GPL-3.0-or-later
//! The stand-in for rpm-ostree goes wrong as it is told; what it did is read from the sysroot.

#[path = "fixture/lab.rs"]
mod fixture;
#[path = "fixture/rpm_ostree.rs"]
mod rpm_ostree;

use std::time::{Duration, Instant};

use fixture::{call, fails, ok, words};
use isotope_lab::{Backend, Lab, Publication, RemoteBehaviour, RpmOstreeFault, RpmOstreeMoment};
use rpm_ostree::{Daemon, Event, NAME, Place, SYSROOT, machine, none};

fn staged(lab: &Lab) -> bool {
    ok(lab, "root", &["ostree", "admin", "status"]).contains("(staged)")
}

/// Ends the daemon, so that the next call starts it.
fn end(lab: &Lab) {
    for process in lab.processes("rpm-ostree").unwrap() {
        let _ = std::process::Command::new("kill").args(["-9", &process.to_string()]).status();
    }
    while !lab.processes("rpm-ostree").unwrap().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn reload() -> Vec<String> {
    call(NAME, SYSROOT.0, &format!("{NAME}.Sysroot.Reload"), &[])
}

fn said_at_the_end(said: &[Event]) -> &str {
    &said.iter().find(|event| event.member == "Finished").unwrap().text
}

#[test]
fn it_can_stay_away_come_late_or_answer_late() {
    let lab = machine(Backend::RpmOstree);
    let took = || {
        let started = Instant::now();
        ok(&lab, "person", &words(&reload()));
        started.elapsed()
    };
    lab.set_rpm_ostree_fault(RpmOstreeFault::DoesNotStart).unwrap();
    fails(&lab, "person", &words(&reload()));
    lab.set_rpm_ostree_fault(RpmOstreeFault::StartsLate { seconds: 2 }).unwrap();
    assert!(took() >= Duration::from_secs(2) && took() < Duration::from_secs(2), "late only once");
    lab.set_rpm_ostree_fault(RpmOstreeFault::AnswersLate { seconds: 2 }).unwrap();
    assert!(took() >= Duration::from_secs(2) && took() >= Duration::from_secs(2), "late each time");
    lab.clear_rpm_ostree_fault().unwrap();
    assert!(took() < Duration::from_secs(2));
    end(&lab);
    assert!(took() < Duration::from_secs(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_die_in_a_transaction() {
    let lab = machine(Backend::RpmOstree);
    for (number, moment) in
        [RpmOstreeMoment::Pulling, RpmOstreeMoment::Staging, RpmOstreeMoment::Staged].into_iter().enumerate()
    {
        lab.publish_container(Publication::new("gnome", format!("10.2.{number}"))).unwrap();
        lab.set_rpm_ostree_fault(RpmOstreeFault::DiesInTransaction { moment }).unwrap();
        let daemon = Daemon::of(&lab).await;
        let mut transaction = daemon.begin("Upgrade", &(none(),)).await;
        let _ = transaction.start().await;
        transaction.wait_for("Closed", "").await;
        assert!(transaction.seen.iter().all(|event| event.member != "Finished"), "{moment:?}");
        assert_eq!(staged(&lab), moment == RpmOstreeMoment::Staged, "{moment:?}");
    }
    lab.clear_rpm_ostree_fault().unwrap();
    lab.restart().unwrap();
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("OSTREE_VERSION='10.2.2'"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_call_a_transaction_failed_that_staged_or_did_not() {
    let lab = machine(Backend::RpmOstreeBranch);
    lab.publish(Publication::new("gnome", "10.2.1")).unwrap();
    for staging in [false, true] {
        lab.set_rpm_ostree_fault(RpmOstreeFault::FinishedFalse { text: "so it is".to_owned(), staged: staging })
            .unwrap();
        let said = Daemon::of(&lab).await.perform("Upgrade", &(none(),)).await;
        assert_eq!((said_at_the_end(&said), staged(&lab)), ("false so it is", staging));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_say_nothing_or_far_too_much() {
    let lab = machine(Backend::RpmOstree);
    let daemon = Daemon::of(&lab).await;
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    lab.set_rpm_ostree_fault(RpmOstreeFault::Silent).unwrap();
    let said = daemon.perform("Upgrade", &(none(),)).await;
    assert_eq!((said_at_the_end(&said), staged(&lab)), ("true ", true));
    let of_peer = |said: &[Event]| said.iter().filter(|event| event.place == Place::Peer).count();
    assert!(of_peer(&said) <= 2, "{said:#?}");
    lab.publish_container(Publication::new("gnome", "10.2.2")).unwrap();
    lab.set_rpm_ostree_fault(RpmOstreeFault::ManySignals).unwrap();
    let said = daemon.perform("Upgrade", &(none(),)).await;
    assert_eq!(said_at_the_end(&said), "true ");
    assert!(of_peer(&said) > 1000 && said.iter().any(|event| event.text.len() > 10_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_slow_to_cancel() {
    let lab = machine(Backend::RpmOstree);
    lab.publish_container(Publication::new("gnome", "10.2.1").payload(6 << 20)).unwrap();
    lab.set_remote(RemoteBehaviour { bytes_per_second: Some(700_000), ..RemoteBehaviour::default() }).unwrap();
    lab.set_rpm_ostree_fault(RpmOstreeFault::SlowCancel { seconds: 3 }).unwrap();
    let daemon = Daemon::of(&lab).await;
    let mut transaction = daemon.begin("Upgrade", &(none(),)).await;
    assert!(transaction.start().await);
    transaction.wait_for("TaskBegin", "[2/").await;
    let asked = Instant::now();
    transaction.cancel().await;
    assert_eq!(transaction.finish().await, "false Operation was cancelled");
    assert!(asked.elapsed() >= Duration::from_secs(3), "{:?}", asked.elapsed());
    transaction.close().await;
    assert!(!staged(&lab));
}
