// SPDX-License-Identifier: GPL-3.0-or-later
//! Registries that want to know who asks.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isotope_model::Refusal;
use isotope_model::lookup_protocol::LookupReply;
use serde_json::json;

use crate::host::{Host, describe, newer, tags};
use crate::http::Message;
use crate::image::{Image, architecture};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

fn login(user: &str, password: &str) -> serde_json::Value {
    json!({ "auth": STANDARD.encode(format!("{user}:{password}")) })
}

fn answer(status: u16, headers: Vec<(&'static str, String)>, body: &serde_json::Value) -> Deed {
    Deed::Answer(status, headers, body.to_string().into_bytes())
}

/// A registry in front of which somebody wants tokens; what the server that gives them answers.
fn with_tokens(registry: &Registry, give: impl Fn(&Message) -> Deed + Send + Sync + 'static) -> Proxy {
    let own: Arc<OnceLock<String>> = Arc::default();
    let authority = Arc::clone(&own);
    let proxy = Proxy::before(&registry.authority, move |request| {
        if request.path().starts_with("/token") {
            return give(request);
        }
        if request.header("authorization") == Some("Bearer good") {
            return Deed::PassOn;
        }
        let challenge = format!(
            "Bearer realm=\"http://{}/token?kind=test\",service=\"the service\",scope=\"repository:o/s:pull,push\"",
            authority.get().unwrap()
        );
        let body = json!({ "errors": [{ "code": "UNAUTHORIZED", "message": "authentication required" }] });
        answer(401, vec![("www-authenticate", challenge)], &body)
    });
    own.set(proxy.authority.clone()).unwrap();
    proxy
}

#[test]
fn a_registry_with_a_login_is_asked_with_the_credentials_that_were_handed_over() {
    let registry = Registry::start_with_login();
    let name = registry.name("o/s:1");
    let host = || Host::trusting(&[&registry.authority]);
    for request in [describe(&name), newer(&name, None, None), tags(&name)] {
        assert!(matches!(host().refusal(&request), Refusal::AccessDenied { .. }));
        let wrong = host().with_credentials(json!({ "auths": { (&registry.authority): login("person", "wrong") } }));
        assert!(matches!(wrong.refusal(&request), Refusal::AccessDenied { .. }));
    }
    let right = host().with_credentials(json!({ "auths": {
        (&registry.authority): login("person", "wrong"),
        (registry.name("o")): login("person", "secret"),
    } }));
    // It lets in, and has nothing.
    assert!(matches!(right.refusal(&describe(&name)), Refusal::ImageNotFound { .. }));
    let broken = host().with_file("credentials/etc.auth.json", "{ \"auths\": \"secret\" ");
    match broken.refusal(&describe(&name)) {
        Refusal::Failed { detail } => assert!(detail.contains("auth.json") && !detail.contains("secret"), "{detail}"),
        refusal => panic!("{refusal:?}"),
    }
}

#[test]
fn tokens_are_fetched_once_they_are_wanted_and_only_for_reading() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let proxy = with_tokens(&registry, |request| {
        assert_eq!(request.header("authorization"), None);
        answer(200, vec![], &json!({ "token": "good", "expires_in": 300 }))
    });
    let host = Host::trusting(&[&proxy.authority]);
    let reply = host.ask(&newer(&proxy.name("o/s:1"), Some(&image.digest()), None));
    assert_eq!(reply, LookupReply::UpToDate { named: image.digest() });
    let head = "HEAD /v2/o/s/manifests/1";
    let token = "GET /token?kind=test&scope=repository%3Ao%2Fs%3Apull&service=the+service";
    assert_eq!(proxy.asked(), [head, token, head]);
    let reply = host.ask(&describe(&proxy.name("o/s:1")));
    assert!(matches!(reply, LookupReply::Described(image) if image.signed == Some(false)));
}

#[test]
fn credentials_go_to_the_server_that_gives_tokens() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let expected = format!("Basic {}", STANDARD.encode("person:secret"));
    let proxy = with_tokens(&registry, move |request| match request.header("authorization") {
        Some(header) if header == expected => answer(200, vec![], &json!({ "access_token": "good" })),
        _ => answer(401, vec![], &json!({ "errors": [{ "code": "UNAUTHORIZED" }] })),
    });
    let name = proxy.name("o/s:1");
    let host = || Host::trusting(&[&proxy.authority]);
    assert!(matches!(host().refusal(&describe(&name)), Refusal::AccessDenied { .. }));
    let known = host().with_credentials(json!({ "auths": { (&proxy.authority): login("person", "secret") } }));
    assert!(matches!(known.ask(&describe(&name)), LookupReply::Described(_)));
    assert!(proxy.seen().iter().all(|seen| {
        let header = seen.header("authorization").unwrap_or_default();
        seen.path().starts_with("/token") || !header.starts_with("Basic")
    }));
}

#[test]
fn an_identity_is_exchanged_for_a_token() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let proxy = with_tokens(&registry, |request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        let asks = ["grant_type=refresh_token", "refresh_token=identity", "scope=repository%3Ao%2Fs%3Apull"];
        match request.method() == "POST" && asks.iter().all(|part| body.contains(part)) {
            true => answer(200, vec![], &json!({ "access_token": "good" })),
            false => answer(400, vec![], &json!({})),
        }
    });
    let host = Host::trusting(&[&proxy.authority])
        .with_credentials(json!({ "auths": { (&proxy.authority): { "identitytoken": "identity" } } }));
    assert!(matches!(host.ask(&describe(&proxy.name("o/s:1"))), LookupReply::Described(_)));
}

#[test]
fn whoever_gives_tokens_sends_nobody_elsewhere() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let give = json!({ "token": "good", "access_token": "good" });
    let elsewhere = Proxy::start(move |_| answer(200, vec![], &give));
    let target = format!("http://{}/token", elsewhere.authority);
    for status in [301, 302, 303, 307, 308] {
        for known in [json!({}), login("person", "secret"), json!({ "identitytoken": "identity" })] {
            for location in [target.clone(), "/token/again".to_owned()] {
                let proxy =
                    with_tokens(&registry, move |_| answer(status, vec![("location", location.clone())], &json!({})));
                let credentials = json!({ "auths": { (&proxy.authority): known } });
                let host = Host::trusting(&[&proxy.authority]).with_credentials(credentials);
                let refusal = host.refusal(&newer(&proxy.name("o/s:1"), None, None));
                let told = matches!(&refusal, Refusal::Failed { detail } if detail.contains("elsewhere"));
                assert!(told, "{status}: {refusal:?}");
                assert_eq!(proxy.asked().iter().filter(|asked| asked.contains("/token")).count(), 1);
            }
        }
    }
    assert_eq!(elsewhere.asked(), [""; 0]);
}

#[test]
fn a_server_that_gives_no_token_is_told_as_what_it_is() {
    let registry = Registry::start();
    let ask = |give: fn(&Message) -> Deed| {
        let proxy = with_tokens(&registry, give);
        let refusal = Host::trusting(&[&proxy.authority]).refusal(&newer(&proxy.name("o/s:1"), None, None));
        // No token, no second try.
        assert!(proxy.asked().iter().filter(|asked| asked.starts_with("HEAD")).count() <= 2);
        refusal
    };
    assert!(matches!(ask(|_| answer(403, vec![], &json!({}))), Refusal::AccessDenied { .. }));
    assert!(matches!(ask(|_| answer(200, vec![], &json!({}))), Refusal::Failed { .. }));
    assert!(matches!(ask(|_| answer(200, vec![], &json!({ "token": "bad" }))), Refusal::AccessDenied { .. }));
    assert!(matches!(ask(|_| answer(200, vec![], &json!({ "token": "a\r\nb" }))), Refusal::Failed { .. }));
    assert!(matches!(ask(|_| Deed::Flood(vec![], 100 << 20)), Refusal::Failed { .. }));
    assert!(matches!(ask(|_| Deed::Babble), Refusal::Network { .. }));
    assert!(matches!(ask(|_| Deed::Cut(b"{".to_vec())), Refusal::Network { .. }));
}

#[test]
fn demands_that_make_no_sense_are_no_login() {
    for demand in ["", "Negotiate", "Bearer", "Bearer realm=\"ftp://127.0.0.1/\"", "Bearer realm=\"x\"", "\""] {
        let proxy = Proxy::start(move |_| Deed::Answer(401, vec![("www-authenticate", demand.to_owned())], vec![]));
        let host = Host::trusting(&[&proxy.authority])
            .with_credentials(json!({ "auths": { (&proxy.authority): login("person", "secret") } }));
        let refusal = host.refusal(&newer(&proxy.name("o/s:1"), None, None));
        assert!(matches!(refusal, Refusal::AccessDenied { .. }), "{demand}: {refusal:?}");
        assert_eq!(proxy.seen().len(), 1, "{demand}");
    }
}

#[test]
fn a_registry_that_hides_from_strangers_is_asked_at_the_door() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let expected = format!("Basic {}", STANDARD.encode("person:secret"));
    for hides in [403, 404] {
        let expected = expected.clone();
        let proxy = Proxy::before(&registry.authority, move |request| match request.header("authorization") {
            Some(header) if header == expected => Deed::PassOn,
            _ if request.path() == "/v2/" => answer(401, vec![("www-authenticate", "Basic".into())], &json!({})),
            _ => answer(hides, vec![], &json!({})),
        });
        let request = newer(&proxy.name("o/s:1"), Some(&image.digest()), None);
        let host = || Host::trusting(&[&proxy.authority]);
        let refused = host().refusal(&request);
        assert!(matches!(refused, Refusal::AccessDenied { .. } | Refusal::ImageNotFound { .. }), "{refused:?}");
        assert_eq!(proxy.seen().len(), 1);
        let known = host().with_credentials(json!({ "auths": { (&proxy.authority): login("person", "secret") } }));
        assert_eq!(known.ask(&request), LookupReply::UpToDate { named: image.digest() });
    }
}
