// SPDX-License-Identifier: GPL-3.0-or-later
//! Who is spoken to, and how: TLS, redirects, proxies.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isotope_model::Refusal;
use isotope_model::lookup_protocol::LookupReply;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

use crate::host::{Host, describe, newer};
use crate::http::Message;
use crate::image::{Image, architecture};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

/// A server's side of TLS, and the certificate by which it is known.
fn certified() -> (ServerConfig, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).unwrap();
    let chain = vec![made.cert.der().clone()];
    (ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).unwrap(), made.cert.pem())
}

fn moved(to: String) -> Deed {
    Deed::Answer(307, vec![("location", to)], vec![])
}

#[test]
fn a_registry_is_known_by_a_certificate() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let (tls, certificate) = certified();
    let proxy = Proxy::start_with(Some(registry.authority.clone()), Some(tls), |_| Deed::PassOn);
    let request = newer(&proxy.name("o/s:1"), Some(&image.digest()), None);
    let known = LookupReply::UpToDate { named: image.digest() };

    let refusal = Host::new().refusal(&request);
    assert!(matches!(&refusal, Refusal::Network { detail } if detail.contains("certificate")), "{refusal:?}");
    assert!(proxy.seen().is_empty());
    for folder in ["etc/containers/certs.d", "etc/docker/certs.d"] {
        let host = Host::new().with_file(&format!("{folder}/{}/ca.crt", proxy.authority), &certificate);
        assert_eq!(host.ask(&request), known, "{folder}");
    }
    let elsewhere = Host::new().with_file("etc/containers/certs.d/127.0.0.1/ca.crt", &certificate);
    assert!(matches!(elsewhere.refusal(&request), Refusal::Network { .. }));
    // Whoever needs no protection gets what there is.
    assert_eq!(Host::trusting(&[&proxy.authority]).ask(&request), known);
    let broken = Host::new().with_file(&format!("etc/containers/certs.d/{}/ca.crt", proxy.authority), "-----BEGIN");
    assert!(matches!(broken.ask(&request), LookupReply::Refused(_)));
}

#[test]
fn nobody_is_asked_without_protection_who_was_not_allowed_to_have_none() {
    let proxy = Proxy::start(|_| Deed::Answer(404, vec![], vec![]));
    let refusal = Host::new().refusal(&describe(&proxy.name("o/s:1")));
    assert!(matches!(refusal, Refusal::Network { .. }), "{refusal:?}");
    assert!(proxy.seen().is_empty());
}

#[test]
fn protection_is_not_given_up_for_a_redirect_or_a_token() {
    let plain = Proxy::start(|_| Deed::Answer(200, vec![], b"{\"token\":\"x\"}".to_vec()));
    let (elsewhere, token) = (format!("http://{}/", plain.authority), format!("http://{}/token", plain.authority));
    for (deed, denied) in [
        (moved(elsewhere), false),
        (Deed::Answer(401, vec![("www-authenticate", format!("Bearer realm=\"{token}\""))], vec![]), true),
    ] {
        let (tls, certificate) = certified();
        let proxy = Proxy::start_with(None, Some(tls), move |_| deed.clone());
        let host = Host::new().with_file(&format!("etc/containers/certs.d/{}/ca.crt", proxy.authority), &certificate);
        let refusal = host.refusal(&newer(&proxy.name("o/s:1"), None, None));
        assert_eq!(matches!(refusal, Refusal::AccessDenied { .. }), denied, "{refusal:?}");
        assert!(denied || matches!(refusal, Refusal::Network { .. }), "{refusal:?}");
    }
    assert!(plain.seen().is_empty());
}

#[test]
fn redirects_are_followed_and_credentials_stay_behind() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let storage = Proxy::before(&registry.authority, |_| Deed::PassOn);
    let target = storage.authority.clone();
    let proxy = Proxy::before(&registry.authority, move |request: &Message| {
        if request.header("authorization").is_none() {
            return Deed::Answer(401, vec![("www-authenticate", "Basic realm=\"x\"".to_owned())], vec![]);
        }
        match request.path().contains("/blobs/") {
            true => moved(format!("http://{target}{}", request.path())),
            false => Deed::PassOn,
        }
    });
    let auth = json!({ "auth": STANDARD.encode("person:secret") });
    let host = Host::trusting(&[&proxy.authority]).with_credentials(json!({ "auths": { (&proxy.authority): auth } }));
    assert!(matches!(host.ask(&describe(&proxy.name("o/s:1"))), LookupReply::Described(_)));
    let seen = storage.seen();
    assert_eq!(seen.len(), 1);
    assert!(seen.iter().all(|seen| seen.header("authorization").is_none()));
}

#[test]
fn redirects_have_an_end() {
    // In a circle, and ever further.
    for further in [false, true] {
        let proxy = Proxy::start(move |request| match further {
            true => moved(format!("{}x", request.path())),
            false => moved(request.path().to_owned()),
        });
        let host = Host::trusting(&[&proxy.authority]);
        let refusal = host.refusal(&newer(&proxy.name("o/s:1"), None, None));
        assert!(matches!(&refusal, Refusal::Network { detail } if detail.contains("redirect")), "{refusal:?}");
        assert_eq!(proxy.seen().len(), 6);
    }
    for nowhere in ["", "ftp://127.0.0.1/", "http://[::", "file:///etc/passwd", "javascript:0"] {
        let proxy = Proxy::start(move |_| moved(nowhere.to_owned()));
        let refusal = Host::trusting(&[&proxy.authority]).refusal(&newer(&proxy.name("o/s:1"), None, None));
        assert!(matches!(refusal, Refusal::Network { .. } | Refusal::Failed { .. }), "{nowhere}: {refusal:?}");
    }
}

#[test]
fn a_proxy_of_the_network_is_used() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let behind: Arc<OnceLock<String>> = Arc::default();
    let proxy = Proxy::start_with(Some(registry.authority.clone()), None, |request| match request.method() {
        // Nothing here speaks TLS.
        "CONNECT" => Deed::Answer(502, vec![], vec![]),
        _ => Deed::PassOn,
    });
    behind.set(registry.authority.clone()).unwrap();
    let address = format!("http://{}", proxy.authority);
    let host = || Host::trusting(&["registry.invalid"]).with_variable("http_proxy", &address);
    let request = newer("registry.invalid/o/s:1", Some(&image.digest()), None);
    let https = host().with_variable("https_proxy", &address);
    assert_eq!(https.ask(&request), LookupReply::UpToDate { named: image.digest() });
    let asked = proxy.asked();
    assert_eq!(asked.first().map(String::as_str), Some("CONNECT registry.invalid:443"));
    assert_eq!(asked.last().map(String::as_str), Some("HEAD http://registry.invalid/v2/o/s/manifests/1"));
    let without = host().with_variable("no_proxy", "registry.invalid");
    assert!(matches!(without.refusal(&request), Refusal::Network { .. }));
}
