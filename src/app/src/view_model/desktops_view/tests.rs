// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use isotope_client::ClientError;
use isotope_model::ImageReference;

use super::super::test_states::{CATALOGS, catalogs, container_host, service};
use super::super::{Line, LineEnd};
use super::*;

const GNOME: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";

fn shown(catalogs: HostCatalogs, search: &str) -> Offers {
    match of(catalogs, search) {
        DesktopsView::Offers(offers) => *offers,
        DesktopsView::Status(status, _) => unreachable!("{status:?}"),
    }
}

fn of(catalogs: HostCatalogs, search: &str) -> DesktopsView {
    DesktopsView::of(&service(container_host(GNOME)), &Read::There(Arc::new(catalogs)), search, &[])
}

fn status(view: &DesktopsView) -> (&str, &Choice) {
    match view {
        DesktopsView::Status(status, choice) => (&status.title, choice),
        DesktopsView::Offers(offers) => unreachable!("{offers:?}"),
    }
}

fn names(offers: &Offers) -> Vec<&str> {
    offers.cards.iter().map(|card| card.name.as_str()).collect()
}

fn lines(offers: &Offers) -> Vec<&Line> {
    offers.groups.iter().flat_map(|group| &group.lines).collect()
}

/// A catalog of somebody with so many desktops.
fn many(vendor: &str, number: usize) -> String {
    let mut text = format!("format = 1\nvendor = {{ id = \"{vendor}\", name = \"{vendor}\" }}\n");
    for at in 0..number {
        let _ = write!(
            text,
            "[[entry]]\nid = \"{vendor}-{at}\"\nname = \"Desktop {at}\"\ndesktop = \"kde\"\nsummary = \"One of many.\"\n\
             container = {{ image = \"quay.io/{vendor}/{at}\" }}\nstreams = [{{ tag = \"stable\" }}]\n",
        );
    }
    text
}

#[test]
fn the_family_comes_first_and_then_the_others() {
    let offers = shown(catalogs(&CATALOGS, Some(("gnome", "stable"))), "");
    assert_eq!((offers.family.as_str(), names(&offers)), ("Lab", vec!["Lab GNOME", "Lab KDE"]));
    assert_eq!(offers.cards[0].place.as_deref(), Some("Running now"));
    assert!(offers.cards[1].place.is_none() && offers.cards[1].picture.sent);
    assert_eq!(offers.pictures().collect::<Vec<_>>(), ["kde"]);
    assert_eq!(offers.groups[0].title, "Other");
    let shown = lines(&offers);
    assert_eq!(shown[0].title, "Other Sway", "what is for another architecture is not shown");
    assert_eq!(
        (shown[0].subtitle.as_str(), &shown[0].end),
        ("Experimental", &LineEnd::Opens(Choice::ShowVariant("sway".into())))
    );
    assert_eq!((shown.len(), shown[1].title.as_str()), (2, "Your Own Image…"));
    assert!(offers.search.is_none() && offers.hits.is_none() && offers.outdated.is_none());
}

#[test]
fn whose_system_no_catalog_knows_has_no_family() {
    let offers = shown(catalogs(&CATALOGS, None), "");
    assert!(offers.cards.is_empty());
    assert_eq!(offers.groups.iter().map(|group| group.title.as_str()).collect::<Vec<_>>(), ["Lab", "Other", ""]);
}

#[test]
fn what_runs_is_shown_although_it_is_outdated_and_the_way_on_is_named() {
    let offers = shown(catalogs(&CATALOGS, Some(("old", "stable"))), "");
    assert_eq!(names(&offers), ["Lab GNOME", "Lab KDE", "Lab Old"]);
    let old = &offers.cards[2];
    assert_eq!((old.place.as_deref(), old.status.as_deref()), (Some("Running now"), Some("Deprecated")));
    let outdated = offers.outdated.unwrap();
    assert!(outdated.words.contains("deprecated"));
    assert_eq!(outdated.way_on.map(|(entry, _)| entry).as_deref(), Some("gnome"));
}

#[test]
fn what_the_administrator_does_not_allow_says_so_and_cannot_be_opened() {
    let mut catalogs = catalogs(&CATALOGS, Some(("gnome", "stable")));
    catalogs.switching = SwitchPolicy::Listed { images: vec!["quay.io/lab/gnome".into()] };
    let offers = shown(catalogs.clone(), "");
    let forbidden: Vec<_> = offers.cards.iter().map(|card| card.forbidden.is_some()).collect();
    assert_eq!(forbidden, [false, true]);
    assert!(offers.cards[1].spoken.contains("administrator"));
    assert!(lines(&offers)[0].barred && lines(&offers)[0].subtitle.contains("administrator"));
    assert!(!lines(&offers)[1].barred, "another image can be named");
    for (policy, words) in [(SwitchPolicy::None, "Turned Off"), (SwitchPolicy::Unknown, "Not Allowed")] {
        catalogs.switching = policy;
        assert!(status(&of(catalogs.clone(), "")).0.contains(words));
    }
}

#[test]
fn without_catalogs_that_is_said() {
    let state = service(container_host(GNOME));
    assert!(status(&DesktopsView::of(&state, &Read::Waiting, "", &[])).0.starts_with("Loading"));
    let failed = Read::Failed(Arc::new(ClientError::ServiceMissing));
    assert_eq!(status(&DesktopsView::of(&state, &failed, "", &[])).1, &Choice::Retry);
    assert_eq!(status(&of(HostCatalogs::default(), "")).1, &Choice::NameImage);
}

#[test]
fn what_is_wrong_with_the_catalogs_is_a_quiet_line() {
    let broken = shown(catalogs(&[CATALOGS[0], "format = 1\nbroken = 1", "format = 9"], None), "");
    let last = *lines(&broken).last().unwrap();
    assert_eq!(last.title, "Something is wrong with 2 catalogs");
    assert_eq!(last.end, LineEnd::Opens(Choice::ShowCatalogProblems));
    assert!(matches!(of(catalogs(&["format = 9"], None), ""), DesktopsView::Offers(_)), "that is worth a line");
}

#[test]
fn what_starts_next_is_marked() {
    let mut host = container_host(GNOME);
    let image = Some(ImageReference::Container { reference: GNOME.replace("gnome", "kde") });
    let staged = isotope_model::Deployment { image, ..super::super::test_states::staged('2') };
    host.deployments.insert(0, staged);
    let catalogs = Arc::new(catalogs(&CATALOGS, Some(("gnome", "stable"))));
    let DesktopsView::Offers(offers) = DesktopsView::of(&service(host), &Read::There(catalogs), "", &[]) else {
        unreachable!("there is something to show")
    };
    assert_eq!(offers.cards[1].place.as_deref(), Some("Starts after a restart"));
}

#[test]
fn a_thousand_desktops_are_shown_in_part_and_any_can_be_found_at_once() {
    let (kin, others) = (many("lab", 60), many("other", 900));
    let mut catalogs = catalogs(&[&kin, &others], Some(("lab-3", "stable")));
    catalogs.architecture = "amd64".into();
    let offers = shown(catalogs.clone(), "");
    assert_eq!(offers.cards.len(), CARDS);
    assert_eq!(offers.groups[0].title, "More From lab");
    assert_eq!(lines(&offers).len(), 100 + 1, "and one's own image");
    assert!(offers.groups.iter().any(|group| group.description.contains("836 more are not shown")));
    let found = shown(catalogs.clone(), " DESKTOP 899 ");
    assert_eq!((found.hits.as_deref(), found.cards.len()), (Some("1 desktop found"), 0));
    assert_eq!(lines(&found)[0].title, "Desktop 899");
    assert_eq!(shown(catalogs.clone(), "plasma").hits.as_deref(), Some("960 desktops found"));
    let nothing = shown(catalogs.clone(), "x");
    assert!(nothing.groups[0].description.contains("No desktop") && nothing.search.is_some());
    let before = Instant::now();
    for _ in 0..10 {
        shown(catalogs.clone(), "desktop");
    }
    assert!(before.elapsed() < Duration::from_secs(2), "{:?}", before.elapsed());
}
