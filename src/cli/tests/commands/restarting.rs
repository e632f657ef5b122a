// SPDX-License-Identifier: GPL-3.0-or-later
//! A restart is asked about for as long as the person likes; what has changed meanwhile is looked at again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use isotope_model::Refusal;

use crate::bus::Bus;
use crate::hosts::plain;
use crate::login_manager::{Asked, LoginManager};
use crate::session::{Session, plainly};
use crate::stage::Play;

const QUESTION: &str = "[y/N]";

async fn computer() -> (Bus, LoginManager) {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let manager = LoginManager::start(&bus).await;
    (bus, manager)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_holds_a_restart_back_since_the_question_is_named_and_asked_about() {
    for (first, then, despite) in [
        (&["Backup"][..], &["Backup", "PackageKit"][..], true),
        (&[], &["PackageKit"], true),
        (&["Backup"], &["PackageKit"], true),
    ] {
        for (answer, code, asked) in [("y\n", 0, vec![Asked::Now { despite }]), ("n\n", 6, vec![])] {
            let (bus, manager) = computer().await;
            manager.held_by(first);
            let mut session = Session::start(&bus, &["restart"], "xterm");
            let shown = plainly(&session.until(QUESTION).await);
            assert_eq!(shown.contains("Backup does not want"), first.contains(&"Backup"), "{shown:?}");
            manager.held_by(then);
            session.types("y\n");
            let again = plainly(&session.until(QUESTION).await);
            assert!(again.contains("PackageKit does not want the computer to restart now: Writing"), "{again:?}");
            assert!(!again.contains("Backup"), "that was named before: {again:?}");
            assert_eq!(manager.asked(), [], "{first:?} {then:?}");
            session.types(answer);
            let (shown, exit) = session.end().await;
            assert_eq!((exit, manager.asked()), (Some(code), asked), "{first:?} {then:?} {answer:?}: {shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_named_or_only_wants_a_moment_is_asked_about_once() {
    for (first, then, despite) in [
        (&["Backup"][..], &["Backup"][..], true),
        (&["Backup"], &[], false),
        (&[], &["~NetworkManager"], false),
        (&[], &[], false),
    ] {
        let (bus, manager) = computer().await;
        manager.held_by(first);
        let mut session = Session::start(&bus, &["restart"], "xterm");
        session.until(QUESTION).await;
        manager.held_by(then);
        session.types("y\n");
        let (shown, exit) = session.end().await;
        assert_eq!((exit, manager.asked()), (Some(0), vec![Asked::Now { despite }]), "{first:?} {then:?}: {shown:?}");
        assert!(!shown.contains(QUESTION), "{shown:?}");
    }
}

/// A zone in which a minute has this many of its seconds behind it now.
fn zone_at_second(second: u64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() % 60;
    format!("<ZZZ>-00:00:{:02}", (60 + second - now) % 60)
}

/// What the clock of this zone shows so many minutes from now.
async fn clock(zone: &str, minutes: u32) -> String {
    let mut date = tokio::process::Command::new("date");
    let shown = date.env("TZ", zone).args(["-d", &format!("{minutes} minutes"), "+%H:%M"]).output().await.unwrap();
    String::from_utf8(shown.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_answers_late_gets_no_restart_at_once() {
    let (bus, manager) = computer().await;
    let zone = zone_at_second(50);
    let at = clock(&zone, 2).await;
    // 70 seconds ahead; the answer comes at 59.
    let began = SystemTime::now();
    let mut session = Session::start_in(&bus, &["restart", "--at", &at], "xterm", Some(&zone));
    let shown = plainly(&session.until(QUESTION).await);
    assert!(shown.contains("If the computer sleeps at that time, it restarts as soon as it wakes up."), "{shown:?}");
    tokio::time::sleep(Duration::from_millis(11_500).saturating_sub(began.elapsed().unwrap())).await;
    session.types("y\n");
    let (shown, exit) = session.end().await;
    assert_eq!((exit, manager.asked()), (Some(1), vec![]), "{shown:?}");
    assert!(plainly(&shown).contains("over, or less than a minute away"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_that_comes_at_once_is_not_asked_about() {
    let (bus, manager) = computer().await;
    for (second, minutes, agreed, code, asked) in [
        (30, 1, "--yes", Some(1), vec![]),
        (30, 1, "--verbose", Some(1), vec![]),
        (30, 3, "--yes", Some(0), vec![Asked::AtATime]),
    ] {
        let zone = zone_at_second(second);
        let at = clock(&zone, minutes).await;
        let session = Session::start_in(&bus, &["restart", "--at", &at, agreed], "xterm", Some(&zone));
        let (shown, exit) = session.end().await;
        assert_eq!((exit, manager.asked()), (code, asked), "{minutes} {agreed}: {shown:?}");
        assert!(!shown.contains(QUESTION), "{shown:?}");
    }
}
