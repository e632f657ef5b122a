// SPDX-License-Identifier: GPL-3.0-or-later
//! The first Ctrl-C cancels and waits; the second one leaves.

use std::process::Stdio;
use std::time::Duration;

use isotope_model::{CancelledWith, Outcome, Refusal};
use tokio::process::Child;

use crate::bus::Bus;
use crate::hosts::{plain, updated};
use crate::isotopectl::{Run, command, interrupt};
use crate::stage::{Play, Work};

fn slow(cancelled: Option<Outcome>) -> Play {
    let outcome = Outcome::Staged {
        deployment: updated().deployments[0].id.clone(),
        replaced: None,
        pinned: None,
        released: None,
    };
    Play::Work(Box::new(Work { steps: 1000, pause: Duration::from_millis(20), outcome, cancelled }))
}

async fn asked(bus: &Bus, arguments: &[&str]) -> Child {
    let child = command(bus, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while bus.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // The answer to the request is on its way.
    tokio::time::sleep(Duration::from_millis(300)).await;
    child
}

async fn end(child: Child) -> Run {
    tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await.expect("an end").unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_cancel_is_told() {
    for (left, code, words) in [
        (CancelledWith::NothingChanged, 6, "Nothing was changed"),
        (CancelledWith::AlreadyDone, 0, "too late to cancel"),
    ] {
        let bus = Bus::start(plain(), slow(Some(Outcome::Cancelled { left }))).await;
        let child = asked(&bus, &["update"]).await;
        interrupt(&child);
        let run = end(child).await;
        assert_eq!(run.code, code);
        assert!(run.output.contains(words), "{}", run.output);
        assert!(run.errors.contains("Cancelling"), "{}", run.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json_a_cancel_is_an_outcome_and_no_error() {
    let cancelled = Outcome::Cancelled { left: CancelledWith::NothingChanged };
    let bus = Bus::start(plain(), slow(Some(cancelled))).await;
    let child = asked(&bus, &["check", "--json"]).await;
    interrupt(&child);
    let run = end(child).await;
    assert_eq!((run.code, run.json()["outcome"]["left"].as_str()), (6, Some("nothing-changed")));
    assert!(run.json().get("error").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_leaves() {
    let bus = Bus::start(plain(), slow(None)).await;
    let child = asked(&bus, &["update", "--json"]).await;
    interrupt(&child);
    tokio::time::sleep(Duration::from_millis(200)).await;
    interrupt(&child);
    let run = end(child).await;
    assert_eq!((run.code, run.json()["error"]["code"].as_str()), (130, Some("left")));
    assert!(run.errors.contains("isotopectl watch"), "{}", run.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_password_is_asked_for_it_takes_the_request_back() {
    let action = "io.github.isotope_desktop.isotope.update".to_owned();
    let bus = Bus::start(plain(), Play::AskUntilTold(Refusal::Dismissed { action })).await;
    let child = asked(&bus, &["update"]).await;
    interrupt(&child);
    tokio::time::sleep(Duration::from_millis(200)).await;
    bus.tell();
    let run = end(child).await;
    assert_eq!(run.code, 6);
    assert!(run.errors.contains("Nothing was changed"), "{}", run.errors);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_question_that_does_not_end_is_left() {
    let bus = Bus::start(plain(), Play::AskUntilTold(Refusal::Unknown)).await;
    let child = asked(&bus, &["update"]).await;
    interrupt(&child);
    assert_eq!(end(child).await.code, 130);
}
