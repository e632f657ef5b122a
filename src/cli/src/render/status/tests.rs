// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{BootVerdict, Deployment, DeploymentId, ImageReference, Snapshot, TrustState, capabilities};

use super::*;
use crate::render::samples::{self, shown};

#[test]
fn a_reading_says_how_old_it_is() {
    let at = |now, read| {
        let state = changed(samples::composefs(), |snapshot| snapshot.read = Some(read));
        shown(&lines(&state, Known::default(), &View { now, ..samples::view() })).join("\n")
    };
    assert!(at(samples::NOW, samples::NOW - 900).contains("\nAs of            2025-11-18 09:30 (15 minutes ago)\n"));
    assert!(at(0, samples::NOW).contains("\nAs of            2025-11-18 09:45\n"));
    assert!(!at(0, u64::MAX).contains("As of"));
    assert!(!text(&samples::container(), false).contains("As of"));
    let now = at(samples::NOW, samples::NOW);
    assert!(now.contains("(less than a minute ago)") && now.contains("isotopectl check"), "{now}");
    // A registry can be asked; bootc, on such a host, cannot.
    let elsewhere = changed(samples::composefs(), |snapshot| {
        for deployment in &mut snapshot.deployments {
            let reference = "ostree-unverified-image:oci:/var/os".to_owned();
            deployment.image = Some(ImageReference::Container { reference });
        }
    });
    let elsewhere = ServiceState { capabilities: capabilities(&elsewhere.snapshot).into(), ..elsewhere };
    assert!(text(&elsewhere, false).contains("cannot be checked here"), "{}", text(&elsewhere, false));
}

#[test]
fn a_container_is_called_by_its_name_and_known_by_its_digest() {
    let plain = text(&samples::container(), false);
    assert!(plain.contains("                quay.io/alma/gnome:10\n") && !plain.contains("sha256"), "{plain}");
    let verbose = text(&samples::container(), true);
    for words in [
        "follows ostree-image-signed:docker://quay.io/alma/gnome:10",
        &format!("digest {}", samples::digest('a')),
        "bootc, because this system follows a container image",
        "Not offered      Chosen version\n",
        "bootc, which takes care of this system, cannot do this",
    ] {
        assert!(verbose.contains(words), "{words}: {verbose}");
    }
}

#[test]
fn who_vouches_for_what_is_followed_is_told_when_asked_for() {
    let trust = |image: &ImageReference| Trust { state: TrustState::Unchecked, ..Trust::unknown(image.clone()) };
    let state = samples::container();
    let followed = trust(state.snapshot.deployments[0].image.as_ref().unwrap());
    let other = trust(&ImageReference::Container { reference: "ostree-unverified-registry:q.io/o/s".into() });
    let told = |trust: &Trust, verbose| {
        let known = Known { trust: Some(trust), ..Known::default() };
        shown(&lines(&state, known, &View { verbose, ..samples::view() })).join("\n")
    };
    let sentence = "\nSignature        Installed without a check of its signature\n";
    assert!(told(&followed, true).contains(&format!("{sentence}Free space")), "{}", told(&followed, true));
    assert!(told(&other, true).contains(&format!("{sentence}                 q.io/o/s\n")));
    assert!(!told(&followed, false).contains("Signature"));
}

#[test]
fn on_a_terminal_long_reasons_stay_in_their_column() {
    let state = changed(samples::plain(), |snapshot| {
        snapshot.host.backend = isotope_model::Backend::RpmOstree;
        snapshot.host.backend_reason = isotope_model::BackendReason::ChangedByRpmOstree;
    });
    let view = View { verbose: true, columns: Some(60), ..samples::view() };
    let text = shown(&lines(&state, Known::default(), &view));
    let at = text.iter().position(|line| line.starts_with("Backend")).unwrap();
    assert_eq!(text[at], "Backend          rpm-ostree, because packages were layered");
    assert_eq!(text[at + 1], "                 with it, or something else was changed: no");
}

#[test]
fn what_rpm_ostree_brings_along_is_shown() {
    let expected = "\
0  Running now   10.2.20251118
                 AlmaLinux Atomic Desktop · GNOME · built 2025-11-18
                 alma:desktop/10/gnome
                 Added: htop, vim
                 Added from files: tool-1-1.x86_64
                 Removed: firefox
                 Replaced: kernel
                 The initramfs is made on this computer
                 Opened for changes until the next update
                 Packages were changed while it runs, without a restart
1  Before        10.1.20251030 (pinned)
                 AlmaLinux Atomic Desktop · GNOME · built 2025-10-30
                 alma:desktop/10/gnome

Next             A restart starts the version that runs now.
Last checked     2025-11-18 09:30
Automatic        Updates are driven by Zincati (zincati.service).
                 rpm-ostree is set to download updates by itself, and to prepare them for the next restart.
In progress      rpm-ostree: install vim, started by gnome-software, seen since 2025-11-18 09:30
                 Downloading: 12.1 MB of 30.0 MB
                 To see how far it is: isotopectl watch";
    let operation = Some(samples::foreign_operation().into());
    let state = ServiceState { operation, ..samples::layered_host() };
    assert_eq!(text(&state, false), expected);
    let verbose = text(&state, true);
    for words in [
        &format!("made from commit {}", "b".repeat(64)),
        "rpm-ostree, because packages were layered with it",
        "No update        Updates of this computer are driven by Zincati",
        "“systemctl stop zincati.service”",
    ] {
        assert!(verbose.contains(words), "{words}: {verbose}");
    }
    let narrow = View { columns: Some(80), ..samples::view() };
    let shown = shown(&lines(&state, Known::default(), &narrow));
    assert!(shown.iter().all(|line| line.chars().count() <= 80), "{shown:?}");
}

#[test]
fn what_is_done_by_nobody_is_told_only_when_asked_for() {
    let state = changed(samples::layered_host(), |snapshot| {
        snapshot.host.update_driver = None;
        snapshot.host.automatic_updates = Some(AutomaticUpdates::None);
    });
    assert!(!text(&state, false).contains("Automatic"));
    assert!(text(&state, true).contains("Automatic        rpm-ostree is set to do nothing by itself."));
}

fn text(state: &ServiceState, verbose: bool) -> String {
    let usage = verbose.then(samples::usage);
    let known = Known { usage: usage.as_ref(), ..Known::default() };
    shown(&lines(state, known, &View { verbose, ..samples::view() })).join("\n")
}

fn changed(mut state: ServiceState, change: impl FnOnce(&mut Snapshot)) -> ServiceState {
    let mut snapshot = (*state.snapshot).clone();
    change(&mut snapshot);
    state.snapshot = snapshot.into();
    state
}

#[test]
fn a_staged_update_is_shown_as_the_app_shows_it() {
    let expected = "\
0  After restart   10.2.20251120 (staged)
                   AlmaLinux Atomic Desktop · GNOME · built 2025-11-20
                   alma:desktop/10/gnome
1  Running now     10.2.20251118
                   AlmaLinux Atomic Desktop · GNOME · built 2025-11-18
                   alma:desktop/10/gnome
2  Before          10.1.20251030 (pinned)
                   AlmaLinux Atomic Desktop · GNOME · built 2025-10-30
                   alma:desktop/10/gnome

Next               A restart starts version 10.2.20251120.
                   To finish updating, restart when it suits you: systemctl reboot
Last checked       2025-11-18 09:30";
    assert_eq!(text(&samples::updated(), false), expected);
}

#[test]
fn more_is_told_when_asked_for() {
    let state = samples::state(vec![samples::running()]);
    let text = text(&state, true);
    for words in [
        "follows alma:desktop/10/gnome",
        &format!("id alma/{}.0", "2".repeat(64)),
        "takes 1.2 GB for itself, and 60.0 MB in /boot",
        "Free space       4.0 GB of 20.0 GB\n",
        "300.0 MB of 1.0 GB in /boot",
        "libostree, because",
        "libostree 2025.2",
        "There is no other version on this computer to go back to",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn each_state_has_its_words() {
    let operation = ServiceState { operation: Some(samples::operation(None).into()), ..samples::plain() };
    for (state, words) in [
        (samples::plain(), vec!["A restart starts the version that runs now."]),
        (samples::rolled_back(), vec!["After restart   10.1.20251030 (queued, pinned)", "systemctl reboot"]),
        (operation, vec!["In progress", "started by person", "12.1 MB of 30.0 MB", "isotopectl watch"]),
        (changed(samples::plain(), |snapshot| snapshot.changing = true), vec!["being changed right now"]),
        (changed(samples::plain(), |snapshot| snapshot.last_checked = None), vec!["isotopectl check"]),
        (changed(samples::plain(), |snapshot| snapshot.last_checked = Some(u64::MAX)), vec!["not yet"]),
        (
            changed(samples::plain(), |snapshot| snapshot.available = Some(samples::available())),
            vec!["Version 10.2.20251125 is available.", "built 2025-11-25 · 350.0 MB to download", "isotopectl update"],
        ),
    ] {
        let text = text(&state, false);
        for word in words {
            assert!(text.contains(word), "{word}: {text}");
        }
    }
}

#[test]
fn a_start_that_came_up_with_something_else_stands_at_the_top() {
    let expected = Some("10.2.20251120".to_owned());
    let surprised = changed(samples::plain(), |snapshot| {
        snapshot.last_boot = Some(samples::boot(BootVerdict::HealthChecksFailed { expected }));
    });
    assert!(text(&surprised, false).starts_with("Version 10.2.20251120 failed its health checks\n"));
    let usual = changed(samples::plain(), |snapshot| snapshot.last_boot = Some(samples::boot(BootVerdict::First)));
    assert_eq!(text(&usual, false), text(&samples::plain(), false));
}

#[test]
fn a_newer_version_that_is_kept_is_called_newer() {
    let text = text(&samples::went_back(), false);
    assert!(text.contains("1  Newer         10.2.20251120") && !text.contains("Before"), "{text}");
}

#[test]
fn a_way_back_that_was_built_later_is_not_called_newer() {
    let built_later = changed(samples::trial(), |snapshot| snapshot.deployments[1].built = Some(u64::from(u32::MAX)));
    let text = text(&built_later, false);
    assert!(text.contains("1  Before") && !text.contains("Newer"), "{text}");
}

#[test]
fn an_update_held_back_does_not_come_next() {
    let held = Deployment { finalization_locked: true, ..samples::staged() };
    let text = text(&samples::state(vec![held, samples::running()]), false);
    assert!(text.contains("0  Ready, but held back   10.2.20251120"), "{text}");
    assert!(text.contains("A restart starts the version that runs now."), "{text}");
    assert!(text.contains("a restart does not start it, and drops it") && !text.contains("reboot"), "{text}");
}

#[test]
fn a_computer_that_runs_no_deployment_is_told_so() {
    let text = text(&samples::state(vec![samples::older()]), false);
    assert!(text.contains("was not started from one of its system images"), "{text}");
    assert!(text.contains("Starts first") && !text.contains("After restart"), "{text}");
}

#[test]
fn what_is_unknown_is_left_out() {
    let bare = Deployment { name: None, variant: None, version: None, built: None, image: None, ..samples::running() };
    let text = text(&samples::state(vec![bare]), false);
    assert!(text.starts_with("0  Running now   222222222222\n\n"), "{text}");
    let unknown = changed(samples::plain(), |snapshot| {
        (snapshot.host.backend, snapshot.host.backend_reason) = Default::default();
        snapshot.deployments[0].image = Some(ImageReference::Unknown);
        snapshot.deployments[0].built = Some(u64::MAX);
    });
    let text = shown(&lines(&unknown, Known::default(), &View { verbose: true, ..samples::view() })).join("\n");
    assert!(text.contains("none that this version") && text.contains("Free space       not known"), "{text}");
}

#[test]
fn a_name_that_says_the_variant_says_it_once() {
    let named = Deployment { name: Some("Alma 10 GNOME".into()), ..samples::running() };
    assert!(text(&samples::state(vec![named]), false).contains("Alma 10 GNOME · built 2025-11-18"));
}

#[test]
fn another_stateroot_is_named() {
    let other = Deployment { id: DeploymentId::new("other", "7".repeat(64), 0), ..samples::deployment('7', "9", 0) };
    let text = text(&samples::state(vec![samples::running(), other]), false);
    assert!(text.contains("Also kept") && text.contains("stateroot other"), "{text}");
}

#[test]
fn names_from_images_cannot_touch_the_terminal() {
    let hostile = changed(samples::plain(), |snapshot| {
        let deployment = &mut snapshot.deployments[0];
        deployment.name = Some("\x1b]0;title\x07name\nRunning now   9".into());
        deployment.version = Some("1\r\x1b[2K".into());
        deployment.variant = Some("\u{202e}EMONG".into());
        deployment.image = Some(ImageReference::Container { reference: "docker://\u{9b}2J".into() });
    });
    let lines = lines(&hostile, Known::default(), &samples::view());
    for line in shown(&lines) {
        assert!(!line.chars().any(|character| character.is_control() || character == '\u{202e}'), "{line:?}");
    }
    assert_eq!(shown(&lines).iter().filter(|line| line.starts_with("0  Running now")).count(), 1);
}

#[test]
fn without_any_deployment_something_is_still_said() {
    let text = text(&ServiceState::default(), true);
    assert!(text.contains("Last checked"), "{text}");
}
