// SPDX-License-Identifier: GPL-3.0-or-later
//! The row of `Cancel`, which is a method of an operation.

use std::time::Duration;

use isotope_lab::PolkitPreset;
use isotope_model::Outcome;
use isotope_model::names::ACTION_PREFIX;
use isotope_tests::{Agent, Answer, Call, Computer};
use serde_json::json;

use super::{Row, Table, end_of, long_update, prepare, result_of};

/// Somebody else's operation; one's own is free.
pub(super) async fn cancel(computer: &Computer, table: &mut Table) {
    let row =
        Row { method: "Cancel", action: Some("cancel"), argument: None, wrong: None, not_here: false, answers: false };
    let path = long_update(computer).await;
    let other = computer.other_person();
    let answer = |call: &mut Call| {
        call.make().unwrap();
        call.answer().unwrap()
    };

    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let denied = answer(&mut prepare(&other, &path, &row, true));
    assert_eq!(denied["error"], "NotAuthorised", "{denied}");
    table.put("Cancel", "denied", "NotAuthorised");

    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = prepare(&other, &path, &row, true);
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
    call.make().unwrap();
    assert_eq!(agent.asked().unwrap().0, format!("{ACTION_PREFIX}cancel"));
    assert_eq!(call.answer().unwrap()["error"], "Dismissed");
    table.put("Cancel", "dismissed", "Dismissed");

    let mut call = prepare(&other, &path, &row, true);
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    call.leave().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(computer.client().await.current_operation().await.unwrap().is_some(), "it still runs");
    table.put("Cancel", "caller gone", "it still runs");

    let mut call = prepare(&other, &path, &row, true);
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    assert_eq!(call.answer().unwrap(), json!({ "answer": null }));
    let outcome = end_of(computer, &json!({ "answer": path })).await;
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
    table.put("Cancel", "allowed", result_of(&outcome));

    let ended = answer(&mut prepare(&other, &path, &row, true));
    assert_eq!(ended["error"], "AlreadyEnded");
    table.put("Cancel", "wrong state", "AlreadyEnded");
}
