// SPDX-License-Identifier: GPL-3.0-or-later
//! A registry that fails in every way: each is told as what it is, in time and within the memory (see `host`).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LookupReply, LookupRequest};
use serde_json::json;

use crate::host::{Host, describe, newer, tags};
use crate::image::{INDEX, Image, MANIFEST, architecture, digest_of};
use crate::proxy::{Deed, Proxy};
use crate::registry::Registry;

/// What is refused where every request has this fate.
fn refusals(deed: &Deed) -> Vec<Refusal> {
    let deed = deed.clone();
    let proxy = Proxy::start(move |_| deed.clone());
    let name = proxy.name("o/s:1");
    let host = Host::trusting(&[&proxy.authority]);
    [newer(&name, None, None), describe(&name), tags(&name)].iter().map(|request| host.refusal(request)).collect()
}

fn plain(status: u16) -> Deed {
    Deed::Answer(status, vec![], vec![])
}

fn document(content_type: &str, body: &[u8]) -> Deed {
    Deed::Answer(200, vec![("content-type", content_type.to_owned())], body.to_vec())
}

#[test]
fn answers_that_say_no_are_told_apart() {
    for refusal in refusals(&plain(404)) {
        assert!(matches!(refusal, Refusal::ImageNotFound { .. }), "{refusal:?}");
    }
    for refusal in refusals(&plain(403)) {
        assert!(matches!(refusal, Refusal::AccessDenied { .. }), "{refusal:?}");
    }
    for status in [400, 410, 418, 304, 300] {
        for refusal in refusals(&plain(status)) {
            assert!(matches!(refusal, Refusal::Failed { .. }), "{status}: {refusal:?}");
        }
    }
    let body = json!({ "errors": [{ "code": "DENIED", "message": format!("because\n\u{7}{}", "x".repeat(100_000)) }] });
    for refusal in refusals(&Deed::Answer(403, vec![], body.to_string().into_bytes())) {
        let Refusal::AccessDenied { detail, .. } = refusal else { panic!("{refusal:?}") };
        assert!(detail.len() < 1000 && !detail.contains(char::is_control), "{detail}");
    }
}

#[test]
fn a_busy_registry_is_asked_again_a_few_times() {
    for (status, says) in [(429, "too many requests"), (500, "500"), (503, "503")] {
        let proxy = Proxy::start(move |_| plain(status));
        let host = Host::trusting(&[&proxy.authority]);
        let started = Instant::now();
        let Refusal::Network { detail } = host.refusal(&newer(&proxy.name("o/s:1"), None, None)) else {
            panic!("{status}")
        };
        assert!(detail.contains(says), "{detail}");
        assert!((2..=6).contains(&proxy.seen().len()), "{}", proxy.seen().len());
        assert!(started.elapsed() < Duration::from_secs(70));
    }
}

#[test]
fn a_registry_that_says_when_to_come_back_is_waited_for() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    for status in [429, 503] {
        let busy = Arc::new(AtomicUsize::new(2));
        let proxy = Proxy::before(&registry.authority, move |_| {
            match busy.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)) {
                Ok(_) => Deed::Answer(status, vec![("retry-after", "3".to_owned())], b"{}".to_vec()),
                Err(_) => Deed::PassOn,
            }
        });
        let host = Host::trusting(&[&proxy.authority]);
        let started = Instant::now();
        let reply = host.ask(&newer(&proxy.name("o/s:1"), Some(&image.digest()), None));
        assert_eq!(reply, LookupReply::UpToDate { named: image.digest() });
        assert!(started.elapsed() >= Duration::from_secs(6), "{:?}", started.elapsed());
        assert_eq!(proxy.seen().len(), 3);
    }
    // Tomorrow is too late to wait for.
    let proxy = Proxy::start(|_| Deed::Answer(429, vec![("retry-after", "86400".to_owned())], vec![]));
    let refusal = Host::trusting(&[&proxy.authority]).refusal(&newer(&proxy.name("o/s:1"), None, None));
    assert!(matches!(&refusal, Refusal::Network { detail } if detail.contains("86400")), "{refusal:?}");
    assert_eq!(proxy.seen().len(), 1);
}

#[test]
fn a_registry_that_says_nothing_is_given_up() {
    for deed in [Deed::Stall, Deed::Drip(vec![("content-type", MANIFEST.to_owned())])] {
        let refused: Vec<_> = std::thread::scope(|scope| {
            let deed = &deed;
            let ask = |request: fn(&str) -> LookupRequest| {
                scope.spawn(move || {
                    let deed = deed.clone();
                    let proxy = Proxy::start(move |_| deed.clone());
                    Host::trusting(&[&proxy.authority]).refusal(&request(&proxy.name("o/s:1")))
                })
            };
            let asking = [ask(describe), ask(tags), ask(|name| newer(name, None, None))];
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        for refusal in refused {
            assert!(matches!(refusal, Refusal::Network { .. }), "{refusal:?}");
        }
    }
}

#[test]
fn a_registry_that_breaks_off_or_is_none_is_a_matter_of_the_network() {
    for deed in [Deed::Cut(b"{\"schemaVersion\":2".to_vec()), Deed::Babble] {
        for refusal in refusals(&deed) {
            // The answer to a HEAD cannot be cut: it says nothing of a digest, and what follows is cut.
            assert!(matches!(refusal, Refusal::Network { .. }), "{deed:?}: {refusal:?}");
        }
    }
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for host in [Host::new(), Host::trusting(&[&nobody.to_string()])] {
        assert!(matches!(host.refusal(&describe(&format!("{nobody}/o/s"))), Refusal::Network { .. }));
    }
    let refusal = Host::new().refusal(&describe("registry.invalid/o/s"));
    assert!(matches!(refusal, Refusal::Network { .. }), "{refusal:?}");
}

#[test]
fn documents_that_are_none_are_told() {
    let image = Image::new("1", architecture());
    for deed in [
        document("text/html", b"<html>Please log in to this network</html>"),
        document("application/vnd.docker.distribution.manifest.v1+prettyjws", b"{\"schemaVersion\":1}"),
        document(INDEX, &image.manifest),
        document(MANIFEST, b"{}"),
        document(MANIFEST, b""),
        document(MANIFEST, b"\xff\xfe"),
        document(MANIFEST, "[".repeat(1_000_000).as_bytes()),
    ] {
        let proxy = Proxy::start(move |_| deed.clone());
        let host = Host::trusting(&[&proxy.authority]);
        let name = proxy.name("o/s:1");
        for request in [newer(&name, None, None), describe(&name)] {
            let refusal = host.refusal(&request);
            assert!(matches!(refusal, Refusal::Failed { .. }), "{refusal:?}");
        }
    }
}

#[test]
fn what_is_not_what_its_digest_says_is_damaged() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    let wrong = Image::new("2", architecture());
    for part in ["/manifests/", "/blobs/"] {
        let content = if part == "/blobs/" { wrong.configuration.clone() } else { wrong.manifest.clone() };
        let digest = image.digest();
        let proxy = Proxy::before(&registry.authority, move |request| {
            match request.method() == "GET" && request.path().contains(part) {
                true => {
                    let headers =
                        vec![("content-type", MANIFEST.to_owned()), ("docker-content-digest", digest.clone())];
                    Deed::Answer(200, headers, content.clone())
                }
                false => Deed::PassOn,
            }
        });
        let host = Host::trusting(&[&proxy.authority]);
        let by_digest = proxy.name(&format!("o/s@{}", image.digest()));
        let name = proxy.name("o/s:1");
        for request in [newer(&name, None, None), describe(&name), describe(&by_digest)] {
            let refusal = host.refusal(&request);
            assert!(matches!(refusal, Refusal::Corrupted { .. }), "{part}: {refusal:?}");
        }
    }
}

#[test]
fn documents_have_a_greatest_length() {
    const HUGE: u64 = 100 * 1024 * 1024;
    let manifest = vec![("content-type", MANIFEST.to_owned())];
    for refusal in refusals(&Deed::Flood(manifest.clone(), HUGE)) {
        assert!(matches!(refusal, Refusal::Failed { .. }), "{refusal:?}");
    }
    // The same, announced.
    let announced = [manifest, vec![("x-padding", "1".into())]].concat();
    let proxy = Proxy::start(move |_| Deed::Answer(200, announced.clone(), vec![b' '; HUGE as usize]));
    let refusal = Host::trusting(&[&proxy.authority]).refusal(&describe(&proxy.name("o/s:1")));
    assert!(matches!(refusal, Refusal::Failed { .. }), "{refusal:?}");
    // An image whose configuration is huge.
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    let proxy = Proxy::before(&registry.authority, |request| match request.path().contains("/blobs/") {
        true => Deed::Flood(vec![], HUGE),
        false => Deed::PassOn,
    });
    let refusal = Host::trusting(&[&proxy.authority]).refusal(&describe(&proxy.name("o/s:1")));
    assert!(matches!(refusal, Refusal::Failed { .. }), "{refusal:?}");
}

#[test]
fn a_document_that_is_made_to_fill_the_memory_does_not() {
    let layer = r#"{"mediaType":"","digest":"","size":0,"annotations":{"":""}}"#;
    let layers = vec![layer; 4_000_000 / (layer.len() + 1)].join(",");
    let configuration = digest_of(b"{}");
    let manifest = format!(
        r#"{{"schemaVersion":2,"config":{{"mediaType":"","digest":"{configuration}","size":2}},"layers":[{layers}]}}"#
    );
    let proxy = Proxy::start(move |request| match request.path().contains("/blobs/") {
        true => Deed::Answer(200, vec![], b"{}".to_vec()),
        false => document(MANIFEST, manifest.as_bytes()),
    });
    let host = Host::trusting(&[&proxy.authority]);
    assert!(matches!(host.ask(&describe(&proxy.name("o/s:1"))), LookupReply::Described(image) if image.size == 0));
    let page = format!("{{\"tags\":[{}]}}", vec!["[]"; 1_300_000].join(","));
    let small = format!("{{\"tags\":[{}]}}", vec!["\"a\""; 900_000].join(","));
    for (page, fine) in [(page, false), (small, true)] {
        let proxy = Proxy::start(move |_| document("application/json", page.as_bytes()));
        let reply = Host::trusting(&[&proxy.authority]).ask(&tags(&proxy.name("o/s")));
        assert_eq!(matches!(reply, LookupReply::Tags(_)), fine, "{reply:?}");
    }
}

#[test]
fn a_registry_without_the_short_way_is_asked_the_long_way() {
    let registry = Registry::start();
    let image = Image::new("1", architecture());
    registry.push("o/s", "1", &image);
    for head in
        [plain(405), plain(501), plain(200), Deed::Answer(200, vec![("docker-content-digest", "x".into())], vec![])]
    {
        let proxy = Proxy::before(&registry.authority, move |request| match request.method() {
            "HEAD" => head.clone(),
            _ => Deed::PassOn,
        });
        let host = Host::trusting(&[&proxy.authority]);
        let reply = host.ask(&newer(&proxy.name("o/s:1"), Some(&image.digest()), None));
        assert_eq!(reply, LookupReply::UpToDate { named: image.digest() });
    }
}

#[test]
fn what_is_beside_an_image_is_unknown_where_the_registry_fails() {
    let registry = Registry::start();
    registry.push("o/s", "1", &Image::new("1", architecture()));
    for deed in [plain(500), plain(429), plain(403), Deed::Stall, Deed::Babble] {
        let proxy = Proxy::before(&registry.authority, move |request| {
            let beside = request.path().contains("sha256-") || request.path().contains("/referrers/");
            if beside { deed.clone() } else { Deed::PassOn }
        });
        let host = Host::trusting(&[&proxy.authority]);
        let LookupReply::Described(told) = host.ask(&describe(&proxy.name("o/s:1"))) else { panic!("not described") };
        assert_eq!((told.signed, told.version.as_deref()), (None, Some("1")));
    }
}
