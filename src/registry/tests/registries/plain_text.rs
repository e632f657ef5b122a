// SPDX-License-Identifier: GPL-3.0-or-later
//! Texts from outside are plain when they are told. Of every reply of every test the same is asked (see `host`).

use isotope_model::Refusal;
use isotope_model::lookup_protocol::LookupReply;
use serde_json::json;

use crate::host::{Host, describe, newer, tags};
use crate::image::{INDEX, Image, MANIFEST, architecture, index};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

#[test]
fn labels_are_told_without_control_characters() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let labels = json!({
        "org.opencontainers.image.version": "1\u{0}2\n3",
        "containers.bootc": "1",
        "org.opencontainers.image.description": "one\ttwo\r\nthree\u{0}",
        "key\u{0}\u{1b}[31m": "\u{9b}31mred\u{7f}",
    });
    registry.push("o/s", "1", &Image::with_labels("1", architecture(), &labels));
    for request in [describe(&registry.name("o/s:1")), newer(&registry.name("o/s:1"), None, None)] {
        let LookupReply::Described(told) = host.ask(&request) else { panic!("not described") };
        let label = |name: &str| told.labels.get(name).map(String::as_str);
        assert_eq!((told.version.as_deref(), told.bootable), (Some("1 2 3"), true));
        assert_eq!(label("org.opencontainers.image.description"), Some("one two  three "));
        assert_eq!(label("key  [31m"), Some(" 31mred "));
    }
}

#[test]
fn architectures_are_told_without_control_characters() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let found = |tag: &str| match host.refusal(&describe(&registry.name(&format!("o/s:{tag}")))) {
        Refusal::WrongArchitecture { found, .. } => found,
        refusal => panic!("{refusal:?}"),
    };
    let (ours, odd) = (Image::new("1", architecture()), Image::new("1", "odd\u{0}\u{1b}[2J"));
    registry.push("o/s", "odd", &odd);
    registry.push("o/s", "ours", &ours);
    assert_eq!(found("odd").as_deref(), Some("odd  [2J"));
    let nearly = Image::new("1", &format!("{}\u{0}", architecture()));
    registry.push("o/s", "nearly", &nearly);
    assert_eq!(found("nearly"), Some(format!("{} ", architecture())));
    registry.push_manifest("o/s", "list", INDEX, &index(&[(&odd, "odd\n\u{0}")]));
    assert_eq!(found("list").as_deref(), Some("odd  "));
    registry.push_manifest("o/s", "both", INDEX, &index(&[(&odd, "odd\u{0}"), (&ours, architecture())]));
    let LookupReply::Described(told) = host.ask(&describe(&registry.name("o/s:both"))) else { panic!("not described") };
    assert!(told.architectures.contains(&"odd ".to_owned()), "{:?}", told.architectures);
}

#[test]
fn what_else_is_told_is_plain() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    // Kinds of attachments, and tags.
    let kind = "a\u{0}b\u{85}";
    let proxy = Proxy::before(&registry.authority, move |request| {
        let entry = json!({ "mediaType": "m\u{0}", "digest": "d\u{0}", "size": 1, "artifactType": kind });
        let list = json!({ "schemaVersion": 2, "manifests": [entry] }).to_string().into_bytes();
        let page = json!({ "tags": ["1", "2\u{0}", "3\n"] }).to_string().into_bytes();
        match request.path() {
            path if path.contains("/referrers/") => Deed::Answer(200, vec![("content-type", INDEX.to_owned())], list),
            path if path.contains("/tags/list") => Deed::Answer(200, vec![], page),
            _ => Deed::PassOn,
        }
    });
    let host = Host::trusting(&[&proxy.authority]);
    let LookupReply::Described(told) = host.ask(&describe(&proxy.name("o/s:1"))) else { panic!("not described") };
    assert_eq!(told.artifact_types, ["a b"]);
    let LookupReply::Tags(told) = host.ask(&tags(&proxy.name("o/s:1"))) else { panic!("no tags") };
    assert_eq!(told.tags, ["1"]);
    // Refusals. That they are plain is asked of each.
    let digest = json!({ "schemaVersion": 2, "config": { "mediaType": "c", "digest": "d\u{0}\n", "size": 1 },
        "layers": [{ "mediaType": "l", "digest": "\u{0}", "size": 1 }] });
    let complaint = json!({ "errors": [{ "code": "DENIED", "message": "no\u{0}\n", "detail": "\u{1b}" }] });
    let manifest = |body: &serde_json::Value| {
        Deed::Answer(200, vec![("content-type", MANIFEST.to_owned())], body.to_string().into_bytes())
    };
    for deed in [
        manifest(&digest),
        manifest(&json!({ "schemaVersion": 2, "mediaType": "x\u{0}\n", "layers": [] })),
        manifest(&json!({ "schemaVersion": "\u{0}\n", "layers": [] })),
        Deed::Answer(200, vec![("content-type", "x\ty/z".to_owned())], b"{}".to_vec()),
        Deed::Answer(403, vec![], complaint.to_string().into_bytes()),
        Deed::Answer(404, vec![], complaint.to_string().into_bytes()),
        Deed::Answer(429, vec![("retry-after", "1\t000\u{85}".to_owned())], vec![]),
        Deed::Answer(307, vec![("location", "ftp://x\t/\u{85}".to_owned())], vec![]),
    ] {
        let proxy = Proxy::start(move |_| deed.clone());
        Host::trusting(&[&proxy.authority]).refusal(&describe(&proxy.name("o/s:1")));
    }
    // What the host's own configuration says.
    let conf = "[[registry]]\nprefix = \"q.io\"\nlocation = \"a\\u0000\\n\"\n";
    for conf in [conf, "[[registry]]\nprefix = \"q.io/o\\u0009\"\nblocked = 1", "a\t\u{1}\u{7f}= = \n"] {
        let host = Host::new().with_file("etc/containers/registries.conf", conf);
        assert!(matches!(host.refusal(&describe("q.io/o/s")), Refusal::Failed { .. }));
    }
}
