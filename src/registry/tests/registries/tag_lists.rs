// SPDX-License-Identifier: GPL-3.0-or-later
//! Lists of tags in all lengths, and registries that lead around in circles.

use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LookupReply, PublishedTags};
use serde_json::json;

use crate::host::{Host, tags};
use crate::http::Message;
use crate::proxy::{Deed, Proxy};

fn told(decide: impl Fn(&Message) -> Deed + Send + Sync + 'static) -> (PublishedTags, Vec<String>) {
    let proxy = Proxy::start(decide);
    match Host::trusting(&[&proxy.authority]).ask(&tags(&proxy.name("o/s:1"))) {
        LookupReply::Tags(told) => (told, proxy.asked()),
        other => panic!("{other:?}"),
    }
}

fn page(tags: &[String], link: Option<String>) -> Deed {
    let link = link.map(|link| ("link", link));
    let headers = [("content-type", "application/json".to_owned())].into_iter().chain(link).collect();
    Deed::Answer(200, headers, json!({ "name": "o/s", "tags": tags }).to_string().into_bytes())
}

/// A parameter of what is asked.
fn asked(request: &Message, name: &str) -> Option<String> {
    let (_, parameters) = request.path().split_once('?')?;
    let pairs = parameters.split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(found, _)| *found == name).map(|(_, value)| value.to_owned())
}

/// Pages of so many at most, as a registry gives them that has these tags.
fn paged(all: Vec<String>, most: usize, points_on: bool) -> impl Fn(&Message) -> Deed + Send + Sync + 'static {
    move |request| {
        let wanted = asked(request, "n").and_then(|n| n.parse().ok()).unwrap_or(usize::MAX).min(most);
        let start = asked(request, "last").map_or(0, |last| all.iter().position(|tag| *tag == last).unwrap() + 1);
        let tags = &all[start..all.len().min(start + wanted)];
        let more = start + tags.len() < all.len() && points_on;
        let link = more.then(|| format!("</v2/o/s/tags/list?last={}&n={wanted}>; rel=\"next\"", tags.last().unwrap()));
        page(tags, link)
    }
}

#[test]
fn ten_thousand_tags_are_told() {
    let all: Vec<String> = (0..10_000).map(|number| format!("1.{number:05}")).collect();
    let signatures = (0..10_000).map(|number| format!("sha256-{number:064}.sig"));
    let both: Vec<String> = all.iter().cloned().chain(signatures).collect();
    for (tags, most, points_on) in
        [(&all, 1000, true), (&all, 1000, false), (&all, 100_000, true), (&both, 1000, true), (&all, 100, true)]
    {
        let (told, asked) = told(paged(tags.clone(), most, points_on));
        assert_eq!((told.tags.len(), told.truncated), (10_000, false), "{most} {points_on}");
        assert_eq!(told.tags.first().map(String::as_str), Some("1.09999"));
        assert!(asked.len() <= 100);
    }
    let more: Vec<String> = (0..12_345).map(|number| format!("1.{number:05}")).collect();
    for most in [1000, 100_000] {
        let (told, _) = told(paged(more.clone(), most, true));
        assert_eq!((told.tags.len(), told.truncated), (10_000, true));
    }
}

#[test]
fn pages_have_an_end() {
    // Always the same page, always another, and ever deeper into signatures.
    let same = "</v2/o/s/tags/list?last=a&n=1>; rel=\"next\"".to_owned();
    let (all, seen) = told(move |_| page(&["a".to_owned()], Some(same.clone())));
    assert_eq!((all.tags, all.truncated, seen.len()), (vec!["a".to_owned()], false, 2));
    let further = |request: &Message| asked(request, "last").map_or(0, |last| last.parse::<usize>().unwrap() + 1);
    for signature in [false, true] {
        let (all, seen) = told(move |request| {
            let number = further(request);
            let tag = if signature { format!("sha256-{number}.sig") } else { format!("1.{number}") };
            page(&[tag], Some(format!("<?last={number}>; rel=next")))
        });
        assert_eq!((seen.len(), all.truncated, all.tags.is_empty()), (100, true, signature));
    }
    let (all, seen) = told(|_| page(&[], Some("</v2/o/s/tags/list?last=x>; rel=\"next\"".to_owned())));
    assert_eq!((all, seen.len()), (PublishedTags::default(), 1));
}

#[test]
fn a_link_leads_to_no_other_registry_and_no_other_repository() {
    let other = Proxy::start(|_| Deed::Stall);
    let authority = other.authority.clone();
    let (all, seen) = told(move |request| match asked(request, "last") {
        None => page(&["a".to_owned()], Some(format!("<http://{authority}/v2/p/t/tags/list?last=a>; rel=\"next\""))),
        Some(_) => page(&["b".to_owned()], None),
    });
    assert_eq!(all.tags, ["a", "b"]);
    assert_eq!(seen, ["GET /v2/o/s/tags/list?n=1000", "GET /v2/o/s/tags/list?last=a"]);
    assert!(other.seen().is_empty());
}

#[test]
fn only_tags_are_taken_for_tags() {
    let tags = ["10.2", "", "a b", "../x", "\u{1b}[31m", "latest", &"x".repeat(1000)].map(str::to_owned);
    assert_eq!(told(move |_| page(&tags, None)).0.tags, ["latest", "10.2"]);
    assert_eq!(told(|_| Deed::Answer(200, vec![], b"{\"name\":\"o/s\",\"tags\":null}".to_vec())).0.tags, [""; 0]);
    assert_eq!(told(|_| Deed::Answer(200, vec![], b"{\"name\":\"o/s\"}".to_vec())).0.tags, [""; 0]);
    for body in ["", "[]x", "{\"tags\":[1]}", "{\"tags\":{}}", "<html>"] {
        let proxy = Proxy::start(move |_| Deed::Answer(200, vec![], body.as_bytes().to_vec()));
        let refusal = Host::trusting(&[&proxy.authority]).refusal(&crate::host::tags(&proxy.name("o/s")));
        assert!(matches!(refusal, Refusal::Failed { .. }), "{body}: {refusal:?}");
    }
}
