// SPDX-License-Identifier: GPL-3.0-or-later
//! The real polkitd decides, for the bus name that called; a registered test agent is the person at the keyboard.

use std::time::Duration;

use isotope_lab::PolkitPreset;
use isotope_model::names::{ACTION_PREFIX, OBJECT_PATH};
use isotope_model::{Outcome, Phase};
use isotope_tests::{Agent, Answer, Call, Computer, Person};
use serde_json::{Value, json};

/// A computer with an update to be had and a deployment to go back to.
async fn computer() -> Computer {
    let computer = Computer::start();
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    computer.publish(|publication| publication);
    computer
}

/// Methods that need authority, and the action of each.
const METHODS: [(&str, &str); 3] = [("Check", "check"), ("Update", "update"), ("RollBack", "roll-back")];

fn make(person: &Person<'_>, path: &str, method: &str, interactive: bool) -> Call {
    let mut call = person.prepare(path, method, &json!({}), interactive).unwrap();
    call.make().unwrap();
    call
}

fn operation_of(answer: &Value) -> String {
    answer["answer"].as_str().unwrap_or_else(|| panic!("refused: {answer}")).to_owned()
}

async fn end_of(computer: &Computer, path: &str) -> Outcome {
    let client = computer.client().await;
    let path = zbus::zvariant::OwnedObjectPath::try_from(path).unwrap();
    let operation = isotope_client::Operation::at(client.connection(), path).await.unwrap();
    operation.follow(|_| {}).await.unwrap()
}

#[tokio::test]
async fn who_is_allowed_gets_it_done() {
    let computer = computer().await;
    for (method, _) in METHODS {
        let answer = make(&computer.person(), OBJECT_PATH, method, false).answer().unwrap();
        let outcome = end_of(&computer, &operation_of(&answer)).await;
        assert!(!matches!(outcome, Outcome::Failed { .. }), "{method}: {outcome:?}");
    }
}

#[tokio::test]
async fn who_is_denied_changes_nothing() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let before = computer.fingerprint();
    for (method, action) in METHODS {
        for interactive in [false, true] {
            let answer = make(&computer.person(), OBJECT_PATH, method, interactive).answer().unwrap();
            assert_eq!(answer["error"], "NotAuthorised", "{method}");
            assert_eq!(answer["parameters"]["action"], format!("{ACTION_PREFIX}{action}"));
        }
    }
    assert_eq!(computer.fingerprint(), before);
    let read = make(&computer.person(), OBJECT_PATH, "GetSnapshot", false).answer().unwrap();
    assert_eq!(read["answer"]["host"]["image-based"], true, "reading is free");
}

#[tokio::test]
async fn who_dismisses_the_dialog_changes_nothing_and_who_enters_a_password_gets_it_done() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    for (method, action) in METHODS {
        let before = computer.fingerprint();
        let mut call = computer.person().prepare(OBJECT_PATH, method, &json!({}), true).unwrap();
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
        call.make().unwrap();
        let (asked, _) = agent.asked().unwrap();
        assert_eq!(asked, format!("{ACTION_PREFIX}{action}"));
        assert_eq!(call.answer().unwrap()["error"], "Dismissed", "{method}");
        assert_eq!(computer.fingerprint(), before);

        let mut call = computer.person().prepare(OBJECT_PATH, method, &json!({}), true).unwrap();
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
        call.make().unwrap();
        agent.asked().unwrap();
        let outcome = end_of(&computer, &operation_of(&call.answer().unwrap())).await;
        assert!(!matches!(outcome, Outcome::Failed { .. }), "{method}: {outcome:?}");
    }
}

#[tokio::test]
async fn without_the_interactive_flag_nobody_is_asked() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.person().prepare(OBJECT_PATH, "RollBack", &json!({}), false).unwrap();
    let _agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
    call.make().unwrap();
    assert_eq!(call.answer().unwrap()["error"], "NotAuthorised");
}

#[tokio::test]
async fn the_dialog_of_a_rollback_names_the_version() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.person().prepare(OBJECT_PATH, "RollBack", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
    call.make().unwrap();
    let (_, message) = agent.asked().unwrap();
    assert!(message.contains(isotope_tests::FIRST_VERSION), "{message}");
}

#[tokio::test]
async fn a_system_that_changes_while_the_dialog_is_open_is_noticed() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let token = computer.client().await.snapshot().await.unwrap().token;
    let default = computer.default_entry();
    let options = json!({ "state-token": token.0 });
    let mut call = computer.person().prepare(OBJECT_PATH, "RollBack", &options, true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    computer.root(&["ostree", "admin", "pin", "0"]);
    agent.approve().unwrap();
    let answer = call.answer().unwrap();
    let outcome = end_of(&computer, &operation_of(&answer)).await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: isotope_model::Refusal::StateChanged }), "{outcome:?}");
    assert_eq!(computer.default_entry(), default);
}

#[tokio::test]
async fn a_caller_that_leaves_while_the_dialog_is_open_starts_nothing() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    for (method, _) in METHODS {
        let before = computer.fingerprint();
        let mut call = computer.person().prepare(OBJECT_PATH, method, &json!({}), true).unwrap();
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
        call.make().unwrap();
        agent.asked().unwrap();
        call.leave().unwrap();
        let began = std::time::Instant::now();
        while !computer.lab().processes("isotope-engine").unwrap().is_empty() {
            assert!(began.elapsed() < Duration::from_secs(10), "{method}: the engine still waits for the dialog");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(computer.client().await.current_operation().await.unwrap().is_none());
        assert_eq!(computer.fingerprint(), before, "{method}");
    }
}

#[tokio::test]
async fn an_operation_goes_on_when_its_starter_leaves() {
    let computer = computer().await;
    let answer = {
        let mut call = make(&computer.person(), OBJECT_PATH, "Update", false);
        let answer = call.answer().unwrap();
        call.leave().unwrap();
        answer
    };
    let outcome = end_of(&computer, &operation_of(&answer)).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
}

/// Starts an update that lasts, as the person. Returns its object path.
async fn long_update(computer: &Computer) -> String {
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(1 << 20);
    let path = operation_of(&make(&computer.person(), OBJECT_PATH, "Update", false).answer().unwrap());
    let client = computer.client().await;
    let operation = client.current_operation().await.unwrap().expect("an operation");
    Computer::wait_for_phase(operation, Phase::Pulling).await.unwrap();
    path
}

#[tokio::test]
async fn ones_own_operation_is_cancelled_freely_and_anybody_elses_as_polkit_says() {
    let computer = computer().await;
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    let path = long_update(&computer).await;

    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let answer = make(&computer.other_person(), &path, "Cancel", false).answer().unwrap();
    assert_eq!(answer["error"], "NotAuthorised");

    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.other_person().prepare(&path, "Cancel", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
    call.make().unwrap();
    assert_eq!(agent.asked().unwrap().0, format!("{ACTION_PREFIX}cancel"));
    assert_eq!(call.answer().unwrap()["error"], "Dismissed");

    // Whoever left the bus meanwhile has not cancelled anything.
    let mut call = computer.other_person().prepare(&path, "Cancel", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    call.leave().unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(computer.client().await.current_operation().await.unwrap().is_some(), "it still runs");

    let mut call = computer.other_person().prepare(&path, "Cancel", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
    call.make().unwrap();
    agent.asked().unwrap();
    assert_eq!(call.answer().unwrap(), json!({ "answer": null }));
    let outcome = end_of(&computer, &path).await;
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");

    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    let path = long_update(&computer).await;
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let answer = make(&computer.person(), &path, "Cancel", false).answer().unwrap();
    assert_eq!(answer, json!({ "answer": null }), "one's own is free");
    let outcome = end_of(&computer, &path).await;
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
    let answer = make(&computer.person(), &path, "Cancel", false).answer().unwrap();
    assert_eq!(answer["error"], "AlreadyEnded");
}
