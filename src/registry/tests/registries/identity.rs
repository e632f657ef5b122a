// SPDX-License-Identifier: GPL-3.0-or-later
//! What this computer has to show: certificates of its own, and that it shows nothing for somebody who may not use it.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LookupReply, LookupRequest};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use serde_json::json;

use crate::host::{Host, describe, describe_anonymously, reference};
use crate::image::{Image, architecture};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

/// In front of a registry somebody who wants to see a certificate; and a host that has it.
fn with_certificates(registry: &Registry) -> (Proxy, impl Fn() -> Host) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let client = rcgen::generate_simple_self_signed(vec!["computer.example".to_owned()]).unwrap();
    let mut known = RootCertStore::empty();
    known.add(client.cert.der().clone()).unwrap();
    let verifier = WebPkiClientVerifier::builder(Arc::new(known)).build().unwrap();
    let key = PrivateKeyDer::try_from(server.signing_key.serialize_der()).unwrap();
    let chain = vec![server.cert.der().clone()];
    let tls = ServerConfig::builder().with_client_cert_verifier(verifier).with_single_cert(chain, key).unwrap();
    let proxy = Proxy::start_with(Some(registry.authority.clone()), Some(tls), |_| Deed::PassOn);
    let folder = folder(&proxy);
    let host = move || {
        Host::new()
            .with_file(&format!("{folder}/ca.crt"), &server.cert.pem())
            .with_file(&format!("{folder}/client.cert"), &client.cert.pem())
            .with_file(&format!("{folder}/client.key"), &client.signing_key.serialize_pem())
    };
    (proxy, host)
}

fn folder(proxy: &Proxy) -> String {
    format!("etc/containers/certs.d/{}", proxy.authority)
}

#[test]
fn a_certificate_is_shown_to_the_registry_that_wants_it() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let (proxy, host) = with_certificates(&registry);
    assert!(matches!(host().ask(&describe(&proxy.name("o/s:1"))), LookupReply::Described(_)));
}

#[test]
fn a_key_that_cannot_be_read_is_no_matter_of_the_network() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let (proxy, host) = with_certificates(&registry);
    let folder = folder(&proxy);
    let whole = folder.rsplit_once('/').unwrap().0;
    let key = format!("{folder}/client.key");
    for locked in [key.as_str(), folder.as_str(), whole] {
        let refusal = host().with_locked(locked).refusal(&describe(&proxy.name("o/s:1")));
        let told = matches!(&refusal, Refusal::Failed { detail } if detail.contains(locked));
        assert!(told, "{locked}: {refusal:?}");
    }
    assert!(proxy.seen().is_empty());
}

#[test]
fn credentials_are_not_for_everybody() {
    let registry = Registry::start_with_login();
    let proxy = Proxy::before(&registry.authority, |_| Deed::PassOn);
    let name = proxy.name("o/s:1");
    let login = json!({ "auth": STANDARD.encode("person:secret") });
    let host = Host::trusting(&[&proxy.authority]).with_credentials(json!({ "auths": { (&proxy.authority): login } }));
    // It lets in, and has nothing.
    assert!(matches!(host.refusal(&describe(&name)), Refusal::ImageNotFound { .. }));
    let shown = |proxy: &Proxy| proxy.seen().iter().filter(|seen| seen.header("authorization").is_some()).count();
    let before = shown(&proxy);
    assert!(before > 0);
    assert!(matches!(host.refusal(&describe_anonymously(&name)), Refusal::AccessDenied { .. }));
    assert_eq!(shown(&proxy), before);
    // They are not even looked at.
    let broken = Host::trusting(&[&proxy.authority]).with_file("credentials/etc.auth.json", "{");
    assert!(matches!(broken.refusal(&describe(&name)), Refusal::Failed { .. }));
    assert!(matches!(broken.refusal(&describe_anonymously(&name)), Refusal::AccessDenied { .. }));
}

#[test]
fn a_certificate_is_not_for_everybody() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let (proxy, host) = with_certificates(&registry);
    let request = describe_anonymously(&proxy.name("o/s:1"));
    assert!(matches!(host().ask(&request), LookupReply::Refused(_)));
    let locked = host().with_locked(&format!("{}/client.key", folder(&proxy)));
    assert!(matches!(locked.ask(&request), LookupReply::Refused(_)));
    assert!(proxy.seen().is_empty());
}

#[test]
fn what_everybody_may_have_needs_no_credentials() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let host = Host::trusting(&[&registry.authority]);
    let name = registry.name("o/s:1");
    assert_eq!(host.ask(&describe_anonymously(&name)), host.ask(&describe(&name)));
    // Who does not say it may use them.
    let text = json!({ "ask": "describe", "image": reference(&name) }).to_string();
    assert_eq!(serde_json::from_str::<LookupRequest>(&text).unwrap(), describe(&name));
}
