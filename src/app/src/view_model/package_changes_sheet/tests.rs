// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{Advisory, AdvisoryKind, AdvisoryReference, AdvisorySeverity, Refusal};

use super::super::Tone;
use super::super::test_states::{available, booted, service, snapshot, staged};
use super::*;

fn state() -> ServiceState {
    let mut snapshot = snapshot(vec![staged('2'), booted('1')]);
    snapshot.host.backend = Backend::RpmOstree;
    service(snapshot)
}

fn package(name: &str, before: Option<&str>, after: Option<&str>) -> PackageChange {
    let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
    PackageChange { name: name.into(), architecture: None, before: owned(before), after: owned(after) }
}

fn page(changes: PackageChanges, search: &str) -> SheetPageView {
    let packages = Read::There(Arc::new(changes));
    let readings = Readings { packages, search: search.into(), ..Readings::default() };
    of(Some(&staged('2').id), &state(), &readings).unwrap()
}

fn groups(page: SheetPageView) -> Vec<LineGroup> {
    match page.body {
        SheetBody::Lists(groups) => groups,
        SheetBody::Status(view, _) => unreachable!("{view:?}"),
    }
}

fn title(page: SheetPageView) -> String {
    match page.body {
        SheetBody::Status(view, _) => view.title,
        SheetBody::Lists(groups) => unreachable!("{groups:?}"),
    }
}

fn some() -> PackageChanges {
    PackageChanges {
        known: true,
        upgraded: vec![package("vim", Some("9.1-1"), Some("9.2-1")), package("htop", Some("3.3-1"), Some("3.4-1"))],
        added: vec![PackageChange { architecture: Some("x86_64".into()), ..package("micro", None, Some("2.0-1")) }],
        ..PackageChanges::default()
    }
}

fn advisory(severity: AdvisorySeverity, addresses: &[&str]) -> Advisory {
    let reference = |address: &&str| AdvisoryReference { address: (*address).into(), title: "CVE-2026-1".into() };
    Advisory {
        id: format!("LAB-{severity:?}"),
        kind: AdvisoryKind::Security,
        severity,
        packages: vec!["vim".into()],
        references: addresses.iter().map(reference).collect(),
    }
}

#[test]
fn packages_are_counted_and_listed_by_what_becomes_of_them() {
    let groups = groups(page(some(), ""));
    assert_eq!(groups[0].description, "2 packages newer\n1 package added");
    assert_eq!(groups.iter().map(|group| group.title.as_str()).collect::<Vec<_>>(), ["", "Newer", "Added"]);
    assert_eq!(groups[1].lines[0].subtitle, "9.1-1 to 9.2-1");
    assert_eq!(groups[2].lines[0].subtitle, "2.0-1 · x86_64");
}

#[test]
fn advisories_come_first_by_how_grave_they_are_and_only_pages_of_the_web_are_opened() {
    let advisories = vec![
        advisory(AdvisorySeverity::Low, &[]),
        advisory(AdvisorySeverity::Unknown, &["file:///etc/passwd", "javascript:x"]),
        advisory(AdvisorySeverity::Critical, &["https://lab.example/1", "http://lab.example/2"]),
    ];
    let groups = groups(page(PackageChanges { advisories, ..some() }, ""));
    let titles: Vec<_> = groups.iter().map(|group| group.title.as_str()).collect();
    assert_eq!(titles, ["", "Advisories", "Newer", "Added"]);
    assert!(groups[0].description.ends_with("3 security advisories"));
    let [critical, page, insecure, unknown, low] = groups[1].lines.as_slice() else { unreachable!("{groups:?}") };
    assert_eq!((critical.title.as_str(), critical.tone), ("LAB-Critical", Tone::Warning));
    assert_eq!(critical.subtitle, "Critical security flaw\nvim");
    assert_eq!(page.end, LineEnd::Opens(Choice::OpenPage("https://lab.example/1".into())));
    assert_eq!(insecure.subtitle, "lab.example");
    assert_eq!((unknown.title.as_str(), low.title.as_str()), ("LAB-Unknown", "LAB-Low"));
}

#[test]
fn of_thousands_a_page_is_shown_and_any_can_be_found() {
    let upgraded = (0..3_000).map(|number| package(&format!("lib{number}"), Some("1"), Some("2"))).collect();
    let many = PackageChanges { upgraded, truncated: true, ..some() };
    let whole = page(many.clone(), "");
    assert!(whole.search.is_some() && whole.hits.is_none());
    let shown = groups(whole);
    assert_eq!(shown.iter().map(|group| group.lines.len()).sum::<usize>(), SHOWN);
    let last = shown.last().unwrap();
    assert!(last.description.starts_with("2901 more are not shown") && last.description.contains("than were told"));
    let found = page(many.clone(), " LIB2999 ");
    assert_eq!(found.hits.as_deref(), Some("1 change found"));
    assert_eq!(groups(found)[1].lines[0].title, "lib2999");
    assert!(groups(page(many, "nothing"))[0].description.ends_with("Nothing has this in its name."));
    assert_eq!(page(some(), "").search, None);
}

#[test]
fn not_known_is_not_none() {
    assert_eq!(title(page(PackageChanges::unknown(), "")), "Not Known");
    assert_eq!(title(page(PackageChanges { known: true, ..PackageChanges::default() }, "")), "No Package Changes");
    let of = |packages| of(Some(&staged('2').id), &state(), &Readings { packages, ..Readings::default() }).unwrap();
    let refusal = Refusal::Network { detail: String::new() };
    assert!(matches!(of(Read::Waiting).body, SheetBody::Status(view, _) if view.icon.is_none()));
    let failed = of(Read::Failed(Arc::new(ClientError::Refused(refusal))));
    assert!(matches!(failed.body, SheetBody::Status(view, _) if view.button.is_some()));
}

#[test]
fn it_is_offered_only_where_rpm_ostree_can_tell_and_goes_with_what_it_is_about() {
    let mut state = state();
    let next = state.snapshot.staged().cloned().unwrap();
    assert!(way_in_from_details(&next, &state).is_some() && way_in_from_page(&state).is_none());
    assert!(way_in_from_details(state.snapshot.booted().unwrap(), &state).is_none());
    assert!(of(None, &state, &Readings::default()).is_none());
    let mut found = snapshot(vec![booted('1')]);
    found.available = Some(available());
    assert!(way_in_from_page(&service(found.clone())).is_none(), "libostree knows of no packages");
    found.host.backend = Backend::RpmOstree;
    state = service(found);
    assert!(way_in_from_page(&state).is_some() && of(None, &state, &Readings::default()).is_some());
    assert!(of(Some(&next.id), &state, &Readings::default()).is_none());
}
