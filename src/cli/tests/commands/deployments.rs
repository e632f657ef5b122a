// SPDX-License-Identifier: GPL-3.0-or-later
//! What is done with deployments: what is asked for, and what is told of it.

use std::time::Duration;

use isotope_model::{OperationKind, Outcome, PublishedVersion, Refusal};

use crate::bus::Bus;
use crate::hosts::{plain, updated};
use crate::isotopectl::run;
use crate::stage::{Play, Work};

fn work(outcome: Outcome) -> Play {
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_command_asks_for_its_operation_and_tells_what_came_of_it() {
    let [staged, booted, older] = [0, 1, 2].map(|index| updated().deployments[index].id.clone());
    let boots = |boots_next: &isotope_model::DeploymentId| Outcome::BootOrderChanged {
        boots_next: boots_next.clone(),
        discarded: Some(staged.clone()),
    };
    let replaced =
        Outcome::Staged { deployment: staged.clone(), replaced: Some(older.clone()), pinned: None, released: None };
    let table = [
        (
            "switch alma:desktop/10/kde",
            OperationKind::Switch,
            Some("alma:desktop/10/kde".to_owned()),
            replaced.clone(),
            "It replaces version 10.1",
        ),
        ("deploy 10.0", OperationKind::Deploy, Some("10.0".to_owned()), replaced, "To start 10.3, restart"),
        (
            "set-default rollback",
            OperationKind::SetDefault,
            Some(older.to_string()),
            boots(&older),
            "Version 10.3, which was ready for the next restart, was discarded.",
        ),
        (
            "set-default booted",
            OperationKind::SetDefault,
            Some(booted.to_string()),
            boots(&booted),
            "starts version 10.2",
        ),
        (
            "discard",
            OperationKind::Discard,
            None,
            Outcome::Discarded { deployment: staged.clone() },
            "Version 10.3 was discarded.",
        ),
        (
            "remove 10.1",
            OperationKind::Remove,
            Some(older.to_string()),
            Outcome::Removed { deployment: older.clone(), freed_bytes: Some(2_000) },
            "Version 10.1 was removed. That freed 2.0 kB.",
        ),
        (
            "cleanup",
            OperationKind::CleanUp,
            None,
            Outcome::CleanedUp { freed_bytes: Some(5_000_000) },
            "Cleaning up freed 5.0 MB.",
        ),
    ];
    for (line, kind, argument, outcome, words) in table {
        let bus = Bus::start(updated(), work(outcome.clone())).await;
        let arguments: Vec<_> = line.split(' ').collect();
        let unasked = run(&bus, &arguments).await;
        assert_eq!((unasked.code, unasked.output.as_str()), (2, ""), "{line}");
        assert!(unasked.errors.contains(&format!("isotopectl {line} --yes")), "{line}: {}", unasked.errors);
        assert!(bus.requests().is_empty(), "{line}");
        let done = run(&bus, &[&arguments[..], &["--yes"]].concat()).await;
        assert_eq!(done.code, 0, "{line}: {}", done.errors);
        assert!(done.output.contains(words), "{line}: {}", done.output);
        let request = &bus.requests()[0];
        assert_eq!((request.kind, &request.argument), (kind, &argument), "{line}");
        assert_eq!(request.option("state-token"), Some(updated().token.0), "{line}");
        let json = run(&bus, &[&arguments[..], &["-y", "--json"]].concat()).await;
        assert_eq!(json.json()["outcome"], serde_json::to_value(&outcome).unwrap(), "{line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn discarding_is_for_what_was_seen_to_be_staged() {
    let staged = updated().deployments[0].id.clone();
    let bus = Bus::start(updated(), work(Outcome::Discarded { deployment: staged.clone() })).await;
    assert_eq!(run(&bus, &["discard", "-y"]).await.code, 0);
    assert_eq!(bus.requests()[0].option("expected-deployment"), Some(staged.to_string()));
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let nothing = run(&bus, &["discard", "-y", "--json"]).await;
    assert_eq!((nothing.code, nothing.json()["error"]["code"].as_str()), (1, Some("nothing-staged")));
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_say_which_of_them_are_here() {
    let offered = |digit: char, version: &str| PublishedVersion {
        checksum: digit.to_string().repeat(64),
        version: Some(version.into()),
        built: Some(1_763_424_000),
    };
    let versions = vec![offered('5', "10.4"), offered('2', "10.2"), offered('1', "10.1")];
    let bus = Bus::start(plain(), work(Outcome::Versions { versions })).await;
    let words = run(&bus, &["versions"]).await;
    assert_eq!(words.code, 0, "{}", words.errors);
    assert_eq!(
        words.output.lines().collect::<Vec<_>>(),
        [
            "Version   Built        Checksum       On this computer",
            "10.4      2025-11-18   555555555555",
            "10.2      2025-11-18   222222222222   Running now",
            "10.1      2025-11-18   111111111111   Before",
        ]
    );
    let json = run(&bus, &["versions", "--json"]).await.json();
    assert_eq!(json["outcome"]["versions"][0]["version"], "10.4");
    assert_eq!(json["snapshot"]["deployments"][0]["booted"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_service_have_their_exit_codes() {
    for (refusal, line, code) in [
        (Refusal::AlreadyFollowed { reference: "a:b".into() }, "switch a:b -y", 0),
        (Refusal::UnknownRemote { remote: "a".into() }, "switch a:b -y", 1),
        (Refusal::VersionNotFound { version: "1".into() }, "deploy 1 -y", 1),
        (Refusal::NotAuthorised { action: "a".into() }, "unpin rollback", 3),
        (Refusal::Busy { operation: None }, "cleanup -y", 7),
    ] {
        let mut snapshot = plain();
        snapshot.deployments[1].pinned = true;
        let bus = Bus::start(snapshot, Play::Refuse(refusal.clone())).await;
        let run = run(&bus, &[&line.split(' ').collect::<Vec<_>>()[..], &["--json"]].concat()).await;
        assert_eq!((run.code, &run.json()["error"]), (code, &serde_json::to_value(&refusal).unwrap()), "{line}");
    }
}
