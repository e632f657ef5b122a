// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{
    Deployment, Finding, ImageReference, Layered, LayeredEffect, Refusal, SignatureProblem, StateToken, Trust,
    TrustState,
};

use super::super::test_states::{NOON, booted, container_host, preview, snapshot, staged, trust};
use super::*;
use crate::helper_worker::took_too_long;

const KDE: &str = "ostree-unverified-registry:quay.io/lab/kde:stable";
const OPEN: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";
const STRICT: &str = "ostree-image-signed:docker://quay.io/lab/gnome:stable";

fn subject() -> PreflightSubject {
    PreflightSubject { image: "quay.io/lab/kde:stable".into(), name: "KDE Plasma".into(), staged: false }
}

fn finding(severity: Severity, concern: Concern) -> Finding {
    Finding { severity, concern }
}

fn signature(severity: Severity, trust: Trust) -> Finding {
    finding(severity, Concern::Signature { trust: Box::new(trust) })
}

fn demanded() -> Finding {
    signature(Severity::Note, trust(KDE, TrustState::Verified))
}

fn blocking() -> Finding {
    let refusal = Refusal::NotBootable { reference: KDE.into(), detail: String::new() };
    finding(Severity::Blocking, Concern::Refused { refusal })
}

/// What was found of an image of which the registry has told.
fn preflight(reference: &str, findings: Vec<Finding>) -> Preflight {
    let seen = preview(trust(reference, TrustState::Verified));
    Preflight {
        image: ImageReference::Container { reference: reference.into() },
        recognised: None,
        findings,
        checksum: Some(seen.digest.clone()),
        version: seen.version.clone(),
        built: seen.built,
        download_bytes: seen.download_bytes,
        preview: Some(seen),
        pins: Some(booted('1').id),
        token: StateToken::default(),
    }
}

fn shown(subject: &PreflightSubject, snapshot: &Snapshot, answer: Option<Answer<Preflight>>) -> PreflightView {
    let context = PreflightContext { snapshot, answer: answer.as_ref(), idle: true, pin: true, reset: false };
    PreflightView::of(subject, context, &Calendar::in_greenwich(NOON))
}

fn of(findings: Vec<Finding>) -> PreflightView {
    shown(&subject(), &container_host(OPEN), Some(Ok(Arc::new(preflight(KDE, findings)))))
}

#[test]
fn until_the_answer_is_there_a_spinner_turns_and_nothing_can_be_agreed_to() {
    let view = shown(&subject(), &container_host(OPEN), None);
    assert_eq!(view.heading, "Switch to KDE Plasma?");
    assert!(view.status.is_some_and(|status| status.icon.is_none()) && view.button.reason.is_some());
}

#[test]
fn why_there_is_no_answer_is_told_and_it_can_be_tried_again() {
    let failed = |error| shown(&subject(), &container_host(OPEN), Some(Err(Arc::new(error))));
    let late = failed(took_too_long());
    let status = late.status.unwrap();
    assert!(status.title.contains("not answered in time") && status.button.is_some(), "{status:?}");
    assert!(late.spoken.starts_with(&status.title) && late.button.reason.is_some());
    let never = Refusal::NotWithBackend { backend: isotope_model::Backend::Bootc, composefs: true };
    assert!(failed(ClientError::Refused(never)).status.unwrap().button.is_none());
}

#[test]
fn it_says_what_it_does_what_is_kept_and_what_is_known_of_the_image() {
    let view = of(vec![demanded()]);
    assert!(view.intro.contains("next restart") && view.intro.contains("10.1 GNOME is kept"), "{}", view.intro);
    let facts: Vec<_> = view.facts.iter().map(|line| (line.title.as_str(), line.subtitle.as_str())).collect();
    assert_eq!(facts[0].0, "No problems were found.");
    assert_eq!(facts[1], ("Image", "quay.io/lab/kde:stable"));
    assert_eq!(facts[2], ("Version", "10.2, built 18 November 2026"));
    assert_eq!(facts[3], ("To Download", "310.0\u{a0}MB of 2.4\u{a0}GB: the rest is on this computer already"));
    assert!(facts[4].0 == "Signature" && facts[4].1.starts_with("Demanded\n"));
    assert!(view.others.is_empty() && view.blocking.is_empty());
    assert_eq!(view.pin.unwrap().title, "Keep 10.1 GNOME to go back to");
    assert_eq!((view.button.reason, view.button.destructive), (None, false));
    assert!(view.spoken.starts_with("No problems were found"));
}

#[test]
fn what_is_in_the_way_comes_first_and_keeps_from_switching() {
    let view = of(vec![blocking(), finding(Severity::Warning, Concern::Experimental), demanded()]);
    assert_eq!(view.blocking.len(), 1);
    assert_eq!(view.others.iter().map(|group| group.severity).collect::<Vec<_>>(), [Severity::Warning]);
    assert!(view.button.reason.is_some() && view.pin.is_none() && view.intro.contains("cannot be done"));
    assert!(view.spoken.starts_with("This switch cannot be made") && view.spoken.lines().count() == 3);
    let answer: Answer<_> = Ok(Arc::new(preflight(KDE, vec![blocking()])));
    assert_eq!(PreflightView::wish(&subject(), &answer, true, false), None);
}

fn layered(effect: LayeredEffect) -> Finding {
    let severity = match effect {
        LayeredEffect::CarriedOver => Severity::Warning,
        _ => Severity::Blocking,
    };
    let layered = Layered { packages: vec!["vim".into(), "htop".into()], ..Layered::default() };
    finding(severity, Concern::Layered { layered, effect })
}

/// What is shown and asked for with this choice.
fn chosen(findings: Vec<Finding>, reset: bool) -> (PreflightView, Option<SwitchWish>) {
    let (host, answer) = (container_host(OPEN), Ok(Arc::new(preflight(KDE, findings))));
    let context = PreflightContext { snapshot: &host, answer: Some(&answer), idle: true, pin: true, reset };
    let view = PreflightView::of(&subject(), context, &Calendar::in_greenwich(NOON));
    (view, PreflightView::wish(&subject(), &answer, true, reset))
}

#[test]
fn what_would_damage_the_system_has_to_be_taken_back_first() {
    let (view, wish) = chosen(vec![layered(LayeredEffect::NeedsReset), demanded()], false);
    let choice = view.reset.unwrap();
    assert_eq!(choice.title, "Remove added packages");
    assert!(choice.subtitle.contains("vim") && choice.subtitle.contains("only be made with this"), "{choice:?}");
    assert!(view.blocking[0].findings[0].means.contains("can damage the system"), "{:?}", view.blocking);
    assert!(view.button.reason.is_some() && wish.is_none() && view.intro.contains("agreed"), "{}", view.intro);
    let (view, wish) = chosen(vec![layered(LayeredEffect::NeedsReset), demanded()], true);
    assert!(view.blocking.is_empty() && view.reset.is_some() && view.pin.is_some());
    assert!(view.button.reason.is_none() && view.button.destructive && wish.unwrap().reset);
}

#[test]
fn what_is_carried_over_may_be_taken_back() {
    let (view, wish) = chosen(vec![layered(LayeredEffect::CarriedOver), demanded()], false);
    assert!(view.reset.is_some() && view.button.reason.is_none() && !view.button.destructive);
    assert!(view.others[0].findings[0].remedy.contains("below") && !wish.unwrap().reset);
    assert!(chosen(vec![layered(LayeredEffect::CarriedOver), demanded()], true).1.unwrap().reset);
}

#[test]
fn where_something_else_is_in_the_way_nothing_is_to_be_agreed_to() {
    let (view, _) = chosen(vec![layered(LayeredEffect::NeedsReset), blocking()], true);
    assert!(view.reset.is_none() && view.button.reason.is_some());
    let (view, wish) = chosen(vec![layered(LayeredEffect::Blocks)], true);
    assert!(view.reset.is_none() && view.blocking.len() == 1 && wish.is_none());
}

#[test]
fn how_grave_it_is_is_said_in_words_and_shown_in_shapes() {
    let note = finding(Severity::Note, Concern::ContentUnknown);
    let view = of(vec![blocking(), finding(Severity::Warning, Concern::OneWay), note]);
    let groups: Vec<_> = view.blocking.iter().chain(&view.others).collect();
    let icons: Vec<_> = groups.iter().map(|group| group.findings[0].icon).collect();
    assert_eq!(icons.len(), 3);
    assert!(icons[0] != icons[1] && icons[1] != icons[2] && icons[0] != icons[2]);
    for group in groups {
        let found = &group.findings[0];
        assert!(found.spoken.starts_with(&group.title) && found.spoken.ends_with(&found.title), "{found:?}");
        assert!(!found.remedy.contains("isotopectl"), "{found:?}");
    }
}

#[test]
fn a_signature_that_is_no_fact_is_a_finding_and_one_that_is_refused_is_told_once() {
    let unchecked = of(vec![signature(Severity::Warning, trust(KDE, TrustState::Unchecked))]);
    assert!(unchecked.facts.iter().all(|line| line.title != "Signature"));
    assert_eq!(unchecked.others[0].findings.len(), 1);
    let refusal =
        Refusal::SignatureRefused { problem: SignatureProblem::Missing, reference: KDE.into(), detail: String::new() };
    let refused = finding(Severity::Blocking, Concern::Refused { refusal });
    let view = of(vec![refused, signature(Severity::Warning, trust(KDE, TrustState::Refused))]);
    assert!(view.others.is_empty() && view.blocking[0].findings.len() == 1);
}

#[test]
fn losing_something_is_coloured_and_the_way_back_is_promised_only_where_there_is_one() {
    let trusts = || (Box::new(trust(OPEN, TrustState::Verified)), Box::new(trust(KDE, TrustState::Unchecked)));
    let (present, target) = trusts();
    let weaker = of(vec![finding(Severity::Warning, Concern::WeakerCheck { present, target })]);
    assert!(weaker.button.destructive && weaker.button.reason.is_none());
    let one_way = of(vec![finding(Severity::Warning, Concern::OneWay)]);
    assert!(one_way.button.destructive && !one_way.intro.contains("go back"));
    let (host, answer) = (container_host(OPEN), Ok(Arc::new(preflight(KDE, vec![demanded()]))));
    let context = PreflightContext { snapshot: &host, answer: Some(&answer), idle: true, pin: false, reset: false };
    let declined = PreflightView::of(&subject(), context, &Calendar::in_greenwich(NOON));
    assert!(declined.intro.contains("until the first update"), "{}", declined.intro);
    let busy = PreflightContext { idle: false, ..context };
    assert!(PreflightView::of(&subject(), busy, &Calendar::in_greenwich(NOON)).button.reason.is_some());
}

#[test]
fn what_was_seen_is_what_is_switched_to() {
    let answer: Answer<_> = Ok(Arc::new(preflight(KDE, vec![demanded()])));
    let wish = PreflightView::wish(&subject(), &answer, false, true).unwrap();
    assert_eq!(wish.expected, Some(format!("sha256:{}", "2".repeat(64))));
    assert!(wish.image == "quay.io/lab/kde:stable" && !wish.pin);
    assert!(!wish.reset, "there is nothing to take back");
}

#[test]
fn the_same_image_in_its_strict_form_is_asked_for_in_other_words() {
    let subject = PreflightSubject { image: STRICT.into(), name: "GNOME".into(), staged: false };
    let asked = |state, host: &str| {
        let found = preflight(STRICT, vec![signature(Severity::Note, trust(STRICT, state))]);
        shown(&subject, &container_host(host), Some(Ok(Arc::new(found))))
    };
    let view = asked(TrustState::Verified, OPEN);
    assert!(view.heading == "Demand the Check of GNOME?" && view.intro.contains("lose its rule"), "{view:?}");
    assert_eq!(asked(TrustState::Unknown, OPEN).heading, "Switch to GNOME?", "nothing is checked by that");
    assert_eq!(asked(TrustState::Verified, KDE).heading, "Switch to GNOME?");
}

#[test]
fn where_nothing_could_be_looked_at_no_fact_is_called_unknown() {
    let refusal = Refusal::Network { detail: String::new() };
    let blind = Preflight {
        preview: None,
        checksum: None,
        version: None,
        built: None,
        download_bytes: None,
        ..preflight(KDE, vec![finding(Severity::Warning, Concern::NotLookedAt { refusal }), demanded()])
    };
    let view = shown(&subject(), &container_host(OPEN), Some(Ok(Arc::new(blind))));
    let titles: Vec<_> = view.facts.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(titles, ["Image", "Signature"]);
    assert!(view.button.reason.is_none() && view.spoken.starts_with("The switch can be made"));
}

#[test]
fn before_a_restart_it_is_about_what_is_staged_and_that_can_be_discarded() {
    let host = snapshot(vec![Deployment { variant: Some("KDE".into()), ..staged('2') }, booted('1')]);
    let subject = PreflightSubject { staged: true, ..subject() };
    assert_eq!(subject.reading(), Reading::Preflight(None));
    let kept = Concern::ConfigurationKept { paths: vec!["/etc/x".into()], more: 0 };
    let found = Preflight {
        preview: None,
        checksum: None,
        version: None,
        built: None,
        download_bytes: None,
        pins: None,
        ..preflight(KDE, vec![finding(Severity::Warning, kept)])
    };
    let answer = Ok(Arc::new(found));
    let view = shown(&subject, &host, Some(answer.clone()));
    assert_eq!(view.heading, "Before You Restart");
    let titles: Vec<_> = view.facts.iter().map(|line| line.title.as_str()).collect();
    assert_eq!(titles, ["Image", "Version"]);
    assert!(view.button.label.contains("Discard") && view.button.reason.is_none() && view.pin.is_none());
    let found = &view.others[0].findings[0];
    assert!(found.selectable && found.detail.as_deref() == Some("/etc/x"), "{found:?}");
    assert_eq!(PreflightView::wish(&subject, &answer, true, false), None);
}
