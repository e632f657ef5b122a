// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;

#[test]
fn codes_become_error_names() {
    assert_eq!(Refusal::NotBooted.error_name(), "NotBooted");
    assert_eq!(Refusal::Busy { operation: None }.error_name(), "Busy");
    assert_eq!(Refusal::NothingToRollBackTo.error_name(), "NothingToRollBackTo");
}

#[test]
fn parameters_survive_being_sent() {
    let refusal = Refusal::SignatureRefused {
        problem: SignatureProblem::UntrustedKey,
        reference: "r:b".into(),
        detail: "key".into(),
    };
    let text = serde_json::to_string(&refusal).unwrap();
    assert_eq!(serde_json::from_str::<Refusal>(&text).unwrap(), refusal);
}

#[test]
fn a_code_of_the_future_is_unknown_and_no_failure() {
    let refusal: Refusal = serde_json::from_str(r#"{"code":"of-the-future","more":[1]}"#).unwrap();
    assert_eq!(refusal, Refusal::Unknown);
}
