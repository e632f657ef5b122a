// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Backend, Host, TrustProblem, TrustState, UpdateMode, classify};

use super::*;

fn deployment(digit: &str, branch: &str) -> Deployment {
    Deployment {
        version: Some(digit.to_owned()),
        image: ImageReference::from_refspec(branch).ok(),
        ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
    }
}

fn host(mut deployments: Vec<Deployment>) -> Snapshot {
    classify(&mut deployments);
    Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
}

fn booted(digit: &str) -> Deployment {
    Deployment { booted: true, ..deployment(digit, "r:gnome") }
}

/// Only the remote `r` demands signatures.
fn of_remote(image: &ImageReference) -> Trust {
    let state = match image {
        ImageReference::Ostree { remote, .. } if remote == "r" => TrustState::Verified,
        _ => TrustState::Unchecked,
    };
    Trust { state, ..Trust::unknown(image.clone()) }
}

fn action(task: &Task, snapshot: &Snapshot) -> String {
    action_of(&needed(task, snapshot, of_remote))
}

fn action_of(authority: &Authority) -> String {
    authority.action().trim_start_matches(ACTION_PREFIX).to_owned()
}

fn update() -> Task {
    Task::Update { expected: None, mode: UpdateMode::Stage, soft_restart: false }
}

#[test]
fn an_ordinary_update_needs_update() {
    let staged = Deployment { staged: true, ..deployment("2", "r:gnome") };
    for snapshot in [host(vec![booted("1")]), host(vec![staged, booted("1"), deployment("0", "r:gnome")])] {
        assert_eq!(action(&update(), &snapshot), "update");
    }
}

#[test]
fn what_follows_a_staged_switch_needs_what_the_switch_needed() {
    for (branch, needs) in [("r:kde", "switch"), ("foreign:kde", "switch-unverified")] {
        let staged = Deployment { staged: true, ..deployment("2", branch) };
        let snapshot = host(vec![staged, booted("1")]);
        assert_eq!(action(&update(), &snapshot), needs);
        assert_eq!(action(&Task::Deploy { version: "1".into() }, &snapshot), needs);
    }
}

#[test]
fn a_switch_to_what_nobody_vouches_for_needs_more() {
    let snapshot = host(vec![booted("1")]);
    for (image, needs) in [("r:kde", "switch"), ("foreign:kde", "switch-unverified"), ("?", "switch-unverified")] {
        assert_eq!(
            action(
                &Task::Switch { image: image.into(), expected: None, soft_restart: false, pin: true, reset: false },
                &snapshot
            ),
            needs
        );
    }
}

#[test]
fn a_container_image_needs_what_the_hosts_policy_says_of_it_and_not_what_its_origin_says() {
    let container = |reference: &str| Some(ImageReference::Container { reference: reference.into() });
    let (signed, unverified) = ("ostree-image-signed:docker://q.io/v/kde", "ostree-unverified-registry:q.io/v/kde");
    let host = |staged: bool| {
        let gnome = Deployment { image: container("ostree-image-signed:docker://q.io/v/gnome"), ..booted("1") };
        let kde = Deployment { staged: true, image: container(signed), ..deployment("2", "r:kde") };
        let deployments = if staged { vec![kde, gnome] } else { vec![gnome] };
        let snapshot = host(deployments);
        Snapshot { host: Host { backend: Backend::Bootc, ..snapshot.host }, ..snapshot }
    };
    let table = [
        (TrustState::Verified, None, "switch"),
        (TrustState::DefaultOnly, None, "switch"),
        (TrustState::Verified, Some(TrustProblem::CommitOnly), "switch-unverified"),
        (TrustState::Unchecked, None, "switch-unverified"),
        (TrustState::Refused, Some(TrustProblem::Rejected), "switch-unverified"),
        (TrustState::Unknown, None, "switch-unverified"),
    ];
    for (state, problem, needs) in table {
        let trust = |image: &ImageReference| {
            assert!(image.to_string().ends_with("q.io/v/kde"), "{image}");
            Trust { state, problem: problem.clone(), ..Trust::unknown(image.clone()) }
        };
        for image in ["q.io/v/kde", signed, unverified] {
            let switch =
                Task::Switch { image: image.into(), expected: None, soft_restart: false, pin: true, reset: false };
            assert_eq!(action_of(&needed(&switch, &host(false), trust)), needs, "{image}: {state:?}");
        }
        assert_eq!(action_of(&needed(&update(), &host(true), trust)), needs, "{state:?}");
    }
}

#[test]
fn rules_that_change_meanwhile_are_to_be_asked_about_again() {
    let snapshot = host(vec![booted("1")]);
    let switch = Task::Switch { image: "r:kde".into(), expected: None, soft_restart: false, pin: true, reset: false };
    let asked = needed(&switch, &snapshot, of_remote);
    assert_eq!(asked, needed(&switch, &snapshot, of_remote));
    let by_another_rule = |image: &ImageReference| Trust { scope: Some("r".into()), ..of_remote(image) };
    assert_ne!(asked, needed(&switch, &snapshot, by_another_rule));
    // An ordinary update is asked about no image.
    assert_eq!(needed(&update(), &snapshot, of_remote), needed(&update(), &snapshot, by_another_rule));
}

#[test]
fn an_update_that_undoes_a_queued_rollback_needs_roll_back() {
    assert_eq!(action(&update(), &host(vec![deployment("0", "r:gnome"), booted("1")])), "roll-back");
}

#[test]
fn with_rpm_ostree_an_update_goes_on_from_what_is_queued_and_needs_what_that_needed() {
    for (branch, needs) in [("r:gnome", "roll-back"), ("r:kde", "switch"), ("foreign:kde", "switch-unverified")] {
        let mut snapshot = host(vec![deployment("0", branch), booted("1")]);
        assert_eq!(action(&update(), &snapshot), "roll-back", "others go on from what runs");
        snapshot.host.backend = Backend::RpmOstree;
        assert_eq!(action(&update(), &snapshot), needs);
        assert_eq!(action(&Task::Deploy { version: "1".into() }, &snapshot), needs);
    }
}

#[test]
fn a_switch_that_takes_back_what_was_changed_needs_more_and_says_so() {
    let snapshot = host(vec![booted("1")]);
    let asked = |image: &str, reset| {
        let task = Task::Switch { image: image.into(), expected: None, soft_restart: false, pin: true, reset };
        let authority = needed(&task, &snapshot, of_remote);
        (action_of(&authority), authority.message.unwrap().text)
    };
    assert_eq!(asked("r:kde", false), ("switch".to_owned(), SWITCH_TO));
    let more = "switch-unverified".to_owned();
    assert_eq!(asked("r:kde", true), (more.clone(), SWITCH_AND_RESET));
    assert_eq!(asked("foreign:kde", true), (more, SWITCH_UNVERIFIED_AND_RESET));
    assert!(SWITCH_AND_RESET.contains("$(image) and to take back what was changed on it with rpm-ostree"));
}

#[test]
fn each_kind_of_change_has_its_action() {
    let snapshot = host(vec![booted("1"), deployment("0", "r:gnome")]);
    let id = deployment("0", "r:gnome").id;
    let table = [
        (Task::ListVersions, "check"),
        (Task::Preflight { image: None }, "check"),
        (Task::Keep { expected: None }, "manage-deployments"),
        (Task::Deploy { version: "1".into() }, "roll-back"),
        (Task::SetDefault { deployment: id.clone() }, "roll-back"),
        (Task::Discard { expected: None }, "roll-back"),
        (Task::Pin { deployment: id.clone() }, "manage-deployments"),
        (Task::Unpin { deployment: id.clone() }, "manage-deployments"),
        (Task::Remove { deployment: id }, "manage-deployments"),
        (Task::CleanUp, "manage-deployments"),
        (Task::AuthoriseCancel, "cancel"),
    ];
    for (task, needs) in table {
        assert_eq!(action(&task, &snapshot), needs, "{task:?}");
    }
}

#[test]
fn what_is_shown_hides_neither_its_end_nor_its_letters() {
    let long = format!("quay.io.{}.evil.example/os", "a".repeat(200));
    assert!(shown(&long).starts_with("quay.io.") && shown(&long).ends_with(".evil.example/os"));
    assert!(shown(&long).contains('…') && shown(&long).chars().count() == 101);
    assert_eq!(shown("a\u{202e}b\nc\u{200b}d"), "abcd");
    let local = ImageReference::Container { reference: "ostree-unverified-image:oci:/var/quay.io/os".into() };
    assert_eq!(local.readable(), "oci:/var/quay.io/os");
}

#[test]
fn the_dialog_names_the_version_that_a_rollback_goes_to() {
    let snapshot = host(vec![booted("1"), deployment("0", "r:gnome")]);
    let authority = needed(&Task::RollBack { expected: None }, &snapshot, of_remote);
    assert_eq!(authority.message.map(|message| message.value).as_deref(), Some("0"));
}
