// SPDX-License-Identifier: GPL-3.0-or-later
//! A deployment is named, and the request is for that very one.

use std::time::Duration;

use isotope_model::{OperationKind, Outcome, Refusal, Snapshot};

use crate::bus::Bus;
use crate::hosts::{deployment, host, updated};
use crate::isotopectl::run;
use crate::stage::{Play, Work};

/// Four deployments, of which two are of one version.
fn crowded() -> Snapshot {
    let mut snapshot =
        host(vec![deployment('3', "10.3"), deployment('2', "10.2"), deployment('1', "10.1"), deployment('4', "10.1")]);
    snapshot.deployments[3].pinned = true;
    snapshot
}

#[tokio::test(flavor = "multi_thread")]
async fn each_way_to_name_it_asks_for_its_id_and_with_the_state_that_was_seen() {
    let id = crowded().deployments[2].id.clone();
    let whole = id.to_string();
    for name in ["2", "rollback", "1111", &"1".repeat(64), &whole] {
        let outcome = Outcome::Pinned { deployment: id.clone() };
        let work = Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None };
        let bus = Bus::start(crowded(), Play::Work(Box::new(work))).await;
        let run = run(&bus, &["pin", name]).await;
        assert_eq!(run.code, 0, "{name}: {}", run.errors);
        assert_eq!(run.output, "Version 10.1 is kept until it is unpinned.\n");
        let request = &bus.requests()[0];
        assert_eq!((request.kind, request.argument.as_deref()), (OperationKind::Pin, Some(whole.as_str())));
        assert_eq!(request.option("state-token"), Some(crowded().token.0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_names_none_or_two_is_wrong_usage_and_lists_what_there_is() {
    let bus = Bus::start(crowded(), Play::Refuse(Refusal::Unknown)).await;
    for (line, code, candidates) in [
        ("pin 7", "no-such-deployment", 4),
        ("unpin 10", "no-such-deployment", 4),
        ("set-default 111", "no-such-deployment", 4),
        ("remove 10.1", "ambiguous-deployment", 2),
        ("remove 10.1 --yes", "ambiguous-deployment", 2),
        ("show 10.1", "ambiguous-deployment", 2),
        ("config-diff nothing", "no-such-deployment", 4),
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let told = run(&bus, &words).await;
        assert_eq!((told.code, told.output.as_str()), (2, ""), "{line}");
        let listed = told.errors.lines().filter(|line| line.contains("alma/")).count();
        assert_eq!(listed, candidates, "{line}: {}", told.errors);
        let json = run(&bus, &[&words[..], &["--json"]].concat()).await;
        assert_eq!((json.code, json.json()["error"]["code"].as_str()), (2, Some(code)), "{line}");
        assert_eq!(json.json()["error"]["candidates"].as_array().unwrap().len(), candidates);
    }
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_with_it_is_said_before_anything_is_asked() {
    let bus = Bus::start(crowded(), Play::Refuse(Refusal::Unknown)).await;
    for (line, exit, code) in [
        ("remove booted", 1, "protected"),
        ("remove staged", 1, "protected"),
        ("remove 3", 1, "protected"),
        ("pin staged", 1, "still-staged"),
        ("pin 3", 0, "already-pinned"),
        ("unpin booted", 0, "not-pinned"),
        ("set-default staged", 0, "already-default"),
        ("switch nonsense", 2, "malformed-reference"),
        ("switch alma:desktop/10/gnome", 0, "already-followed"),
    ] {
        let run = run(&bus, &[&line.split(' ').collect::<Vec<_>>()[..], &["--json"]].concat()).await;
        assert_eq!((run.code, run.json()["error"]["code"].as_str()), (exit, Some(code)), "{line}");
        assert!(run.errors.lines().count() >= 3, "{line}: {}", run.errors);
    }
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_made_meanwhile_is_an_end_of_its_own() {
    let bus = Bus::start(updated(), Play::Refuse(Refusal::StateChanged)).await;
    for line in ["pin booted", "remove rollback --yes", "set-default booted --yes"] {
        assert_eq!(run(&bus, &line.split(' ').collect::<Vec<_>>()).await.code, 8, "{line}");
    }
}
