// SPDX-License-Identifier: GPL-3.0-or-later
//! What a check costs: requests, and bytes of content.

use isotope_model::lookup_protocol::LookupReply;

use crate::host::{Host, newer};
use crate::image::{INDEX, Image, architecture, digest_of, index};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

#[test]
fn a_check_that_finds_nothing_new_is_one_request_without_content() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let list = index(&[(&image, architecture())]);
    registry.push_manifest("o/s", "list", INDEX, &list);
    let (digest, list) = (image.digest(), digest_of(&list));
    let other = digest_of(b"another image");

    let up_to_date = |named: &str| LookupReply::UpToDate { named: named.to_owned() };
    let unchanged = |named: &str| LookupReply::Unchanged { named: named.to_owned() };
    for (tag, here, remembered, reply) in [
        // Of one image the digest says everything, also without memory.
        ("1", &digest, None, up_to_date(&digest)),
        ("1", &digest, Some(&digest), up_to_date(&digest)),
        // Of a list it says that nothing has changed, whether what it leads to is here or not.
        ("list", &digest, Some(&list), unchanged(&list)),
        ("list", &other, Some(&list), unchanged(&list)),
        ("1", &other, Some(&digest), unchanged(&digest)),
    ] {
        let proxy = Proxy::before(&registry.authority, |_| Deed::PassOn);
        let host = Host::trusting(&[&proxy.authority]);
        let name = proxy.name(&format!("o/s:{tag}"));
        let request = newer(&name, Some(here), remembered.map(String::as_str));
        assert_eq!(host.ask(&request), reply, "{tag}");
        assert_eq!(proxy.asked(), [format!("HEAD /v2/o/s/manifests/{tag}")], "{tag}");
        assert_eq!(proxy.body_bytes(), 0, "{tag}");
    }
}

#[test]
fn a_list_that_is_not_remembered_costs_its_own_bytes_and_no_more() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let list = index(&[(&image, architecture())]);
    registry.push_manifest("o/s", "list", INDEX, &list);
    let proxy = Proxy::before(&registry.authority, |_| Deed::PassOn);
    let host = Host::trusting(&[&proxy.authority]);
    let old = digest_of(b"an older list");
    let reply = host.ask(&newer(&proxy.name("o/s:list"), Some(&image.digest()), Some(&old)));
    assert_eq!(reply, LookupReply::UpToDate { named: digest_of(&list) });
    let asked = ["HEAD /v2/o/s/manifests/list".to_owned(), format!("GET /v2/o/s/manifests/{}", digest_of(&list))];
    assert_eq!((proxy.asked(), proxy.body_bytes()), (asked.to_vec(), list.len() as u64));
}

#[test]
fn what_is_followed_by_its_digest_needs_no_request() {
    let proxy = Proxy::start(|_| Deed::Stall);
    let host = Host::trusting(&[&proxy.authority]);
    let digest = digest_of(b"image");
    let name = proxy.name(&format!("o/s@{digest}"));
    assert_eq!(host.ask(&newer(&name, Some(&digest), None)), LookupReply::UpToDate { named: digest.clone() });
    let other = digest_of(b"for this computer");
    assert_eq!(host.ask(&newer(&name, Some(&other), Some(&digest))), LookupReply::Unchanged { named: digest });
    assert!(proxy.seen().is_empty());
}

#[test]
fn nothing_that_is_asked_changes_the_registry_and_no_layer_is_downloaded() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let proxy = Proxy::before(&registry.authority, |_| Deed::PassOn);
    let host = Host::trusting(&[&proxy.authority]);
    let reply = host.ask(&newer(&proxy.name("o/s:1"), None, None));
    assert!(matches!(reply, LookupReply::Described(_)), "{reply:?}");
    for seen in proxy.seen() {
        assert!(["GET", "HEAD"].contains(&seen.method()));
        assert!(seen.body.is_empty());
        assert!(!image.layers.iter().any(|layer| seen.path().contains(&digest_of(layer))));
        assert!(seen.header("user-agent").is_some_and(|agent| agent.starts_with("isotope/")));
    }
}
