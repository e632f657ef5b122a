// SPDX-License-Identifier: GPL-3.0-or-later
//! What is only read: it asks for no operation.

use isotope_model::{BootRecord, BootVerdict, Refusal, Snapshot};
use serde_json::json;

use crate::bus::Bus;
use crate::hosts::{plain, updated};
use crate::isotopectl::run;
use crate::stage::Play;

async fn bus(snapshot: Snapshot) -> Bus {
    Bus::start(snapshot, Play::Refuse(Refusal::Unknown)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn one_deployment_is_shown_in_words_and_in_json() {
    let bus = bus(updated()).await;
    let words = run(&bus, &["show", "booted"]).await;
    assert_eq!(words.code, 0, "{}", words.errors);
    for line in ["State              Running now", "Kernel             6.12.0-lab", "Signature          Verified"] {
        assert!(words.output.contains(line), "{line}: {}", words.output);
    }
    assert!(words.output.ends_with("100.0 MB on the disk\n                   1.0 MB in /boot\n"), "{}", words.output);
    let json = run(&bus, &["show", "10.1", "--json"]).await.json();
    assert_eq!(json["deployment"]["version"], "10.1");
    assert_eq!(json["details"]["signature"]["state"], "verified");
    assert_eq!(json["disk-usage"]["own-bytes"], 100_000_000);
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_in_etc_are_listed_of_the_one_that_runs_or_of_the_one_that_is_named() {
    let bus = bus(plain()).await;
    let words = run(&bus, &["config-diff"]).await;
    assert_eq!((words.code, words.errors.as_str()), (0, ""));
    let lines: Vec<_> = words.output.lines().collect();
    assert_eq!(lines[..2], ["M /etc/hosts", "D /etc/issue"]);
    assert!(lines[2].starts_with("3 differences more"), "{}", words.output);
    let json = run(&bus, &["config-diff", "--json"]).await.json();
    assert_eq!(json["changes"][0], json!({ "path": "/etc/hosts", "change": "modified" }));
    assert_eq!((&json["hidden"], &json["deployment"]), (&json!(3), &json!(plain().deployments[0].id)));
    let other = run(&bus, &["config-diff", "rollback"]).await;
    assert!(other.output.starts_with("Nothing in /etc differs"), "{}", other.output);
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_told_newest_first_and_as_much_as_is_wanted() {
    let bus = bus(plain()).await;
    let words = run(&bus, &["history"]).await;
    assert_eq!(words.code, 0, "{}", words.errors);
    let lines: Vec<_> = words.output.lines().collect();
    assert!(lines[0].ends_with("Started with version 10.2"), "{}", words.output);
    assert!(lines[1].ends_with("Version 10.3 was not installed"), "{}", words.output);
    assert_eq!(lines[3], "2025-11-18 09:30   Update · person · 2 min 5 s · 12.1 MB");
    let wrong = run(&bus, &["history", "--limit", "x"]).await;
    assert_eq!((wrong.code, wrong.output.as_str()), (2, ""));
    assert!(wrong.errors.contains("say how many entries to show"), "{}", wrong.errors);
    let json = run(&bus, &["history", "--json", "--limit", "1"]).await.json();
    assert_eq!(json["history"].as_array().unwrap().len(), 1);
    assert_eq!((&json["history"][0]["event"], &json["history"][0]["verdict"]), (&"boot".into(), &"staged-lost".into()));
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn status_tells_more_when_asked_and_begins_with_a_surprise() {
    let last_boot = BootRecord {
        time: 1_763_460_000,
        boot_id: "b".into(),
        deployment: plain().deployments[0].id.clone(),
        version: Some("10.2".into()),
        name: None,
        verdict: BootVerdict::FellBack { expected: Some("10.3".into()) },
    };
    let bus = bus(Snapshot { last_boot: Some(last_boot), ..plain() }).await;
    let words = run(&bus, &["status"]).await.output;
    assert!(words.starts_with("Version 10.3 did not start\n"), "{words}");
    assert!(words.contains("\n0  Running now   10.2\n") && !words.contains("Free space"), "{words}");
    let verbose = run(&bus, &["status", "-v"]).await.output;
    for line in [
        format!("id {}", plain().deployments[0].id),
        "follows alma:desktop/10/gnome".into(),
        "takes 100.0 MB for itself, and 1.0 MB in /boot".into(),
        "Free space       4.0 GB of 20.0 GB".into(),
    ] {
        assert!(verbose.contains(&line), "{line}: {verbose}");
    }
    let json = run(&bus, &["status", "--json", "--verbose"]).await.json();
    assert_eq!(json["disk-usage"]["clean-up-bytes"], 7_000_000);
    assert_eq!(json["snapshot"]["last-boot"]["verdict"], "fell-back");
}
