// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{CancelledWith, ImageReference, Refusal};

use super::*;
use crate::render::samples::{self, shown};

#[test]
fn every_end_says_what_to_do_next() {
    let (before, after) = (samples::plain().snapshot, samples::updated().snapshot);
    let staged = after.deployments[0].id.clone();
    let replaced = before.deployments[1].id.clone();
    for (outcome, end, words) in [
        (Outcome::UpToDate, &before, vec!["The system is up to date."]),
        (Outcome::UpToDate, &after, vec!["up to date", "A restart starts version 10.2.20251120", "systemctl reboot"]),
        (
            Outcome::Staged { deployment: staged.clone(), replaced: None, pinned: None, released: None },
            &after,
            vec!["10.2.20251120", "reboot"],
        ),
        (
            Outcome::Staged { deployment: staged, replaced: Some(replaced.clone()), pinned: None, released: None },
            &after,
            vec!["10.1.20251030"],
        ),
        (
            Outcome::BootOrderChanged { boots_next: replaced.clone(), discarded: Some(replaced) },
            &after,
            vec!["discarded", "reboot"],
        ),
        (Outcome::Cancelled { left: CancelledWith::NothingChanged }, &before, vec!["Nothing was changed"]),
        (Outcome::Failed { refusal: Refusal::NotBooted }, &before, vec!["not started from"]),
        (
            Outcome::UpdateAvailable { update: samples::available() },
            &before,
            vec!["10.2.20251125", "350.0 MB to download", "isotopectl update"],
        ),
        (
            Outcome::Discarded { deployment: samples::older().id },
            &before,
            vec!["Version 10.1.20251030 was discarded", "A restart starts the version that runs now"],
        ),
        (
            Outcome::Removed { deployment: samples::older().id, freed_bytes: Some(1_500) },
            &before,
            vec!["Version 10.1.20251030 was removed. That freed 1.5 kB."],
        ),
        (Outcome::CleanedUp { freed_bytes: Some(5_000_000) }, &before, vec!["freed 5.0 MB"]),
        (Outcome::Pinned { deployment: samples::older().id }, &before, vec!["10.1.20251030 is kept"]),
        (Outcome::Kept { deployment: samples::older().id }, &before, vec!["10.1.20251030 stays for a few more"]),
        (Outcome::Versions { versions: Vec::new() }, &before, vec!["0 versions"]),
        (Outcome::Unknown, &before, vec!["does not know"]),
    ] {
        let text = shown(&lines(&outcome, OperationKind::Update.into(), (&before, end), &samples::view())).join("\n");
        for word in words {
            assert!(text.contains(word), "{outcome:?}: {text}");
        }
    }
}

#[test]
fn a_restart_is_for_what_the_app_says_it_is_for() {
    let mut back = samples::trial().snapshot.deployments.clone();
    back.rotate_left(1);
    back[0].built = Some(u64::from(u32::MAX));
    let back = samples::state(back);
    let newer = samples::state(vec![Deployment { staged: false, ..samples::staged() }, samples::running()]);
    let other = Some(ImageReference::from_refspec("alma:desktop/10/kde").unwrap());
    let switched = samples::state(vec![Deployment { image: other, ..samples::staged() }, samples::running()]);
    let chosen = samples::state(vec![Deployment { built: Some(1), ..samples::staged() }, samples::running()]);
    for (state, words) in [
        (switched, "To finish switching, restart"),
        (chosen, "To start 10.2.20251120, restart"),
        (samples::updated(), "To finish updating, restart"),
        (samples::rolled_back(), "To go back, restart"),
        (newer, "To start 10.2.20251120, restart"),
        (back, "To go back, restart"),
    ] {
        let text = shown(&next(&state.snapshot)).join("\n");
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(how_to_restart(&samples::plain().snapshot, None), None);
    let deployed = how_to_restart(&samples::updated().snapshot, Some(OperationKind::Deploy)).unwrap();
    assert!(deployed.paint(false).starts_with("To start 10.2.20251120, restart"));
}

fn told(outcome: &Outcome, soft_restart: bool, before: &Snapshot, after: &Snapshot) -> Vec<String> {
    let asked = Asked { kind: OperationKind::Update, soft_restart };
    shown(&lines(outcome, asked, (before, after), &samples::view()))
}

#[test]
fn what_is_held_back_says_what_that_means_and_how_to_go_on() {
    let (before, held) = (samples::plain().snapshot, samples::held_back().snapshot);
    let outcome = Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
    let how = [
        "Version 10.2.20251120 is downloaded and held back: a restart does not start it, and drops it.",
        "To let the next restart start it: isotopectl update --from-downloaded",
        "To install the newest version, this one or a newer one: isotopectl update",
    ];
    assert_eq!(told(&outcome, false, &before, &held), how);
    let nothing_newer = told(&Outcome::UpToDate, false, &held, &held);
    let nothing = "There is nothing newer than what is on this computer.";
    assert_eq!(nothing_newer[..2], [nothing, "A restart starts the version that runs now."]);
    assert_eq!(nothing_newer[2..], how);
    let released = told(&outcome, false, &held, &samples::updated().snapshot);
    assert_eq!(
        released,
        [
            "Version 10.2.20251120 is no longer held back. It starts with the next restart.",
            "To finish updating, restart when it suits you: systemctl reboot",
        ]
    );
    assert!(
        told(&outcome, false, &before, &samples::updated().snapshot)[0]
            .ends_with("is ready. It starts with the next restart.")
    );
}

#[test]
fn where_nothing_is_newer_a_release_is_told_all_the_same() {
    let (held, released) = (samples::held_back().snapshot, samples::updated().snapshot);
    let told = told(&Outcome::UpToDate, false, &held, &released);
    let expected = ["Version 10.2.20251120 is no longer held back.", "A restart starts version 10.2.20251120."];
    assert_eq!(told[1..3], expected);
}

#[test]
fn what_was_held_back_is_not_said_to_have_been_ready() {
    let (held, after) = (samples::held_back().snapshot, samples::rolled_back().snapshot);
    let discarded = Some(samples::staged().id);
    let outcome = Outcome::BootOrderChanged { boots_next: samples::older().id, discarded };
    assert_eq!(
        told(&outcome, false, &held, &after)[1],
        "Version 10.2.20251120, which was downloaded and held back, was discarded."
    );
}

#[test]
fn a_short_restart_is_told_as_it_came_out() {
    let (before, whole) = (samples::plain().snapshot, samples::updated().snapshot);
    let short = Snapshot { soft_restart: true, ..(*whole).clone() };
    let outcome = Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
    for (wanted, after, words) in [
        (true, &short, Some("That restart is a short one")),
        (false, &short, Some("That restart is a short one")),
        (true, &*whole, Some("It could not be prepared as a short restart")),
        (false, &*whole, None),
    ] {
        let text = told(&outcome, wanted, &before, after);
        assert_eq!(text.len(), 2 + usize::from(words.is_some()), "{text:?}");
        assert!(words.is_none_or(|words| text[2].starts_with(words)), "{text:?}");
    }
    assert!(shown(&next(&short)).last().unwrap().contains("short one"));
    let nothing = Snapshot { soft_restart: true, ..(*before).clone() };
    assert_eq!(next(&nothing).len(), 1);
}

#[test]
fn what_is_kept_to_go_back_to_and_what_no_longer_is_told() {
    let (before, after) = (samples::plain().snapshot, samples::updated().snapshot);
    let (deployment, released) = (samples::staged().id, Some(samples::older().id));
    let outcome = Outcome::Staged { deployment, replaced: None, pinned: Some(samples::running().id), released };
    let expected =
        ["Version 10.2.20251118 is kept to go back to.", "Version 10.1.20251030 is no longer kept to go back to."];
    assert_eq!(told(&outcome, false, &before, &after)[1..3], expected);
    let mut unpinned = (*after).clone();
    unpinned.deployments[2].pinned = false;
    let goes = "Version 10.1.20251030 is removed with that restart; to keep it: isotopectl pin 10.1.20251030";
    assert_eq!(told(&outcome, false, &before, &unpinned)[3], goes);
}

#[test]
fn a_container_shows_its_digest_only_when_asked() {
    let update = AvailableUpdate { checksum: samples::digest('5'), ..samples::available() };
    let image = samples::container().snapshot.deployments[0].image.clone().unwrap();
    let update = AvailableUpdate { image, ..update };
    let text = shown(&available(&update, &Host::default(), &samples::view()));
    assert_eq!(text, ["built 2025-11-25 · 350.0 MB to download", "To install it: isotopectl update"]);
    let text = shown(&available(&update, &Host::default(), &View { verbose: true, ..samples::view() }));
    assert_eq!(text[1], format!("digest {}", samples::digest('5')));
}

#[test]
fn what_is_kept_or_gone_says_nothing_of_a_restart() {
    let snapshot = samples::updated().snapshot;
    let pinned = Outcome::Pinned { deployment: samples::older().id };
    assert_eq!(told(&pinned, false, &snapshot, &snapshot).len(), 1);
}

#[test]
fn an_update_of_which_nothing_is_known_is_shown_all_the_same() {
    let mut update = samples::available();
    (update.built, update.download_bytes) = (None, None);
    assert_eq!(shown(&available(&update, &Host::default(), &samples::view())).len(), 2);
    update.download_bytes = Some(0);
    let text = shown(&available(&update, &Host::default(), &samples::view()));
    assert_eq!(text[0], "nothing to download: it is on this computer already");
}

#[test]
fn with_rpm_ostree_the_packages_can_be_asked_for_and_a_driver_goes_before() {
    let mut after = (*samples::updated().snapshot).clone();
    after.host.backend = Backend::RpmOstree;
    let outcome = Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
    let text = told(&outcome, false, &samples::plain().snapshot, &after);
    assert!(text.contains(&"To see which packages change: isotopectl changes".into()), "{text:?}");
    let found = |host: &Host| shown(&available(&samples::available(), host, &samples::view()));
    assert_eq!(
        found(&after.host)[2..],
        ["To see which packages change: isotopectl changes", "To install it: isotopectl update"]
    );
    let driven = found(&samples::layered_host().snapshot.host);
    assert_eq!(driven.last().unwrap(), "Updates are driven by Zincati (zincati.service).");
}
