// SPDX-License-Identifier: GPL-3.0-or-later
//! With a terminal: styles, a bar, a question.

use std::time::Duration;

use isotope_model::{Outcome, Refusal};

use crate::bus::Bus;
use crate::hosts::{of_containers, plain, updated};
use crate::isotopectl::interrupt;
use crate::session::{Session, plainly};
use crate::stage::{Findings, Play, Registry, Work};

fn working() -> Play {
    let outcome = Outcome::Staged {
        deployment: updated().deployments[0].id.clone(),
        replaced: None,
        pinned: None,
        released: None,
    };
    Play::Work(Box::new(Work { steps: 20, pause: Duration::from_millis(40), outcome, cancelled: None }))
}

fn rolled_back() -> Play {
    let boots_next = plain().deployments[1].id.clone();
    let outcome = Outcome::BootOrderChanged { boots_next, discarded: None };
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_has_a_bar_and_the_bar_goes_away() {
    let bus = Bus::start(plain(), working()).await;
    let (shown, code) = Session::start(&bus, &["update"], "xterm").end().await;
    assert_eq!(code, Some(0), "{shown:?}");
    assert!(shown.contains("[====") && shown.contains("%  Downloading: "), "{shown:?}");
    assert!(shown.contains("\x1b[2K") && shown.trim_end().ends_with("systemctl reboot"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bar_is_of_the_whole_where_that_is_known() {
    let bus = Bus::start(of_containers(plain()), working()).await;
    let (shown, code) = Session::start(&bus, &["update"], "xterm").end().await;
    assert_eq!(code, Some(0), "{shown:?}");
    for words in ["%  Downloading: ", " 80%  Unpacking, for 2 s", " 90%  Preparing the new version, for 2 s"] {
        assert!(shown.contains(words), "{words}: {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_that_understands_nothing_gets_lines() {
    let bus = Bus::start(plain(), working()).await;
    let (shown, code) = Session::start(&bus, &["update"], "dumb").end().await;
    assert_eq!(code, Some(0));
    assert!(shown.contains("Downloading: ") && !shown.contains('\x1b'), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_asks_and_names_both_versions() {
    for (answer, code, requests) in [("y\n", 0, 1), ("\n", 6, 0), ("n\n", 6, 0), ("\x04", 6, 0)] {
        let bus = Bus::start(plain(), rolled_back()).await;
        let mut session = Session::start(&bus, &["rollback"], "xterm");
        session.types(answer);
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(code), requests), "{answer:?}: {shown:?}");
        for version in ["10.2 (GNOME", "10.1 (GNOME"] {
            assert!(shown.contains(version), "{shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_the_system_is_asked_for_and_says_what_it_costs() {
    for (line, words) in [
        (
            "switch alma:desktop/10/kde",
            vec![
                "Follows then   alma:desktop/10/kde",
                "Signature      Installed only if it is signed with a key of the remote alma",
                "Version 10.3 (GNOME",
                "is replaced",
                "Version 10.1 (GNOME, built 2025-11-18) is removed with that restart; to keep it: isotopectl pin 10.1",
            ],
        ),
        ("deploy 10.0", vec!["After restart   10.0", "Version 10.3 (GNOME", "is replaced"]),
        ("set-default 10.1", vec!["instead   10.1", "Version 10.3, which is ready for the next restart, is discarded"]),
        ("rollback", vec!["After restart   10.1", "Version 10.3, which is ready for the next restart, is discarded"]),
        ("discard", vec!["Discarded       10.3", "Discard 10.3?"]),
        ("remove 10.1", vec!["Frees     101.0 MB", "no other version on this computer to go back to"]),
        ("cleanup", vec!["Frees   7.0 MB", "Clean up?"]),
    ] {
        for (answer, code, requests) in [("y\n", 1, 1), ("n\n", 6, 0)] {
            let bus = Bus::start(updated(), Play::Refuse(Refusal::Unknown)).await;
            let mut session = Session::start(&bus, &line.split(' ').collect::<Vec<_>>(), "xterm");
            session.types(answer);
            let (shown, exit) = session.end().await;
            assert_eq!((exit, bus.requests().len()), (Some(code), requests), "{line} {answer:?}: {shown:?}");
            let plain = shown.replace("\x1b[1m", "").replace("\x1b[0m", "");
            for word in &words {
                assert!(plain.contains(word), "{line}: {word}: {shown:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_is_asked_for_by_its_name_and_with_what_checks_it() {
    let key = "Signature      Installed only if it is signed with the key /etc/pki/containers/alma.pub";
    let nothing = "Signature      Installed without a check of its signature";
    let weaker = "after this switch it does not";
    for (image, name, signature) in [
        ("quay.io/alma/kde:10", "quay.io/alma/kde:10", key),
        ("ostree-unverified-registry:quay.io/open/kde:10", "quay.io/open/kde:10", nothing),
    ] {
        let bus = Bus::start(of_containers(plain()), Play::Refuse(Refusal::Unknown)).await;
        let mut session = Session::start(&bus, &["switch", image], "xterm");
        session.types("n\n");
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(6), 0), "{shown:?}");
        let shown = plainly(&shown);
        for words in [&format!("Follows then   {name}\r"), signature, &format!("Switch to {name}? [y/N]")] {
            assert!(shown.contains(words), "{words}: {shown:?}");
        }
        assert_eq!(shown.contains(weaker), signature == nothing, "{shown:?}");
        assert!(!shown.contains("To download"), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_the_wait_for_the_registry_and_the_question() {
    for (line, waits_for) in [
        ("inspect quay.io/alma/kde", "Asking the registry"),
        ("switch quay.io/alma/kde", "Looking at the image"),
        ("switch --preflight quay.io/alma/kde", "Looking at the image"),
        ("discard", "[y/N]"),
        ("switch quay.io/alma/kde", "[y/N]"),
    ] {
        let bus = Bus::start(of_containers(updated()), Play::Refuse(Refusal::Unknown)).await;
        bus.registry(Registry::Hangs);
        if waits_for != "[y/N]" {
            bus.findings(Findings::Hangs);
        }
        let mut session = Session::start(&bus, &line.split(' ').collect::<Vec<_>>(), "xterm");
        let before = session.until(waits_for).await;
        interrupt(&session.child);
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(6), 0), "{line}: {before:?} {shown:?}");
        assert!(!shown.contains("Cancelled"), "{line}: {shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pinning_asks_nothing() {
    let outcome = Outcome::Pinned { deployment: plain().deployments[0].id.clone() };
    let work = Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None };
    let bus = Bus::start(plain(), Play::Work(Box::new(work))).await;
    let (shown, code) = Session::start(&bus, &["pin", "booted"], "xterm").end().await;
    assert_eq!(code, Some(0), "{shown:?}");
    assert!(!shown.contains("[y/N]"), "{shown:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_no_questions_gets_none() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let (shown, code) = Session::start(&bus, &["rollback", "--no-ask"], "xterm").end().await;
    assert_eq!(code, Some(2), "{shown:?}");
    assert!(!shown.contains("[y/N]"), "{shown:?}");
}
