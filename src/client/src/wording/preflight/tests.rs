// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Concern, Finding, Layered, LayeredEffect, Refusal, Severity, TrustState};

use super::samples::{concerns, layered, trust};
use super::{finding, severity};
use crate::wording::Explanation;

fn told(concern: Concern) -> Explanation {
    finding(&Finding { severity: Severity::Warning, concern })
}

#[test]
fn everything_that_can_be_found_has_words() {
    for concern in concerns() {
        let words = told(concern.clone());
        for text in [&words.what, &words.means, &words.remedy] {
            assert!(!text.contains(['{', '}']) && !text.contains("ostree-unverified"), "{concern:?}: {text}");
        }
        assert!(!words.what.is_empty() && !words.what.ends_with('.'), "{concern:?}: {words:?}");
        assert!(words.what.chars().count() <= 80, "{concern:?}: {words:?}");
        assert!(!words.means.is_empty(), "{concern:?}");
        let only_worth_knowing = match &concern {
            Concern::OtherDesktop { .. } | Concern::OtherDisplayManager { .. } => true,
            Concern::Signature { trust } => trust.is_enforced(),
            _ => false,
        };
        assert_eq!(words.remedy.is_empty(), only_worth_knowing, "{concern:?}: {words:?}");
        let whole = words.remedy.ends_with('.') || words.remedy.contains(": ") || words.remedy.is_empty();
        assert!(whole, "{concern:?}: {words:?}");
    }
}

#[test]
fn every_severity_has_a_heading() {
    let all = [Severity::Blocking, Severity::Warning, Severity::Note, Severity::Unknown].map(severity);
    assert!(all.iter().all(|heading| !heading.is_empty()));
}

#[test]
fn remedies_are_commands_where_there_are_some() {
    let remedy = |words: &str| {
        let found = concerns().into_iter().map(told).any(|told| told.remedy.contains(words));
        assert!(found, "{words}");
    };
    remedy("“rpm-ostree reset”");
    remedy("sudo cp -a /usr/etc/systemd/system/display-manager.service /etc/systemd/system/display-manager.service.");
    remedy("sudo rm /etc/systemd/system/display-manager.service");
    remedy("sudo useradd --system --user-group --home-dir /var/lib/sddm --shell /usr/sbin/nologin sddm");
    remedy("isotopectl switch quay.io/o/kinoite:10");
    remedy("isotopectl unpin, isotopectl remove, isotopectl cleanup");
    remedy("isotopectl config-diff");
    remedy("isotopectl trust quay.io/o/kde:10");
    remedy("isotopectl keep");
    remedy("isotopectl catalog list");
}

#[test]
fn what_somebody_else_chose_stands_in_no_command() {
    let hostile = || "x; rm -rf /".to_owned();
    let user = told(Concern::MissingUser { user: hostile(), unit: String::new() });
    let link = told(Concern::BrokenDisplayManager { link: hostile(), unit: String::new() });
    let option = told(Concern::MissingUser { user: "--root".into(), unit: String::new() });
    for told in [user, link, option] {
        assert!(!told.remedy.contains("sudo"), "{told:?}");
    }
}

#[test]
fn a_refusal_of_the_future_is_told_in_the_future() {
    let signature = Concern::Refused {
        refusal: Refusal::SignatureRefused {
            problem: isotope_model::SignatureProblem::Missing,
            reference: "q.io/o/s".into(),
            detail: String::new(),
        },
    };
    let words = told(signature);
    assert!(!words.means.contains("was") && words.what.contains("not signed"), "{words:?}");
    let clock = told(Concern::Refused { refusal: Refusal::ClockWrong { now: 0, at_least: 1 } });
    assert!(clock.means.contains("no signature can be judged"), "{clock:?}");
}

#[test]
fn only_what_was_changed_with_rpm_ostree_is_named() {
    let of = |layered, effect| told(Concern::Layered { layered, effect });
    let all = of(layered(), LayeredEffect::Blocks);
    assert_eq!(
        all.means,
        "Added: htop, vim. Added from files: tool. Removed: firefox. Replaced: kernel. The initramfs is made on this \
         computer. Something else was changed with rpm-ostree, too. A switch would not carry that over, so it is not made."
    );
    let some = Layered { packages: vec!["htop".into()], ..Layered::default() };
    let carried = of(some.clone(), LayeredEffect::CarriedOver).means;
    assert!(carried.starts_with("Added: htop. rpm-ostree makes that anew"), "{carried}");
    let reset = of(some.clone(), LayeredEffect::NeedsReset);
    assert!(reset.means.contains("to a container image, that can damage the system"), "{reset:?}");
    assert!(reset.remedy.contains("taken back with the switch"), "{reset:?}");
    assert!(!of(some, LayeredEffect::Unknown).means.contains("carried over"));
}

#[test]
fn long_lists_are_cut_short() {
    let names = |count: usize| (1..=count).map(|number| number.to_string()).collect::<Vec<_>>();
    let many = told(Concern::ConfigurationKept { paths: names(30), more: u64::MAX });
    assert!(many.what.starts_with(&u64::MAX.to_string()) && many.means.len() < 200, "{many:?}");
    assert_eq!(many.detail.unwrap().lines().count(), 30);
    let packages = Layered { packages: names(30), ..Layered::default() };
    let layered = told(Concern::Layered { layered: packages, effect: LayeredEffect::CarriedOver });
    assert!(layered.means.contains("8 and 22 more") && layered.detail.unwrap().ends_with("29, 30"));
}

#[test]
fn the_check_that_gets_weaker_is_told_with_what_is_lost() {
    let weaker = |state| Concern::WeakerCheck {
        present: Box::new(trust(TrustState::Verified, None)),
        target: Box::new(trust(state, None)),
    };
    assert!(told(weaker(TrustState::Unchecked)).means.contains("after this switch it does not"));
    assert!(told(weaker(TrustState::Refused)).means.contains("no such rule for this image"));
    assert!(told(weaker(TrustState::Verified)).remedy.ends_with("isotopectl trust quay.io/o/kde:10"));
}

#[test]
fn what_is_wrong_is_told_with_what_helps() {
    let refused = |refusal| told(Concern::Refused { refusal });
    let broken = refused(Refusal::SwitchPolicyBroken {
        path: "/etc/isotope/switching.toml".into(),
        detail: "line 1: {file}".into(),
    });
    assert!(broken.means.starts_with("/etc/isotope/switching.toml: line 1: {file}. "), "{broken:?}");
    assert!(broken.remedy.ends_with("It has to belong to root, and be writable by root alone."), "{broken:?}");
    let unsigned = refused(Refusal::SignatureRefused {
        problem: isotope_model::SignatureProblem::Missing,
        reference: "q.io/o/s".into(),
        detail: String::new(),
    });
    assert!(unsigned.remedy.contains("or choose another image") && !unsigned.remedy.contains("later"), "{unsigned:?}");
    let full = told(Concern::LittleSpace { place: "/boot".into(), needed: 2, free: 1 });
    assert!(full.remedy.contains("/boot is too small for this image"), "{full:?}");
    let no_login = told(Concern::NoDisplayManager { from: "gdm.service".into() });
    assert!(no_login.means.starts_with("GDM, which shows it now"), "{no_login:?}");
}
