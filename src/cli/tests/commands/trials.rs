// SPDX-License-Identifier: GPL-3.0-or-later
//! After a switch and a restart: what was switched to is kept, or gone back from.

use std::time::Duration;

use isotope_model::{AutomaticPin, OperationKind, Outcome, Refusal};

use crate::bus::Bus;
use crate::hosts::{plain, trial};
use crate::isotopectl::{Run, run};
use crate::session::{Session, plainly};
use crate::stage::{Play, Work};

fn work(outcome: Outcome) -> Play {
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_show_tell_that_something_is_to_be_decided() {
    let bus = Bus::start(trial(), Play::Refuse(Refusal::Unknown)).await;
    let status = typed(&bus, "status").await.output;
    for words in [
        "1  Before        10.1 (kept to go back to)\n",
        "\nTo decide        Keep AlmaLinux Atomic Desktop · KDE, or go back to AlmaLinux Atomic Desktop · GNOME?\n",
        "                 To keep it: isotopectl keep. To go back: isotopectl go-back\n",
    ] {
        assert!(status.contains(words), "{words}: {status}");
    }
    let json = typed(&bus, "status --json").await.json();
    assert_eq!(json["snapshot"]["deployments"][1]["automatic-pin"], serde_json::json!({}));
    assert_eq!(json["capabilities"]["keep"]["available"], true);
    let show = typed(&bus, "show rollback").await.output;
    assert!(show.contains("Pinned             yes\n                   kept to go back to\n"), "{show}");
    let mut decided = trial();
    decided.deployments[1].automatic_pin = Some(AutomaticPin { updates_left: Some(3) });
    bus.change(decided).await;
    let status = typed(&bus, "status").await.output;
    assert!(status.contains("10.1 (kept for 3 more updates, to go back to)\n"), "{status}");
    assert!(!status.contains("To decide"), "{status}");
}

#[tokio::test(flavor = "multi_thread")]
async fn keeping_is_for_the_way_back_that_was_seen_and_asks_nothing() {
    let before = trial().deployments[1].id.clone();
    let bus = Bus::start(trial(), work(Outcome::Kept { deployment: before.clone() })).await;
    let kept = typed(&bus, "keep").await;
    assert_eq!(kept.code, 0, "{}", kept.errors);
    assert_eq!(
        kept.output,
        "What was switched to is kept. Version 10.1 stays for a few more updates, to go back to.\n"
    );
    let request = &bus.requests()[0];
    assert_eq!((request.kind, request.option("expected-deployment")), (OperationKind::Keep, Some(before.to_string())));
    assert_eq!(request.option("state-token"), Some(trial().token.0));
    assert_eq!(typed(&bus, "keep --json").await.json()["outcome"]["result"], "kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn going_back_says_what_follows_and_starts_what_ran_before() {
    let before = trial().deployments[1].id.clone();
    let changed = || work(Outcome::BootOrderChanged { boots_next: before.clone(), discarded: None });
    let bus = Bus::start(trial(), changed()).await;
    let unasked = typed(&bus, "go-back").await;
    assert_eq!((unasked.code, unasked.output.as_str()), (2, ""));
    assert!(unasked.errors.contains("isotopectl go-back --yes"), "{}", unasked.errors);
    assert!(bus.requests().is_empty());
    let done = typed(&bus, "go-back --yes").await;
    assert_eq!(done.code, 0, "{}", done.errors);
    assert!(done.output.starts_with("The next restart starts version 10.1.\n"), "{}", done.output);
    let request = &bus.requests()[0];
    assert_eq!((request.kind, &request.argument), (OperationKind::SetDefault, &Some(before.to_string())));
    for (answer, code, requests) in [("y\n", 0, 1), ("n\n", 6, 0)] {
        let bus = Bus::start(trial(), changed()).await;
        let mut session = Session::start(&bus, &["go-back"], "xterm");
        session.types(answer);
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(code), requests), "{shown:?}");
        let shown = plainly(&shown);
        for words in [
            "Running now     10.2 (KDE",
            "After restart   10.1 (GNOME",
            "takes effect with the next restart",
            "Your own files stay",
            "Go back to 10.1? [y/N]",
        ] {
            assert!(shown.contains(words), "{words}: {shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_to_be_decided_nothing_is_asked_for() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    for line in ["keep", "go-back", "go-back --yes"] {
        let told = typed(&bus, &format!("{line} --json")).await;
        assert_eq!((told.code, told.json()["error"]["code"].as_str()), (1, Some("nothing-to-keep")), "{line}");
        assert!(told.errors.contains("There is nothing to decide"), "{}", told.errors);
    }
    assert!(bus.requests().is_empty());
}
