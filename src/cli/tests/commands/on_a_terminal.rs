// SPDX-License-Identifier: GPL-3.0-or-later
//! With a terminal: styles, a bar, a question.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use isotope_model::{Outcome, Refusal};
use nix::pty::{Winsize, openpty};
use tokio::process::Child;

use crate::bus::Bus;
use crate::hosts::{of_containers, plain, updated};
use crate::isotopectl::command;
use crate::service::{Play, Work};

/// A run on a terminal, and the side of it where the person sits.
struct Session {
    child: Child,
    person: File,
}

impl Session {
    fn start(bus: &Bus, arguments: &[&str], kind: &str) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let side = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = command(bus, arguments);
        let child = command.env("TERM", kind).stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        Self { child, person: pty.master.into() }
    }

    fn types(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// Everything that was shown, and the exit code.
    async fn end(mut self) -> (String, Option<i32>) {
        let mut person = self.person;
        let reading = tokio::task::spawn_blocking(move || {
            let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
            // The other side closed is an error on Linux, not an end of file.
            while let Ok(read @ 1..) = person.read(&mut piece) {
                shown.extend_from_slice(&piece[..read]);
            }
            String::from_utf8_lossy(&shown).into_owned()
        });
        let status = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.expect("an end").unwrap();
        (reading.await.unwrap(), status.code())
    }
}

fn working() -> Play {
    let outcome = Outcome::Staged { deployment: updated().deployments[0].id.clone(), replaced: None };
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
    let signature = "Signature      Installed without a check of its signature";
    for image in ["quay.io/alma/kde:10", "ostree-unverified-registry:quay.io/alma/kde:10"] {
        let bus = Bus::start(of_containers(plain()), Play::Refuse(Refusal::Unknown)).await;
        let mut session = Session::start(&bus, &["switch", image], "xterm");
        session.types("n\n");
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(6), 0), "{shown:?}");
        let plain = shown.replace("\x1b[1m", "").replace("\x1b[0m", "");
        for words in ["Follows then   quay.io/alma/kde:10\r", signature, "Switch to quay.io/alma/kde:10? [y/N]"] {
            assert!(plain.contains(words), "{words}: {shown:?}");
        }
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
