// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{Concern, Finding, Severity, SwitchPolicy};

use super::super::test_states::{CATALOGS, NOON, catalogs, container_host, preflight, service, staged};
use super::super::{Choice, LineEnd, Tone};
use super::*;

const GNOME: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";

fn choice(entry: &str, stream: Option<&str>) -> VariantChoice {
    VariantChoice { entry: entry.into(), stream: stream.map(Into::into) }
}

fn state() -> ServiceState {
    service(container_host(GNOME))
}

fn here() -> HostCatalogs {
    catalogs(&CATALOGS, Some(("gnome", "stable")))
}

fn view(choice: &VariantChoice, read: &Read<Preflight>) -> VariantView {
    VariantView::of(choice, &state(), &here(), read, true, &Calendar::in_greenwich(NOON)).unwrap()
}

fn value(view: &VariantView, title: &str) -> Option<String> {
    let mut lines = view.groups.iter().flat_map(|group| &group.lines);
    lines.find(|line| line.title == title).map(|line| line.subtitle.clone())
}

fn found(severities: &[Severity]) -> Read<Preflight> {
    let finding = |severity: &Severity| Finding { severity: *severity, concern: Concern::Experimental };
    Read::There(Arc::new(preflight("quay.io/lab/kde:stable", severities.iter().map(finding).collect())))
}

#[test]
fn the_stream_that_is_called_as_the_running_one_is_chosen_and_asked_about() {
    let kde = choice("kde", None);
    assert_eq!(kde.wanted(&state(), &here()).as_deref(), Some("quay.io/lab/kde:stable"));
    assert_eq!(choice("kde", Some("testing")).wanted(&state(), &here()).as_deref(), Some("quay.io/lab/kde:testing"));
    let shown = view(&kde, &Read::Waiting);
    assert_eq!(shown.streams.iter().map(|stream| stream.chosen).collect::<Vec<_>>(), [true, false]);
    assert_eq!(shown.full_name(), "Lab KDE (stable)");
    assert!(shown.button.sensitive && shown.picture.sent);
    assert!(view(&choice("old", None), &Read::Waiting).streams.is_empty(), "there is no choice");
}

#[test]
fn what_runs_is_not_asked_about_and_its_other_streams_are() {
    let gnome = choice("gnome", None);
    assert_eq!(gnome.wanted(&state(), &here()), None);
    let shown = view(&gnome, &Read::Waiting);
    assert_eq!((shown.button.label.as_str(), shown.button.sensitive), ("You Run This", false));
    assert_eq!(value(&shown, "Version").as_deref(), Some("10.1"));
    assert_eq!(shown.streams[0].subtitle, "Running now");
    assert_eq!((shown.streams[1].title.as_str(), shown.streams[1].subtitle.as_str()), ("Next", "Testing"));
    let testing = choice("gnome", Some("testing"));
    assert_eq!(testing.wanted(&state(), &here()).as_deref(), Some("quay.io/lab/gnome:testing"));
    assert!(view(&testing, &Read::Waiting).button.sensitive);
}

#[test]
fn what_starts_after_a_restart_says_so() {
    let mut host = container_host(GNOME);
    let image = Some(isotope_model::ImageReference::Container { reference: GNOME.replace("gnome", "kde") });
    host.deployments.insert(0, isotope_model::Deployment { image, ..staged('2') });
    let state = service(host);
    let calendar = Calendar::in_greenwich(NOON);
    let of =
        |choice: &VariantChoice| VariantView::of(choice, &state, &here(), &Read::Waiting, true, &calendar).unwrap();
    assert_eq!(of(&choice("kde", None)).button.label, "Starts After a Restart");
    assert!(of(&choice("gnome", None)).button.sensitive, "one can switch back");
}

#[test]
fn the_administrator_and_another_operation_are_reasons() {
    let mut catalogs = here();
    catalogs.switching = SwitchPolicy::Listed { images: vec!["quay.io/lab/gnome".into()] };
    let kde = choice("kde", None);
    assert_eq!(kde.wanted(&state(), &catalogs), None, "nobody is asked about it");
    let calendar = Calendar::in_greenwich(NOON);
    let shown = VariantView::of(&kde, &state(), &catalogs, &Read::Waiting, true, &calendar).unwrap();
    assert!(!shown.button.sensitive && shown.button.reason.is_some());
    let busy = VariantView::of(&kde, &state(), &here(), &Read::Waiting, false, &calendar).unwrap();
    assert!(busy.button.reason.unwrap().contains("Something else"));
    assert_eq!(VariantView::of(&choice("gone", None), &state(), &here(), &Read::Waiting, true, &calendar), None);
}

#[test]
fn what_was_found_out_is_counted_and_opens_the_dialog() {
    let kde = choice("kde", None);
    let waiting = view(&kde, &Read::Waiting);
    let spinners = waiting.groups[0].lines.iter().filter(|line| line.end == LineEnd::Waiting).count();
    assert_eq!(spinners, 4);
    let shown = view(&kde, &found(&[Severity::Blocking, Severity::Warning, Severity::Warning, Severity::Note]));
    assert_eq!(value(&shown, "Version").as_deref(), Some("10.2, built 18 November 2026"));
    assert!(value(&shown, "To Download").unwrap().starts_with("310.0"));
    assert!(value(&shown, "Signature").unwrap().starts_with("Not checked"));
    let counted = shown.groups[0].lines.last().unwrap();
    assert_eq!(counted.subtitle, "1 thing is in the way · 2 warnings · 1 note");
    assert_eq!((counted.tone, &counted.end), (Tone::Warning, &LineEnd::Opens(Choice::SwitchToVariant)));
    assert_eq!(value(&view(&kde, &found(&[])), "Before You Switch").as_deref(), Some("Nothing that speaks against it"));
    assert!(shown.spoken_since(&waiting).unwrap().contains("2 warnings"));
    let failed = view(&kde, &Read::Failed(Arc::new(ClientError::ServiceMissing)));
    assert!(matches!(&failed.groups[0].lines[0].end, LineEnd::Button(button) if button.choice == Choice::Retry));
}

#[test]
fn what_the_vendor_says_stands_there() {
    let shown = view(&choice("kde", None), &Read::Waiting);
    assert_eq!(value(&shown, "Made For").as_deref(), Some("amd64, arm64"));
    assert!(value(&shown, "Processor").unwrap().starts_with("x86-64-v3"));
    assert_eq!(value(&shown, "Support Has Ended").as_deref(), Some("17 November 2026"));
    let page = shown.groups[1].lines.last().unwrap();
    assert_eq!(page.end, LineEnd::Opens(Choice::OpenPage("https://lab.example/kde".into())));
    let of_vendor = view(&choice("gnome", None), &Read::Waiting);
    assert_eq!(value(&of_vendor, "Website").as_deref(), Some("lab.example/"));
}
