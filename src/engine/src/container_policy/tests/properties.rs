// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::scopes::Scopes;
use super::*;

/// Scopes of `q.io/vendor/os:1`, the most specific first; the last one is the transport's default.
const SCOPES: [&str; 6] = ["q.io/vendor/os:1", "q.io/vendor/os", "q.io/vendor", "q.io", "*.io", ""];

fn requirement() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({ "type": "insecureAcceptAnything" })),
        Just(json!({ "type": "reject" })),
        Just(json!({ "type": "sigstoreSigned", "keyPath": "/keys/a" })),
        Just(json!({ "type": "sigstoreSigned", "keyPath": "/keys/lost" })),
        Just(json!({ "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/keys/b" })),
        Just(json!({ "type": "signedBy", "keyType": "signedByGPGKeys", "keyPath": "/keys/b" })),
    ]
}

fn requirements() -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(requirement(), 1..4)
}

proptest! {
    #[test]
    fn the_first_rule_that_fits_decides(
        rules in prop::array::uniform6(prop::option::of(requirements())),
        default in requirements(),
        verification in prop::sample::select(vec!["ostree-image-signed:docker://", "ostree-unverified-registry:"]),
    ) {
        let scopes: serde_json::Map<_, _> = SCOPES.iter().zip(&rules)
            .filter_map(|(scope, rule)| Some(((*scope).to_owned(), json!(rule.as_ref()?)))).collect();
        let policy = json!({ "default": default, "transports": { "docker": scopes } }).to_string();
        let trust = on_host(&policy, USED, &format!("{verification}q.io/vendor/os:1"));
        let first = SCOPES.iter().zip(&rules).find_map(|(scope, rule)| Some((*scope, rule.as_ref()?)));
        let (scope, rule) = first.unwrap_or(("", &default));
        let demands = rule.iter().any(|one| one["type"] != "insecureAcceptAnything");
        let fails = rule.iter().any(|one| one["type"] == "reject"
            || one["keyPath"] == "/keys/lost" || one["keyType"] == "signedByGPGKeys");
        let expected = match (demands, fails) {
            _ if trust.problem == Some(TrustProblem::PolicyAcceptsEverything) => TrustState::Refused,
            (_, true) => TrustState::Refused,
            (false, _) => TrustState::Unchecked,
            (true, _) if scope.is_empty() => TrustState::DefaultOnly,
            (true, _) => TrustState::Verified,
        };
        prop_assert_eq!(trust.state, expected);
        prop_assert_eq!(trust.is_enforced(), demands && !fails && trust.problem.is_none());
        prop_assert_eq!(trust.keys.is_empty(), trust.state == TrustState::Refused || !demands);
    }

    #[test]
    fn no_bytes_make_it_panic_or_trust(bytes in prop::collection::vec(any::<u8>(), 0..200), text in ".{0,200}") {
        if let Ok(policy) = Policy::parse(&bytes) {
            prop_assert!(policy.rule("docker", || Scopes::Known(Vec::new())).is_some());
        }
        let _ = Attachments::parse([("a", text.as_str())]);
        let trust = on_host(&text, &text, "ostree-unverified-registry:q.io/os");
        prop_assert_eq!(trust.state, TrustState::Refused);
    }

    #[test]
    fn a_policy_with_one_byte_changed_is_broken_or_a_policy(at in 0..EVERYTHING.len(), byte in any::<u8>()) {
        let mut bytes = EVERYTHING.as_bytes().to_vec();
        bytes[at] = byte;
        let _ = Policy::parse(&bytes);
    }

    #[test]
    fn every_name_has_scopes_from_the_whole_to_its_domain(name in "[a-z.:/@-]{1,60}") {
        if let Ok(container) = ContainerReference::new(Verification::Policy, Transport::Registry, &name) {
            let scopes = scopes::in_registry(&container);
            prop_assert!(scopes.len() >= 3 && scopes.iter().all(|scope| !scope.is_empty()));
        }
    }

    #[test]
    fn what_is_told_is_bounded_and_without_control_characters(text in "\\PC{0,600}|[\u{0}-\u{1f}]{0,50}") {
        let policy = json!({ "default": [{ "type": text }] }).to_string();
        let trust = on_host(&policy, USED, "ostree-unverified-registry:q.io/os");
        let Some(TrustProblem::PolicyBroken { detail }) = trust.problem else {
            return Err(TestCaseError::fail("not broken"));
        };
        prop_assert!(detail.chars().count() <= 300 && !detail.chars().any(char::is_control));
    }
}
