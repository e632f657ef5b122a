// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::catalog::{Recognised, RecognisedFrom};
use isotope_model::{LayeredEffect, Refusal, TrustState};

use super::*;
use crate::render::catalog;
use crate::render::samples::{self, shown};

fn with(severity: Severity, concern: Concern) -> Preflight {
    let mut preflight = samples::preflight();
    preflight.findings.insert(0, Finding { severity, concern });
    preflight
}

fn told(preflight: &Preflight, typed: Option<&str>) -> String {
    let known = Known { typed, ..Known::default() };
    shown(&lines(preflight, known, &samples::container().snapshot, &samples::view())).join("\n")
}

#[test]
fn the_image_comes_first_then_what_was_found_by_gravity_then_how_to_go_on() {
    let expected = "\
Image         quay.io/alma/kde:10
              ostree-image-signed:docker://quay.io/alma/kde:10
Version       10.3 · built 2025-11-25
To download   350.0 MB
Signature     Installed only if it is signed with the key /etc/pki/containers/alma.pub
Way back      Version 10.2.20251118, which runs now, is kept to go back to

Be Careful
  The image is experimental
    Nobody promises that it works, or that it will still be published tomorrow.
    Keep what runs now, so that you can go back, and have a copy of your files elsewhere.

Good to Know
  What the image brings to /etc is not known yet
    Its login screen and its configuration can be looked at once it is downloaded.
    Look again after the download, before you restart: isotopectl switch --preflight

Nothing is in the way. To switch to it: isotopectl switch alma-kde";
    assert_eq!(told(&samples::preflight(), Some("alma-kde")), expected);
}

#[test]
fn what_is_in_the_way_is_told_as_such() {
    let refusal = Refusal::SwitchForbidden { reference: "quay.io/alma/kde:10".into() };
    let blocking = with(Severity::Blocking, Concern::Refused { refusal });
    let text = told(&blocking, Some("alma-kde"));
    assert!(text.contains("\n\nIn the Way\n  The administrator of this computer does not allow"), "{text}");
    assert!(text.ends_with("As long as something is in the way, it cannot be done."), "{text}");
    let text = shown(&blocked(&blocking, false, &samples::view()));
    assert_eq!(text[0], "This computer cannot be switched to quay.io/alma/kde:10 as it stands now");
    assert!(text.contains(&"In the Way".to_owned()) && text.contains(&"Be Careful".to_owned()), "{text:?}");
    assert!(!text.contains(&"Good to Know".to_owned()), "{text:?}");
}

#[test]
fn what_is_taken_back_is_a_list_and_in_the_way_no_more() {
    let layered = Concern::Layered { layered: samples::layered(), effect: LayeredEffect::NeedsReset };
    let preflight = with(Severity::Blocking, layered);
    let without = told(&preflight, Some("x"));
    assert!(without.contains("In the Way\n  This system was changed with rpm-ostree\n"), "{without}");
    assert!(
        without.contains("that can damage the system") && without.contains("isotopectl switch --reset IMAGE\n"),
        "{without}"
    );
    assert!(
        shown(&blocked(&preflight, false, &samples::view())).join("\n").contains("isotopectl switch --reset IMAGE")
    );
    let known = Known { typed: Some("x"), reset: true, catalogs: None };
    let snapshot = samples::container().snapshot;
    let with = shown(&lines(&preflight, known, &snapshot, &samples::view())).join("\n");
    let expected = "\n\nWhat was changed with rpm-ostree is taken back:\n  Added: htop, vim\n  Added from files: \
                    tool-1-1.x86_64\n  Removed: firefox\n  Replaced: kernel\n  The initramfs is made on this \
                    computer\n\n";
    assert!(!with.contains("In the Way") && with.contains(expected), "{with}");
    assert!(with.ends_with("isotopectl switch x --reset") && with.contains("Way back"), "{with}");
    let narrow = View { columns: Some(40), ..samples::view() };
    assert!(taken_back::lines(&samples::layered(), &narrow).iter().all(|line| line.width() <= 40));
}

#[test]
fn what_is_carried_over_may_be_left_behind() {
    let layered = Concern::Layered { layered: samples::layered(), effect: LayeredEffect::CarriedOver };
    let text = told(&with(Severity::Warning, layered), Some("x"));
    assert!(text.contains("Be Careful\n  This system was changed with rpm-ostree\n"), "{text}");
    assert!(text.contains("taken back with the switch instead: isotopectl switch --reset IMAGE\n"), "{text}");
    assert!(text.ends_with("isotopectl switch x"), "{text}");
}

#[test]
fn a_way_back_is_promised_only_where_there_is_one() {
    let one_way = told(&with(Severity::Warning, Concern::OneWay), Some("x"));
    assert!(!one_way.contains("Way back") && one_way.contains("There is no way back"), "{one_way}");
    let refusal = Refusal::NotBootable { reference: "quay.io/alma/kde:10".into(), detail: String::new() };
    let blocked = told(&with(Severity::Blocking, Concern::Refused { refusal }), Some("x"));
    assert!(!blocked.contains("Way back"), "{blocked}");
}

#[test]
fn what_could_not_be_looked_at_is_not_said_to_be_clear() {
    let refusal = Refusal::Network { detail: String::new() };
    let text = told(&with(Severity::Warning, Concern::NotLookedAt { refusal }), Some("x"));
    let end = "\n\nNothing is known to be in the way, but the image could not be looked at. To switch to it: isotopectl \
               switch x";
    assert!(text.ends_with(end) && !text.contains("Nothing is in the way"), "{text}");
}

#[test]
fn what_is_followed_already_is_no_hindrance() {
    let refusal = Refusal::AlreadyFollowed { reference: "quay.io/alma/kde:10".into() };
    let text = told(&with(Severity::Blocking, Concern::Refused { refusal }), Some("x"));
    assert!(!text.contains("In the Way") && !text.contains("as something is in the way"), "{text}");
    assert!(text.contains("follows it already: there is nothing to do.") && !text.contains("Way back"), "{text}");
}

#[test]
fn what_cannot_be_used_leads_to_the_list() {
    let refusal = Refusal::UnknownRemote { remote: "x".into() };
    let text = told(&with(Severity::Blocking, Concern::Refused { refusal }), Some("x:y"));
    assert!(text.contains("To see which desktops there are: isotopectl catalog list\n"), "{text}");
}

#[test]
fn what_is_staged_is_told_by_what_is_in_it() {
    let broken = Concern::BrokenDisplayManager {
        link: "/etc/systemd/system/display-manager.service".into(),
        unit: "gdm.service".into(),
    };
    let mut staged = with(Severity::Warning, broken);
    staged.findings.truncate(1);
    (staged.preview, staged.checksum, staged.version, staged.built, staged.pins) = (None, None, None, None, None);
    let text = told(&staged, None);
    assert!(!text.contains("Version") && !text.contains("To download") && !text.contains("Signature"), "{text}");
    assert!(text.ends_with("\n\nNothing is in the way of a restart."), "{text}");
    let before = shown(&before_restart(&staged, &View { columns: Some(60), ..samples::view() }));
    assert!(before[1].starts_with("Before you restart"), "{before:?}");
    assert!(before.last().unwrap().contains("sudo cp -a /usr/etc/systemd/system/display-manager.service /etc"));
    staged.findings.clear();
    assert!(before_restart(&staged, &samples::view()).is_empty());
}

#[test]
fn what_is_not_known_is_not_nothing() {
    let mut bare = samples::preflight();
    (bare.version, bare.built, bare.download_bytes) = (None, None, None);
    let text = told(&bare, Some("x"));
    assert!(text.contains("Version       not known\nTo download   not known\n"), "{text}");
}

#[test]
fn a_check_that_is_none_is_a_row_and_a_warning() {
    let mut unchecked = samples::preflight();
    let trust = Trust { state: TrustState::Unchecked, ..Trust::unknown(unchecked.image.clone()) };
    unchecked.findings =
        vec![Finding { severity: Severity::Warning, concern: Concern::Signature { trust: Box::new(trust) } }];
    let text = told(&unchecked, Some("x"));
    assert!(text.contains("Signature     Installed without a check of its signature\n"), "{text}");
    assert!(text.contains("Be Careful\n  Nobody checks who made the image\n"), "{text}");
}

#[test]
fn the_catalogs_say_what_it_is_called() {
    let (catalogs, _) = catalog::samples::running("example-gnome", Some("10"));
    let mut preflight = samples::preflight();
    assert_eq!(variant(&preflight, Some(&catalogs)), None);
    let mut recognised = |stream: Option<&str>| {
        let stream = stream.map(Into::into);
        preflight.recognised = Some(Recognised { entry: "example-gnome".into(), stream, from: RecognisedFrom::Image });
        variant(&preflight, Some(&catalogs)).unwrap()
    };
    assert_eq!(recognised(Some("11")), "Example with GNOME · Eleven");
    assert_eq!(recognised(Some("9")), "Example with GNOME");
}

#[test]
fn findings_stay_within_the_terminal() {
    let view = View { columns: Some(40), ..samples::view() };
    let found = findings(&told_of(&samples::preflight()), &view);
    assert!(found.iter().all(|line| line.width() <= 40), "{:?}", shown(&found));
    let narrow = View { columns: Some(10), ..samples::view() };
    assert!(shown(&findings(&told_of(&samples::preflight()), &narrow))[2].len() > 40);
}

fn told_of(preflight: &Preflight) -> Vec<&Finding> {
    super::told(preflight)
}
