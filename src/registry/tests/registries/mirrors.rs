// SPDX-License-Identifier: GPL-3.0-or-later
//! What the host's configuration of registries says is done.

use isotope_model::Refusal;
use isotope_model::lookup_protocol::LookupReply;

use crate::host::{Host, describe, newer, tags};
use crate::image::{Image, MANIFEST, architecture};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

fn conf(mirror: &str, location: &str) -> String {
    format!(
        "[[registry]]\nprefix = \"registry.invalid/o\"\nlocation = \"{location}\"\ninsecure = true\n\
         [[registry.mirror]]\nlocation = \"{mirror}\"\ninsecure = true\n"
    )
}

fn host(mirror: &str, location: &str) -> Host {
    Host::new().with_file("etc/containers/registries.conf.d/10-test.conf", &conf(mirror, location))
}

#[test]
fn mirrors_are_asked_first_and_the_registry_where_they_fail() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("copies/s", "1", &image);
    registry.push("real/s", "1", &image);
    let real = Proxy::before(&registry.authority, |_| Deed::PassOn);
    let location = real.name("real");
    let request = newer("registry.invalid/o/s:1", Some(&image.digest()), None);
    let known = LookupReply::UpToDate { named: image.digest() };

    let mirror = Proxy::before(&registry.authority, |_| Deed::PassOn);
    assert_eq!(host(&mirror.name("copies"), &location).ask(&request), known);
    assert_eq!(mirror.asked(), ["HEAD /v2/copies/s/manifests/1"]);
    assert!(real.seen().is_empty());

    for (position, deed) in [
        Deed::Answer(404, vec![], vec![]),
        Deed::Answer(503, vec![], vec![]),
        Deed::Answer(429, vec![("retry-after", "30".into())], vec![]),
        Deed::Answer(200, vec![("content-type", "text/html".into())], b"<html>".to_vec()),
        Deed::Babble,
        Deed::Stall,
    ]
    .into_iter()
    .enumerate()
    {
        let mirror = Proxy::start(move |_| deed.clone());
        assert_eq!(host(&mirror.name("copies"), &location).ask(&request), known);
        // Who has a substitute is not asked again and again.
        assert!(mirror.seen().len() <= 2, "{:?}", mirror.asked());
        assert_eq!(real.seen().len(), position + 1);
    }
}

#[test]
fn tags_are_asked_of_the_registry_itself() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("copies/s", "old", &image);
    registry.push("real/s", "new", &image);
    let request = tags("registry.invalid/o/s:1");
    let told = |host: Host| match host.ask(&request) {
        LookupReply::Tags(told) => told.tags,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(host(&registry.name("copies"), &registry.name("real"))), ["new"]);
    let down = Proxy::start(|_| Deed::Babble);
    assert_eq!(told(host(&registry.name("copies"), &down.name("real"))), ["old"]);
}

#[test]
fn where_all_fail_the_registry_itself_is_told_of() {
    let mirror = Proxy::start(|_| Deed::Babble);
    let real = Proxy::start(|_| Deed::Answer(403, vec![], vec![]));
    for request in [describe("registry.invalid/o/s:1"), tags("registry.invalid/o/s:1")] {
        let refusal = host(&mirror.name("copies"), &real.name("real")).refusal(&request);
        assert!(matches!(refusal, Refusal::AccessDenied { .. }), "{refusal:?}");
    }
}

#[test]
fn an_image_for_others_is_no_reason_to_look_elsewhere() {
    let registry = Registry::start();
    let image = Image::new("1", "s390x");
    registry.push("copies/s", "1", &image);
    let real = Proxy::start(|_| Deed::Answer(200, vec![("content-type", MANIFEST.into())], vec![]));
    let refusal = host(&registry.name("copies"), &real.name("real")).refusal(&describe("registry.invalid/o/s:1"));
    assert!(matches!(refusal, Refusal::WrongArchitecture { .. }), "{refusal:?}");
    assert!(real.seen().is_empty());
}

#[test]
fn blocked_registries_and_broken_configuration_are_told() {
    let proxy = Proxy::start(|_| Deed::Stall);
    let blocked = format!("[[registry]]\nlocation = \"{}\"\nblocked = true\ninsecure = true\n", proxy.authority);
    for (text, says) in [(blocked.as_str(), "block"), ("[[registry", "registries.conf"), ("[[registry]]", "prefix")] {
        let host = Host::new().with_file("etc/containers/registries.conf", text);
        match host.refusal(&describe(&proxy.name("o/s:1"))) {
            Refusal::Failed { detail } => assert!(detail.contains(says), "{detail}"),
            refusal => panic!("{refusal:?}"),
        }
    }
    assert!(proxy.seen().is_empty());
}
