// SPDX-License-Identifier: GPL-3.0-or-later
//! What a real registry has is told as it is.

use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LookupReply, PublishedImage};
use serde_json::json;

use crate::host::{Host, describe, newer, tags};
use crate::image::{INDEX, Image, MANIFEST, architecture, digest_of, index};
use crate::registry::Registry;

fn described(reply: LookupReply) -> PublishedImage {
    match reply {
        LookupReply::Described(image) => *image,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_image_is_described() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let image = Image::new("10.2.20261118", architecture());
    registry.push("o/gnome", "stable", &image);
    let told = described(host.ask(&describe(&registry.name("o/gnome:stable"))));
    assert_eq!((&told.digest, &told.named), (&image.digest(), &image.digest()));
    assert_eq!((told.version.as_deref(), told.built), (Some("10.2.20261118"), Some(1_794_960_000)));
    assert_eq!((told.size, told.bootable), (1100, true));
    let here = [digest_of(&image.layers[0]), digest_of(b"another")];
    assert_eq!((told.missing_bytes(&[]), told.missing_bytes(&here)), (Some(1100), Some(100)));
    assert_eq!(told.architecture.as_deref(), Some(architecture()));
    assert_eq!(told.architectures, [architecture()]);
    assert_eq!(told.labels.get("org.opencontainers.image.title").map(String::as_str), Some("Test"));
    assert_eq!((told.signed, told.artifact_types.is_empty()), (Some(false), true));
}

#[test]
fn of_several_images_the_one_for_this_computer_counts() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let (other, ours) = (Image::new("1", "s390x"), Image::new("1", architecture()));
    registry.push("o/s", "other", &other);
    registry.push("o/s", "ours", &ours);
    let list = index(&[(&other, "s390x"), (&ours, architecture())]);
    registry.push_manifest("o/s", "1", INDEX, &list);
    let told = described(host.ask(&newer(&registry.name("o/s:1"), None, None)));
    assert_eq!((told.digest, told.named), (ours.digest(), digest_of(&list)));
    assert_eq!(told.architectures.len(), 2);
    let by_digest = format!("{}@{}", registry.name("o/s"), digest_of(&list));
    assert_eq!(described(host.ask(&describe(&by_digest))).digest, ours.digest());

    let without = index(&[(&other, "s390x")]);
    registry.push_manifest("o/s", "2", INDEX, &without);
    for (tag, found) in [("2", "s390x"), ("other", "s390x")] {
        match host.refusal(&describe(&registry.name(&format!("o/s:{tag}")))) {
            Refusal::WrongArchitecture { found: told, expected, .. } => {
                assert_eq!((told.as_deref(), expected.as_deref()), (Some(found), Some(architecture())));
            }
            refusal => panic!("{refusal:?}"),
        }
    }
}

#[test]
fn what_lies_beside_an_image_is_found() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let beside = |suffix: &str| format!("sha256-{}{suffix}", image.digest().trim_start_matches("sha256:"));
    registry.push("o/s", &beside(".sig"), &Image::new("signature", architecture()));
    // As clients keep the list on registries that keep none.
    let entry = json!({ "mediaType": MANIFEST, "digest": image.digest(), "size": image.manifest.len(),
        "artifactType": "application/spdx+json" });
    let list = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": [entry] });
    registry.push_manifest("o/s", &beside(""), INDEX, list.to_string().as_bytes());
    let told = described(host.ask(&describe(&registry.name("o/s:1"))));
    assert_eq!((told.signed, told.artifact_types), (Some(true), vec!["application/spdx+json".to_owned()]));
}

#[test]
fn what_is_not_there_is_not_found() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let missing = format!("o/s@sha256:{}", "0".repeat(64));
    for name in ["o/s:2", "o/none:1", missing.as_str()] {
        let name = registry.name(name);
        for request in [describe(&name), newer(&name, None, None)] {
            let refusal = host.refusal(&request);
            assert!(matches!(refusal, Refusal::ImageNotFound { .. }), "{name}: {refusal:?}");
        }
    }
    assert!(matches!(host.refusal(&tags(&registry.name("o/none"))), Refusal::ImageNotFound { .. }));
}

#[test]
fn tags_of_a_real_registry_come_in_pages_and_are_told_in_order() {
    let registry = Registry::start();
    let host = Host::trusting(&[&registry.authority]);
    let image = Image::new("1", architecture());
    registry.push("o/s", "stable", &image);
    for number in 0..1010 {
        registry.push_manifest("o/s", &format!("10.{number}"), MANIFEST, &image.manifest);
    }
    registry.push_manifest("o/s", &format!("sha256-{}.sig", "0".repeat(64)), MANIFEST, &image.manifest);
    let LookupReply::Tags(told) = host.ask(&tags(&registry.name("o/s"))) else { panic!("no tags") };
    assert_eq!((told.tags.len(), told.truncated), (1011, false));
    assert_eq!(told.tags[..3], ["stable", "10.1009", "10.1008"]);
    assert_eq!(told.tags.last().map(String::as_str), Some("10.0"));
}
