// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Deployment, ImageReference, Trial};

use super::*;

fn deployment(digit: char, branch: &str, pin: Option<Option<u32>>) -> Deployment {
    Deployment {
        image: ImageReference::from_refspec(branch).ok(),
        pinned: pin.is_some(),
        automatic_pin: pin.map(|updates_left| AutomaticPin { updates_left }),
        ..Deployment::new(DeploymentId::new("os", digit.to_string().repeat(64), 0))
    }
}

fn digit(id: &DeploymentId) -> char {
    id.checksum().chars().next().unwrap()
}

fn shown(changes: &[Change]) -> String {
    let tell = |change: &Change| match change.pin {
        Pin::Automatic(AutomaticPin { updates_left: Some(left) }) => format!("{}:{left}", digit(&change.deployment)),
        Pin::None => format!("{}:gone", digit(&change.deployment)),
        pin => format!("{}:{pin:?}", digit(&change.deployment)),
    };
    changes.iter().map(tell).collect::<Vec<_>>().join(" ")
}

fn with_staged(host: &Snapshot, branch: &str) -> Snapshot {
    let mut now = host.clone();
    now.deployments.insert(0, Deployment { staged: true, ..deployment('9', branch, None) });
    now
}

/// What becomes of the pins where this is staged, and nothing was before.
fn told(host: &Snapshot, branch: &str) -> String {
    shown(&changes(host, &with_staged(host, branch)))
}

/// KDE runs; the others have these images and pins.
fn kde(booted: Option<Option<u32>>, others: &[(&str, Option<Option<u32>>)]) -> Snapshot {
    let booted = Deployment { booted: true, ..deployment('0', "r:kde", booted) };
    let others = ('1'..).zip(others).map(|(digit, (branch, pin))| deployment(digit, branch, *pin));
    let host = isotope_model::Host { image_based: true, ..Default::default() };
    Snapshot { host, deployments: std::iter::once(booted).chain(others).collect(), ..Snapshot::default() }
}

const UNDECIDED: Option<Option<u32>> = Some(None);

fn kept(left: u32) -> Option<Option<u32>> {
    Some(Some(left))
}

#[test]
fn a_kept_way_back_is_counted_down_by_updates_and_let_go_in_the_end() {
    for (left, update) in [(3, "1:2"), (2, "1:1"), (1, "1:gone")] {
        let host = kde(None, &[("r:gnome", kept(left))]);
        assert_eq!(told(&host, "r:kde"), update);
        assert_eq!(told(&host, "r:xfce"), "", "a switch may be discarded");
    }
    assert_eq!(told(&kde(None, &[("r:gnome", kept(2)), ("r:xfce", kept(1))]), "r:kde"), "1:1 2:gone");
}

#[test]
fn what_takes_the_place_of_a_staged_update_is_no_further_one() {
    let host = kde(UNDECIDED, &[("r:gnome", kept(2)), ("r:kde", UNDECIDED)]);
    let now = with_staged(&host, "r:kde");
    for (staged_before, expected) in [(None, "0:gone 1:1 2:gone"), (Some("r:xfce"), "0:gone 1:1 2:gone")] {
        let before = staged_before.map_or(host.clone(), |branch| with_staged(&host, branch));
        assert_eq!(shown(&changes(&before, &now)), expected, "{staged_before:?}");
    }
    assert_eq!(shown(&changes(&with_staged(&host, "r:kde"), &now)), "0:gone 2:gone");
    assert_eq!(shown(&changes(&host, &host)), "", "nothing is staged");
}

#[test]
fn as_long_as_nobody_decides_the_way_back_stays() {
    let host = kde(None, &[("r:gnome", UNDECIDED)]);
    for branch in ["r:kde", "r:gnome", "r:xfce"] {
        assert_eq!(told(&host, branch), "", "{branch}");
    }
}

#[test]
fn what_somebody_went_back_to_is_no_way_back_any_more() {
    for pin in [UNDECIDED, kept(2)] {
        assert_eq!(told(&kde(pin, &[]), "r:kde"), "0:gone");
        assert_eq!(told(&kde(pin, &[]), "r:gnome"), "", "it is the way back from there");
    }
}

#[test]
fn nobody_can_be_asked_about_another_deployment_of_what_runs() {
    for pin in [UNDECIDED, kept(2)] {
        for staged in ["r:kde", "r:xfce"] {
            assert_eq!(told(&kde(None, &[("r:kde", pin), ("r:gnome", UNDECIDED)]), staged), "1:gone", "{staged}");
        }
    }
}

#[test]
fn of_several_ways_back_an_update_leaves_the_one_that_is_asked_about() {
    let host = kde(None, &[("r:gnome", UNDECIDED), ("r:xfce", UNDECIDED), ("r:sway", kept(3)), ("r:lxqt", UNDECIDED)]);
    assert_eq!(told(&host, "r:kde"), "2:gone 3:2 4:gone");
    assert_eq!(digit(&Trial::of(&host).unwrap().before.id), '1');
    for elsewhere in ["r:gnome", "r:xfce", "r:budgie"] {
        assert_eq!(told(&host, elsewhere), "", "a switch to {elsewhere} may be discarded");
    }
    let same_image_first = kde(None, &[("r:kde", UNDECIDED), ("r:gnome", UNDECIDED)]);
    assert_eq!(digit(&Trial::of(&same_image_first).unwrap().before.id), '2');
    assert_eq!(told(&same_image_first, "r:kde"), "1:gone");
}

#[test]
fn who_keeps_what_runs_lets_the_other_ways_back_go() {
    let told = |others: &[(&str, Option<Option<u32>>)]| {
        let host = kde(UNDECIDED, others);
        let way_back = Trial::of(&host).unwrap().before.id.clone();
        shown(&decided(&host, &way_back))
    };
    assert_eq!(told(&[("r:gnome", UNDECIDED)]), "1:3");
    assert_eq!(told(&[("r:gnome", UNDECIDED), ("r:xfce", UNDECIDED), ("r:sway", kept(1))]), "1:3 2:gone");
    assert_eq!(told(&[("r:kde", UNDECIDED), ("r:gnome", UNDECIDED), ("r:kde", kept(1))]), "1:gone 2:3");
}

#[test]
fn another_systems_pins_are_nobodys_business() {
    let mut host = kde(None, &[("r:gnome", kept(1)), ("r:kde", UNDECIDED), ("r:xfce", UNDECIDED), ("r:a", UNDECIDED)]);
    for index in [1, 2, 3] {
        let checksum = host.deployments[index].id.checksum().to_owned();
        host.deployments[index].id = DeploymentId::new("other", checksum, 0);
    }
    for staged in ["r:kde", "r:sway"] {
        assert_eq!(told(&host, staged), "", "{staged}");
    }
    let booted = host.deployments[0].id.clone();
    let found: String = releasable(&host, Some(&booted)).iter().map(digit).collect();
    assert_eq!(found, "4");
    assert_eq!(shown(&decided(&host, &host.deployments[4].id)), "4:3");
}

#[test]
fn what_somebody_pinned_and_what_is_not_pinned_is_left_alone() {
    let mut by_hand = kde(None, &[("r:kde", None), ("r:gnome", None)]);
    by_hand.deployments.iter_mut().for_each(|deployment| deployment.pinned = true);
    let mut unpinned = kde(UNDECIDED, &[("r:kde", UNDECIDED), ("r:gnome", kept(1)), ("r:xfce", UNDECIDED)]);
    unpinned.deployments.iter_mut().for_each(|deployment| deployment.pinned = false);
    for host in [by_hand, unpinned] {
        for staged in ["r:kde", "r:gnome"] {
            assert_eq!(told(&host, staged), "");
        }
        assert!(releasable(&host, Some(&host.deployments[0].id)).is_empty());
    }
}

#[test]
fn room_is_made_of_what_nobody_needs_then_of_what_is_kept_and_for_a_new_way_back_of_older_ones() {
    let gnome = |pin| ("r:gnome", pin);
    let table = [
        (kde(None, &[gnome(kept(3)), ("r:xfce", kept(1))]), "21", "21"),
        (kde(None, &[gnome(UNDECIDED), ("r:xfce", kept(1))]), "2", "21"),
        (kde(None, &[gnome(kept(1)), ("r:xfce", UNDECIDED)]), "1", "12"),
        (kde(None, &[gnome(UNDECIDED), ("r:xfce", UNDECIDED)]), "2", "21"),
        (kde(None, &[("r:kde", kept(3)), gnome(UNDECIDED), ("r:xfce", kept(2))]), "13", "132"),
        (kde(kept(1), &[]), "", ""),
    ];
    for (host, update, switch) in table {
        let told = |way_back| releasable(&host, way_back).iter().map(digit).collect::<String>();
        assert_eq!(told(None), update, "{host:?}");
        assert_eq!(told(Some(&host.deployments[0].id)), switch, "{host:?}");
    }
}
