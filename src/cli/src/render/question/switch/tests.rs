// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Deployment, DeploymentId, resolve_image};

use super::*;
use crate::render::samples::{self, shown};

fn kde() -> ImageReference {
    ImageReference::from_refspec("alma:desktop/10/kde").unwrap()
}

#[test]
fn a_switch_names_both_images_and_what_it_replaces() {
    let question = switch(&kde(), &Prospect::default(), &samples::updated().snapshot, &samples::view());
    let text = shown(&question.lines);
    assert_eq!(text[1], "Follows now    alma:desktop/10/gnome");
    assert_eq!(text[2], "Follows then   alma:desktop/10/kde");
    assert_eq!(
        text[3],
        "Version 10.2.20251120 (GNOME, built 2025-11-20), which is ready for the next restart, is replaced."
    );
    assert!(text[4].starts_with("The newest version of alma:desktop/10/kde is downloaded,"), "{text:?}");
    assert_eq!(question.go_ahead, "Switch to alma:desktop/10/kde?");
    let text =
        shown(&switch(&kde(), &Prospect::default(), &samples::plain().snapshot, &samples::view()).lines).join("\n");
    assert!(!text.contains("replaced") && text.contains("is kept to go back to"), "{text}");
}

#[test]
fn nothing_is_kept_to_go_back_to_where_nothing_leads_back() {
    let mut found = samples::preflight();
    found.findings.push(isotope_model::Finding {
        severity: isotope_model::Severity::Warning,
        concern: isotope_model::Concern::OneWay,
    });
    let prospect = Prospect { preflight: Some(found), ..Prospect::default() };
    let text = shown(&switch(&kde(), &prospect, &samples::container().snapshot, &samples::view()).lines).join("\n");
    assert!(!text.contains("kept to go back to") && text.contains("may not work any more"), "{text}");
}

#[test]
fn a_queued_rollback_that_is_overtaken_is_named() {
    let text = shown(&switch(&kde(), &Prospect::default(), &samples::rolled_back().snapshot, &samples::view()).lines)
        .join("\n");
    assert!(text.contains("Version 10.1.20251030, which was to start next"), "{text}");
}

#[test]
fn a_container_is_called_by_its_name() {
    let snapshot = samples::container().snapshot;
    for (typed, name) in [
        ("quay.io/alma/kde:10", "quay.io/alma/kde:10"),
        ("docker://quay.io/alma/kde", "quay.io/alma/kde"),
        ("ostree-unverified-registry:quay.io/alma/kde:10", "quay.io/alma/kde:10"),
        ("ostree-remote-image:alma:oci:/var/kde", "oci:/var/kde"),
    ] {
        let image = resolve_image(&snapshot, typed).unwrap();
        let question = switch(&image, &Prospect::default(), &snapshot, &samples::view());
        let text = shown(&question.lines);
        assert_eq!(text[1], "Follows now    quay.io/alma/gnome:10");
        assert_eq!(text[2], format!("Follows then   {name}"));
        assert_eq!(question.go_ahead, format!("Switch to {name}?"));
    }
}

#[test]
fn what_is_removed_to_make_room_is_named() {
    let other = DeploymentId::new("other", "7".repeat(64), 0);
    let snapshot = samples::state(vec![
        samples::running(),
        samples::deployment('8', "10.0", 0),
        samples::older(),
        samples::deployment('9', "7", 1_761_782_400),
        Deployment { id: other, ..samples::deployment('7', "9.8", 0) },
    ])
    .snapshot;
    let gone: Vec<_> = shown(&switch(&kde(), &Prospect::default(), &snapshot, &samples::view()).lines);
    let gone: Vec<_> = gone.into_iter().filter(|line| line.contains("is removed")).collect();
    assert_eq!(
        gone,
        [
            "Version 10.0 (GNOME, built 1970-01-01) is removed with that restart; to keep it: isotopectl pin 10.0"
                .to_owned(),
            format!(
                "Version 7 (GNOME, built 2025-10-30) is removed with that restart; to keep it: isotopectl pin alma/{}.0",
                "9".repeat(64)
            ),
        ]
    );
    let composefs = samples::composefs().snapshot;
    let text = shown(&switch(&kde(), &Prospect::default(), &composefs, &samples::view()).lines).join("\n");
    assert!(!text.contains("is removed"), "{text}");
}

#[test]
fn what_is_held_back_is_not_called_ready() {
    let text =
        shown(&switch(&kde(), &Prospect::default(), &samples::held_back().snapshot, &samples::view()).lines).join("\n");
    assert!(text.contains("which is downloaded and held back, is replaced") && !text.contains("ready"), "{text}");
}

#[test]
fn the_way_back_of_an_earlier_switch_goes_with_a_new_one() {
    let snapshot = samples::trial().snapshot;
    let told = |without_pin| {
        let prospect = Prospect { without_pin, ..Prospect::default() };
        shown(&switch(&kde(), &prospect, &snapshot, &samples::view()).lines).join("\n")
    };
    let gone = "Version 10.1.20251030 (GNOME, built 2025-10-30) is removed with that restart";
    assert!(told(false).contains(gone) && told(false).contains("kept to go back to"), "{}", told(false));
    assert!(!told(true).contains("is removed") && told(true).contains("isotopectl rollback"), "{}", told(true));
}
