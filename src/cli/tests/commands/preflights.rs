// SPDX-License-Identifier: GPL-3.0-or-later
//! What there is to know before a switch: shown, asked about, in the way; and what staged content means.

use std::time::Duration;

use isotope_model::{Concern, Finding, Layered, LayeredEffect, OperationKind, Outcome, Preflight, Refusal, Severity};
use serde_json::json;

use crate::bus::Bus;
use crate::hosts::{of_containers, plain, updated};
use crate::isotopectl::{Run, run};
use crate::readings::{content, preflight};
use crate::session::{Session, plainly};
use crate::stage::{Findings, Lookup, Play, Work};

const KDE: &str = "quay.io/alma/kde:10";

fn staged() -> Play {
    let [deployment, booted, older] = [0, 1, 2].map(|index| updated().deployments[index].id.clone());
    let outcome = Outcome::Staged { deployment, replaced: None, pinned: Some(booted), released: Some(older) };
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

fn found() -> Preflight {
    preflight(&of_containers(plain()), KDE)
}

fn are(preflight: Preflight) -> Findings {
    Findings::Are(Box::new(preflight))
}

fn blocked(concern: Concern) -> Preflight {
    let mut preflight = found();
    preflight.findings.insert(0, Finding { severity: Severity::Blocking, concern });
    preflight
}

async fn bus(findings: Findings) -> Bus {
    let bus = Bus::start(of_containers(plain()), staged()).await;
    bus.then(of_containers(updated()));
    bus.findings(findings);
    bus
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

fn lookup(image: &str, interactive: bool) -> Lookup {
    Lookup { image: image.into(), interactive }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_shown_and_nothing_is_changed() {
    let bus = bus(are(found())).await;
    let shown = typed(&bus, "switch --preflight quay.io/alma/kde:10").await;
    assert_eq!((shown.code, shown.errors.as_str()), (0, ""));
    for line in [
        "Image         quay.io/alma/kde:10",
        "Version       10.4 · built 2025-11-25",
        "To download   350.0 MB",
        "Signature     Installed only if it is signed with the key /etc/pki/containers/alma.pub",
        "Way back      Version 10.2, which runs now, is kept to go back to",
        "Be Careful",
        "  The image is experimental",
        "Good to Know",
        "Nothing is in the way. To switch to it: isotopectl switch quay.io/alma/kde:10",
    ] {
        assert!(shown.output.lines().any(|other| other == line), "{line}: {}", shown.output);
    }
    let json = typed(&bus, "switch --preflight quay.io/alma/kde:10 --json --no-ask").await;
    assert_eq!((json.code, &json.json()["preflight"]), (0, &serde_json::to_value(found()).unwrap()));
    assert_eq!(bus.preflights(), [lookup(KDE, true), lookup(KDE, false)]);
    assert!(bus.requests().is_empty() && bus.lookups().is_empty());
    bus.findings(Findings::Refuses(Refusal::Dismissed { action: String::new() }));
    assert_eq!(typed(&bus, "switch --preflight quay.io/alma/kde:10").await.code, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_way_blocks_whoever_agrees() {
    let (reference, detail) = (|| KDE.to_owned(), String::new);
    let layered = Layered { packages: vec!["htop".into()], ..Layered::default() };
    let refused = |refusal| Concern::Refused { refusal };
    for (concern, code, exit, words) in [
        (
            refused(Refusal::SwitchForbidden { reference: reference() }),
            "switch-forbidden",
            3,
            "/etc/isotope/switching.toml",
        ),
        (
            refused(Refusal::NotBootable { reference: reference(), detail: detail() }),
            "not-bootable",
            10,
            "is not a system that can be started",
        ),
        (
            refused(Refusal::ImageNotFound { reference: reference(), detail: detail() }),
            "image-not-found",
            1,
            "does not have the image",
        ),
        (
            Concern::Layered { layered: layered.clone(), effect: LayeredEffect::Blocks },
            "locally-modified",
            9,
            "rpm-ostree reset",
        ),
        (
            Concern::Layered { layered, effect: LayeredEffect::NeedsReset },
            "needs-reset",
            9,
            "isotopectl switch --reset IMAGE",
        ),
    ] {
        let bus = bus(are(blocked(concern))).await;
        let shown = typed(&bus, "switch --preflight quay.io/alma/kde:10").await;
        assert_eq!((shown.code, shown.errors.as_str()), (exit, ""), "{code}");
        assert!(shown.output.contains("In the Way\n") && shown.output.contains(words), "{}", shown.output);
        let json = typed(&bus, "switch quay.io/alma/kde:10 --yes --json").await;
        assert_eq!((json.code, json.json()["error"]["code"].as_str()), (exit, Some(code)));
        assert_eq!(json.json()["preflight"]["findings"][0]["severity"], "blocking");
        assert!(json.errors.contains("In the Way\n") && json.errors.contains(words), "{}", json.errors);
        let (shown, exited) = Session::start(&bus, &["switch", KDE], "xterm").end().await;
        assert_eq!((exited, shown.contains("[y/N]")), (Some(exit), false), "{shown:?}");
        assert!(bus.requests().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_yes_what_may_come_of_it_is_said_and_it_is_this_very_image() {
    let bus = bus(are(found())).await;
    let done = typed(&bus, "switch quay.io/alma/kde:10 --yes").await;
    assert_eq!(done.code, 0, "{}", done.errors);
    assert!(done.errors.starts_with("Be Careful\n  The image is experimental\n"), "{}", done.errors);
    assert!(!done.errors.contains("Good to Know"), "{}", done.errors);
    let kept = "Version 10.2 is kept to go back to.\n";
    assert!(done.output.contains(kept) && !done.output.contains("Before you restart"), "{}", done.output);
    typed(&bus, "switch quay.io/alma/kde:10 --yes --no-pin").await;
    let requests = bus.requests();
    assert_eq!(requests[0].option("expected-checksum"), Some(format!("sha256:{}", "4".repeat(64))));
    assert_eq!(requests[0].option("state-token"), Some(of_containers(plain()).token.0));
    assert!(!requests[0].declined("pin") && requests[1].declined("pin"));
    assert_eq!(bus.preflights()[0], lookup(KDE, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_shows_what_was_found() {
    for (answer, code, requests) in [("y\n", 0, 1), ("n\n", 6, 0)] {
        let bus = bus(are(found())).await;
        let mut session = Session::start(&bus, &["switch", KDE], "xterm");
        session.types(answer);
        let (shown, exit) = session.end().await;
        assert_eq!((exit, bus.requests().len()), (Some(code), requests), "{shown:?}");
        let shown = plainly(&shown);
        for words in [
            "Looking at the image",
            "Version        10.4 · built 2025-11-25",
            "To download    350.0 MB",
            "Be Careful\r\n  The image is experimental\r\n",
            "Good to Know\r\n",
            "is kept to go back to, through later updates too",
            "Switch to quay.io/alma/kde:10? [y/N]",
        ] {
            assert!(shown.contains(words), "{words}: {shown:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_may_still_switch_and_is_told_what_is_not_known() {
    for refusal in [Refusal::NotAuthorised { action: String::new() }, Refusal::Dismissed { action: String::new() }] {
        let bus = bus(Findings::Refuses(refusal)).await;
        let mut session = Session::start(&bus, &["switch", "quay.io/open/kde:10"], "xterm");
        session.types("y\n");
        let (shown, exit) = session.end().await;
        assert_eq!(exit, Some(0), "{shown:?}");
        let shown = plainly(&shown);
        assert!(
            shown.contains("Signature      Installed without a check") && !shown.contains("To download"),
            "{shown}"
        );
        assert!(shown.contains("could not be looked at") && shown.contains("is not known"), "{shown}");
        assert!(bus.requests()[0].option("expected-checksum").is_none());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_switched_to_that_could_not_be_looked_at_for_a_reason_that_may_pass() {
    for refusal in [Refusal::Busy { operation: None }, Refusal::WorkerLost { detail: String::new() }] {
        let bus = bus(Findings::Refuses(refusal)).await;
        let done = typed(&bus, "switch quay.io/open/kde:10 --yes").await;
        assert_ne!(done.code, 0, "{}", done.output);
        assert!(bus.requests().is_empty(), "nothing was begun");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_downloaded_is_looked_at_before_the_restart() {
    let bus = bus(are(found())).await;
    bus.content(are(content(&of_containers(updated()))));
    let done = typed(&bus, "switch quay.io/alma/kde:10 --yes").await;
    assert_eq!(done.code, 0, "{}", done.errors);
    let link = "sudo rm /etc/systemd/system/display-manager.service";
    for words in ["\n\nBefore you restart, ", "\n\nBe Careful\n  There would be no login screen\n", link] {
        assert!(done.output.contains(words), "{words}: {}", done.output);
    }
    assert_eq!(bus.preflights(), [lookup(KDE, false), lookup("", false)]);
    let again = typed(&bus, "switch --preflight").await;
    assert_eq!(again.code, 0, "{}", again.errors);
    assert!(again.output.contains(link) && again.output.ends_with("in the way of a restart.\n"), "{}", again.output);
    assert_eq!(bus.preflights().last(), Some(&lookup("", true)));
    let json = typed(&bus, "switch quay.io/alma/kde:11 --yes --json").await.json();
    assert_eq!(json["outcome"]["result"], "staged");
    bus.change(of_containers(plain())).await;
    let nothing = typed(&bus, "switch --preflight --json").await;
    assert_eq!((nothing.code, &nothing.json()["error"]), (1, &json!({ "code": "nothing-staged" })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_way_back_that_an_update_released_is_told() {
    let bus = bus(are(found())).await;
    let done = typed(&bus, "update").await;
    assert!(done.output.contains("Version 10.1 is no longer kept to go back to.\n"), "{}", done.output);
    assert_eq!(bus.requests()[0].kind, OperationKind::Update);
    assert!(bus.preflights().is_empty());
}
