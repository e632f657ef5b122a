// SPDX-License-Identifier: GPL-3.0-or-later
//! `watch` tells everything, also to those who come late.

use std::time::Duration;

use isotope_model::{Outcome, Refusal};
use serde_json::Value;

use crate::bus::Bus;
use crate::hosts::{plain, updated};
use crate::isotopectl::{Running, command, interrupt};
use crate::stage::{Play, Work};

fn working() -> Play {
    let outcome = Outcome::Staged {
        deployment: updated().deployments[0].id.clone(),
        replaced: None,
        pinned: None,
        released: None,
    };
    Play::Work(Box::new(Work { steps: 100, pause: Duration::from_millis(30), outcome, cancelled: None }))
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_are_told_until_ctrl_c() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let mut watch = Running::start(&bus, &["watch"]);
    assert!(watch.line().await.ends_with("Version 10.2 runs."));
    bus.change(updated()).await;
    assert!(watch.line().await.ends_with("Version 10.3 was staged."));
    assert!(watch.line().await.ends_with("A restart starts version 10.3."));
    interrupt(&watch.child);
    assert_eq!(watch.end().await.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_in_the_middle_sees_how_far_it_is() {
    let bus = Bus::start(plain(), working()).await;
    let update = command(&bus, &["update"]).output();
    let late = async {
        while bus.requests().is_empty() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
        let mut watch = Running::start(&bus, &["watch"]);
        assert!(watch.line_with("Updating").await.contains("started by person"));
        assert!(watch.line().await.contains("of 100.0 MB"));
        watch.line_with("It starts with the next restart").await;
    };
    let (update, ()) = tokio::join!(update, late);
    assert!(update.unwrap().status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn in_json_each_line_is_a_whole_state() {
    let bus = Bus::start(plain(), working()).await;
    let mut watch = Running::start(&bus, &["watch", "--json"]);
    let first: Value = serde_json::from_str(&watch.line().await).unwrap();
    assert_eq!((&first["event"], &first["operation"]), (&"state".into(), &Value::Null));
    let update = command(&bus, &["update"]).output();
    let progress = async {
        let mut last = 0;
        loop {
            let state: Value = serde_json::from_str(&watch.line().await).unwrap();
            let bytes = state["operation"]["progress"]["bytes"].as_u64().unwrap_or_default();
            assert!(bytes >= last);
            last = bytes;
            if state["operation"]["outcome"]["result"] == "staged" {
                return last;
            }
        }
    };
    let (_, last) = tokio::join!(update, progress);
    assert_eq!(last, 100_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn when_nobody_reads_any_more_it_ends() {
    let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
    let mut child = command(&bus, &["watch"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    drop(child.stdout.take());
    bus.change(updated()).await;
    let status = tokio::time::timeout(Duration::from_secs(10), child.wait()).await.expect("an end").unwrap();
    assert_eq!(status.code(), Some(0));
}
