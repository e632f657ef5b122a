// SPDX-License-Identifier: GPL-3.0-or-later
//! What comes out, in words, in JSON and as a number.

use std::time::Duration;

use isotope_model::{AvailableUpdate, ImageReference, OperationKind, Outcome, Refusal, Snapshot};

use crate::bus::Bus;
use crate::hosts::{plain, updated};
use crate::isotopectl::{Run, run};
use crate::stage::{Play, Work};

fn work(outcome: Outcome) -> Play {
    Play::Work(Box::new(Work { steps: 3, pause: Duration::from_millis(20), outcome, cancelled: None }))
}

fn staged() -> Outcome {
    Outcome::Staged { deployment: updated().deployments[0].id.clone(), replaced: None, pinned: None, released: None }
}

fn found() -> Outcome {
    let image = ImageReference::from_refspec("alma:desktop/10/gnome").unwrap();
    let checksum = "3".repeat(64);
    Outcome::UpdateAvailable {
        update: AvailableUpdate { image, checksum, version: Some("10.3".into()), built: None, download_bytes: None },
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn status_is_told_in_words_and_in_json() {
    let bus = Bus::start(updated(), Play::Refuse(Refusal::Unknown)).await;
    let words = run(&bus, &["status"]).await;
    assert_eq!(words.code, 0, "{}", words.errors);
    assert!(words.output.contains("0  After restart   10.3 (staged)"), "{}", words.output);
    let json = run(&bus, &["status", "--json"]).await.json();
    assert_eq!(serde_json::from_value::<Snapshot>(json["snapshot"].clone()).unwrap(), updated());
    assert_eq!(json["capabilities"]["roll-back"]["available"], true);
    assert!(json["operation"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_that_is_no_image_has_nothing_to_show() {
    let bus = Bus::start(Snapshot::default(), Play::Refuse(Refusal::NotImageBased)).await;
    for line in [
        "status",
        "check",
        "update",
        "rollback",
        "versions",
        "deploy 1",
        "switch a:b",
        "switch --preflight",
        "switch --preflight a:b",
        "keep",
        "go-back",
        "set-default 0",
        "discard",
        "pin 0",
        "unpin 0",
        "remove 0",
        "cleanup",
        "show 0",
        "config-diff",
        "config-diff 0",
        "inspect",
        "inspect quay.io/alma/kde",
        "trust",
        "trust a:b",
    ] {
        let run = run(&bus, &line.split(' ').collect::<Vec<_>>()).await;
        assert_eq!((run.code, run.output.as_str()), (5, ""), "{line}");
        assert!(run.errors.contains("not an image-based system"), "{}", run.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_update_keeps_to_what_was_seen_and_keeps_a_few_lines() {
    let bus = Bus::start(plain(), work(staged())).await;
    let run = run(&bus, &["update", "--expect", &"3".repeat(64)]).await;
    assert_eq!(run.code, 0, "{}", run.errors);
    assert!(run.output.contains("systemctl reboot"), "{}", run.output);
    assert!(run.errors.contains("Downloading: 1.0 MB of 3.0 MB"), "{}", run.errors);
    for text in [&run.output, &run.errors] {
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
    }
    let request = &bus.requests()[0];
    assert_eq!(request.kind, OperationKind::Update);
    assert_eq!(request.option("state-token"), Some(plain().token.0));
    assert_eq!(request.option("expected-checksum"), Some("3".repeat(64)));
    assert!(request.interactive);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_expectations_and_questions_none_are_sent() {
    let bus = Bus::start(plain(), work(Outcome::UpToDate)).await;
    let run = run(&bus, &["update", "--no-ask", "--json"]).await;
    assert_eq!((run.code, run.json()["outcome"]["result"].as_str()), (0, Some("up-to-date")));
    assert_eq!(run.errors, "");
    let request = &bus.requests()[0];
    assert!(!request.interactive && request.option("expected-checksum").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_says_in_a_number_what_it_found_only_when_asked() {
    let bus = Bus::start(plain(), work(found())).await;
    let words = run(&bus, &["check"]).await;
    assert_eq!(words.code, 0);
    assert!(words.output.contains("10.3") && words.output.contains(&"3".repeat(64)), "{}", words.output);
    let json = run(&bus, &["check", "--exit-code", "--json"]).await;
    assert_eq!(json.code, 77);
    assert_eq!(json.json()["outcome"]["update"]["checksum"], "3".repeat(64));
    let bus = Bus::start(plain(), work(Outcome::UpToDate)).await;
    assert_eq!(run(&bus, &["check", "--exit-code"]).await.code, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_that_nobody_confirms_is_not_asked_for() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let refused = run(&bus, &["rollback", "--json"]).await;
    assert_eq!((refused.code, refused.json()["error"]["code"].as_str()), (2, Some("confirmation-needed")));
    assert!(refused.errors.contains("isotopectl rollback --yes"), "{}", refused.errors);
    assert!(bus.requests().is_empty());
    let before = plain().deployments[1].id.clone();
    let bus =
        Bus::start(plain(), work(Outcome::BootOrderChanged { boots_next: before.clone(), discarded: None })).await;
    let done = run(&bus, &["rollback", "--yes"]).await;
    assert_eq!(done.code, 0, "{}", done.errors);
    assert!(done.output.contains("starts version 10.1"), "{}", done.output);
    assert_eq!(bus.requests()[0].option("expected-deployment"), Some(before.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_failures_have_words_a_form_and_a_number() {
    let action = || "io.github.isotope_desktop.isotope.update".to_owned();
    for (refusal, code) in [
        (Refusal::NotAuthorised { action: action() }, 3),
        (Refusal::Dismissed { action: action() }, 3),
        (Refusal::Busy { operation: Some(OperationKind::Update) }, 7),
        (Refusal::StateChanged, 8),
        (Refusal::Network { detail: "no \u{1b}[31mroute".into() }, 1),
        (Refusal::Unknown, 1),
    ] {
        let failed = work(Outcome::Failed { refusal: refusal.clone() });
        for play in [Play::Refuse(refusal.clone()), failed] {
            let bus = Bus::start(plain(), play).await;
            let run = run(&bus, &["update", "--json"]).await;
            assert_eq!(run.code, code, "{refusal:?}");
            assert_eq!(run.json()["error"], serde_json::to_value(&refusal).unwrap());
            assert!(run.errors.lines().count() >= 3 && !run.errors.contains('\u{1b}'), "{:?}", run.errors);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_cannot_be_written_is_explained() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    for arguments in [&["status"][..], &["status", "--json"], &["history"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = crate::isotopectl::command(&bus, arguments);
        let child = command.stdout(full).stderr(std::process::Stdio::piped()).spawn().unwrap();
        let run: Run = child.wait_with_output().await.unwrap().into();
        assert_eq!(run.code, 1);
        assert_eq!(run.errors.lines().count(), 4, "{}", run.errors);
        for words in ["could not be written", "Only the answer is missing", "a place that has room", "No space left"] {
            assert!(run.errors.contains(words), "{words}: {}", run.errors);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_second_is_told_who_is_first() {
    let play =
        Play::Work(Box::new(Work { steps: 500, pause: Duration::from_millis(20), outcome: staged(), cancelled: None }));
    let bus = Bus::start(plain(), play).await;
    let first = crate::isotopectl::command(&bus, &["update"]).stderr(std::process::Stdio::null()).spawn().unwrap();
    while bus.requests().is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bus.play(Play::Refuse(Refusal::Busy { operation: Some(OperationKind::Update) }));
    let words = run(&bus, &["update"]).await;
    assert_eq!(words.code, 7);
    assert!(
        words.errors.contains("started by person") && words.errors.contains("isotopectl watch"),
        "{}",
        words.errors
    );
    let json = run(&bus, &["check", "--json"]).await.json();
    assert_eq!(json["operation"]["starter"]["user"], "person");
    let status = run(&bus, &["status"]).await.output;
    assert!(status.contains("In progress") && status.contains("started by person"), "{status}");
    drop(first);
}
