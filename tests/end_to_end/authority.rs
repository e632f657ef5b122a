// SPDX-License-Identifier: GPL-3.0-or-later
//! The real polkitd decides, for the bus name that called; a registered test agent is the person at the keyboard.

use isotope_lab::{Backend, PolkitPreset};
use isotope_model::Outcome;
use isotope_model::names::{ACTION_PREFIX, OBJECT_PATH};
use isotope_tests::{Agent, Answer, Call, Computer, Person};
use serde_json::{Value, json};

on_every_program! {
    without_the_interactive_flag_nobody_is_asked,
    the_dialog_of_a_rollback_names_the_version,
    a_system_that_changes_while_the_dialog_is_open_is_noticed,
    an_operation_goes_on_when_its_starter_leaves,
    a_password_gets_it_done_and_one_s_own_operation_is_cancelled_freely,
}

/// A computer with an update to be had and a deployment to go back to.
async fn computer(backend: Backend) -> Computer {
    let computer = Computer::start_on(backend);
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    computer.publish(|publication| publication);
    computer
}

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

async fn without_the_interactive_flag_nobody_is_asked(backend: Backend) {
    let computer = computer(backend).await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.person().prepare(OBJECT_PATH, "RollBack", &json!({}), false).unwrap();
    let _agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
    call.make().unwrap();
    assert_eq!(call.answer().unwrap()["error"], "NotAuthorised");
}

async fn the_dialog_of_a_rollback_names_the_version(backend: Backend) {
    let computer = computer(backend).await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.person().prepare(OBJECT_PATH, "RollBack", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
    call.make().unwrap();
    let (_, message) = agent.asked().unwrap();
    assert!(message.contains(isotope_tests::FIRST_VERSION), "{message}");
}

async fn a_system_that_changes_while_the_dialog_is_open_is_noticed(backend: Backend) {
    let computer = computer(backend).await;
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

async fn an_operation_goes_on_when_its_starter_leaves(backend: Backend) {
    let computer = computer(backend).await;
    let answer = {
        let mut call = make(&computer.person(), OBJECT_PATH, "Update", false);
        let answer = call.answer().unwrap();
        call.leave().unwrap();
        answer
    };
    let outcome = end_of(&computer, &operation_of(&answer)).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
}

async fn a_password_gets_it_done_and_one_s_own_operation_is_cancelled_freely(backend: Backend) {
    let computer = computer(backend).await;
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(1 << 20);
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let mut call = computer.person().prepare(OBJECT_PATH, "Update", &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Approve).unwrap();
    call.make().unwrap();
    assert_eq!(agent.asked().unwrap().0, format!("{ACTION_PREFIX}update"));
    let path = operation_of(&call.answer().unwrap());

    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let answer = make(&computer.person(), &path, "Cancel", false).answer().unwrap();
    assert_eq!(answer, json!({ "answer": null }), "one's own is free");
    let outcome = end_of(&computer, &path).await;
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
}

#[tokio::test]
async fn the_dialog_of_a_switch_names_the_image_and_asks_for_more_where_no_key_vouches_for_it() {
    let computer = computer(Backend::Ostree).await;
    computer.publish_variant("kde");
    let (vouched, unsigned) = (computer.reference("kde"), "unsigned:lab/x86_64/kde".to_owned());
    assert_asked(&computer, &[(vouched, "switch"), (unsigned, "switch-unverified")]);
}

#[tokio::test]
async fn the_dialog_of_a_switch_asks_for_more_where_the_policy_for_images_accepts_everything() {
    // The policy of the computer decides, whatever the reference says of itself.
    for (backend, action) in [(Backend::BootcSigned, "switch"), (Backend::Bootc, "switch-unverified")] {
        let computer = computer(backend).await;
        computer.publish_variant("kde");
        let image = computer.reference("kde");
        let unsigned = format!("ostree-unverified-registry:{image}");
        assert_asked(&computer, &[(image, action), (unsigned, action)]);
    }
}

/// The person wants each of these images, and sees a dialog of this action.
fn assert_asked(computer: &Computer, wanted: &[(String, &str)]) {
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    for (image, action) in wanted {
        let person = computer.person();
        let mut call = person.prepare_with(OBJECT_PATH, "Switch", Some(image), &json!({}), true).unwrap();
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
        call.make().unwrap();
        let (asked, message) = agent.asked().unwrap();
        assert_eq!(asked, format!("{ACTION_PREFIX}{action}"));
        assert!(message.contains(image.trim_start_matches("ostree-unverified-registry:")), "{message}");
        assert_eq!(call.answer().unwrap()["error"], "Dismissed");
    }
}
