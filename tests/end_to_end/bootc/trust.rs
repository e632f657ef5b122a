// SPDX-License-Identifier: GPL-3.0-or-later
//! Who vouches for an image is worked out from the rules of the host, and authority follows it.

use isotope_client::SwitchOptions;
use isotope_lab::{Backend, PolkitPreset, Publication, Signing};
use isotope_model::names::{ACTION_PREFIX, OBJECT_PATH};
use isotope_model::{Outcome, Refusal, Standing, TrustProblem, TrustState, VerificationPath, strict_form};
use isotope_tests::{Agent, Answer, Computer};
use serde_json::{Value, json};

use super::done;

const ANYTHING: &str = "insecureAcceptAnything";

/// A policy that has a rule for one part of the registry, and does something else with the rest.
fn policy(scope: &str, default: &str) -> String {
    let rule = json!([{
        "type": "sigstoreSigned",
        "keyPath": "/etc/pki/containers/lab.pub",
        "signedIdentity": { "type": "matchRepository" },
    }]);
    json!({ "default": [{ "type": default }], "transports": { "docker": { scope: rule } } }).to_string()
}

fn accepts_everything() -> String {
    json!({ "default": [{ "type": ANYTHING }] }).to_string()
}

/// What starts and what would; the rules themselves are changed by these tests.
fn deployments(computer: &Computer) -> (Vec<String>, Option<String>) {
    (computer.images(), computer.staged_image())
}

/// The action that polkit is asked for, by a switch that the person then dismisses.
fn action_of_switch(computer: &Computer, image: &str) -> String {
    let mut call = computer.person().prepare_with(OBJECT_PATH, "Switch", Some(image), &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
    call.make().unwrap();
    let (action, _) = agent.asked().unwrap();
    assert_eq!(call.answer().unwrap()["error"], "Dismissed");
    action.trim_start_matches(ACTION_PREFIX).to_owned()
}

#[tokio::test]
async fn the_rules_for_the_very_image_decide_what_is_told_and_which_authority_a_switch_needs() {
    let computer = Computer::start_on(Backend::BootcSigned);
    computer.publish_variant("kde");
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let (client, scope) = (computer.client().await, computer.lab().policy_scope().unwrap());
    let kde = computer.reference("kde");
    let before = deployments(&computer);
    let only_gnome = policy(&format!("{scope}/gnome"), ANYTHING);
    let table = [
        (policy(&scope, "reject"), TrustState::Verified, None, "switch"),
        (
            policy(&format!("{scope}/kde"), ANYTHING),
            TrustState::Refused,
            Some(TrustProblem::PolicyAcceptsEverything),
            "",
        ),
        (only_gnome.clone(), TrustState::Refused, Some(TrustProblem::PolicyAcceptsEverything), ""),
        (policy(&format!("{scope}/gnome"), "reject"), TrustState::Refused, Some(TrustProblem::Rejected), ""),
    ];
    for (text, state, problem, action) in table {
        computer.lab().set_policy(&text).unwrap();
        // An answer is given again for a second.
        tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
        let trust = client.trust(Some(&kde)).await.unwrap();
        assert_eq!((trust.state, &trust.problem), (state, &problem), "{text}");
        let action = if action.is_empty() { "switch-unverified" } else { action };
        assert_eq!(action_of_switch(&computer, &kde), action, "{text}");
    }
    // What nobody checks needs the stronger authority, however it is asked for.
    computer.lab().set_policy(&only_gnome).unwrap();
    assert_eq!(action_of_switch(&computer, &format!("ostree-unverified-registry:{kde}")), "switch-unverified");
    assert_eq!(deployments(&computer), before);
}

#[tokio::test]
async fn a_broken_policy_is_told_as_such_and_trusted_for_nothing() {
    let computer = Computer::start_on(Backend::BootcSigned);
    computer.publish_variant("kde");
    computer.publish(|publication| publication);
    let (client, before) = (computer.client().await, deployments(&computer));
    computer.lab().set_policy("{ \"default\": [").unwrap();
    let trust = client.trust(None).await.unwrap();
    assert_eq!(trust.state, TrustState::Refused);
    assert!(matches!(trust.problem, Some(TrustProblem::PolicyBroken { .. })), "{trust:?}");
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    assert_eq!(action_of_switch(&computer, &computer.reference("kde")), "switch-unverified");
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    let switched = done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    assert!(matches!(switched, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{switched:?}");
    let updated = computer.update().await.unwrap();
    assert!(matches!(updated, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{updated:?}");
    assert_eq!(deployments(&computer), before);
    assert_eq!(computer.staged(), None);
}

#[tokio::test]
async fn a_policy_that_is_replaced_while_the_dialog_is_open_is_noticed() {
    let computer = Computer::start_on(Backend::BootcSigned);
    computer.publish_variant("kde");
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let before = deployments(&computer);
    let kde = computer.reference("kde");
    let mut call = computer.person().prepare_with(OBJECT_PATH, "Switch", Some(&kde), &json!({}), true).unwrap();
    let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
    call.make().unwrap();
    assert_eq!(agent.asked().unwrap().0, format!("{ACTION_PREFIX}switch"));
    computer.lab().set_policy(&accepts_everything()).unwrap();
    agent.approve().unwrap();
    let answer: Value = call.answer().unwrap();
    let client = computer.client().await;
    let path = zbus::zvariant::OwnedObjectPath::try_from(answer["answer"].as_str().unwrap()).unwrap();
    let outcome = isotope_client::Operation::at(client.connection(), path).await.unwrap().follow(|_| {}).await.unwrap();
    assert!(matches!(outcome, Outcome::Failed { refusal: Refusal::StateChanged }), "{outcome:?}");
    assert_eq!(deployments(&computer), before);
}

#[tokio::test]
async fn the_way_from_an_image_that_nothing_checks_leads_to_one_that_is_refused_unsigned() {
    let computer = Computer::start_on(Backend::BootcSigned);
    let (client, scope) = (computer.client().await, computer.lab().policy_scope().unwrap());
    computer.lab().set_policy(&accepts_everything()).unwrap();
    let open = format!("ostree-unverified-registry:{}", computer.reference("gnome"));
    let image = computer.booted_image();
    computer.assert_staged(&done(client.switch(&open, SwitchOptions::default()).await).await, &image);
    computer.lab().restart().unwrap();

    let client = computer.client().await;
    let way = async || {
        let present = client.trust(None).await.unwrap();
        let strict = client.trust(Some(&strict_form(&present.image).unwrap().to_string())).await.unwrap();
        (present.state, VerificationPath::of(&present, &strict).unwrap())
    };
    let (state, first) = way().await;
    assert_eq!((state, first.demanded, &first.switch_to), (TrustState::Unchecked, Standing::ToDo, &None));
    assert_eq!(first.scope, format!("{scope}/gnome"));

    // What an administrator writes.
    computer.lab().set_policy(&policy(&first.scope, "reject")).unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let (state, second) = way().await;
    assert_eq!((state, second.demanded, second.strict), (TrustState::Verified, Standing::Done, Standing::ToDo));
    let strict = second.switch_to.unwrap().to_string();
    let outcome = done(client.switch(&strict, SwitchOptions::default()).await).await;
    computer.assert_staged(&outcome, &image);
    assert!(computer.staged().unwrap().origin.contains(&format!("container-image-reference={strict}")));
    computer.lab().restart().unwrap();

    let client = computer.client().await;
    let present = client.trust(None).await.unwrap();
    assert!(VerificationPath::of(&present, &present).unwrap().is_at_its_end(), "{present:?}");
    for signing in [Signing::None, Signing::Untrusted] {
        let before = computer.fingerprint();
        computer.publish_as(Publication::new("gnome", computer.next_version()).signing(signing));
        let refused = computer.update().await.unwrap();
        assert!(matches!(refused, Outcome::Failed { refusal: Refusal::SignatureRefused { .. } }), "{refused:?}");
        assert_eq!(computer.fingerprint(), before);
    }
}
