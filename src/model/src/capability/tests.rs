// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;
use crate::deployment::tests::deployment;
use crate::{Deployment, Host, classify};

fn host(deployments: Vec<Deployment>) -> Snapshot {
    let mut snapshot = Snapshot {
        host: Host { image_based: true, backend: Backend::Ostree, ..Host::default() },
        deployments,
        ..Snapshot::default()
    };
    classify(&mut snapshot.deployments);
    snapshot
}

fn follows(text: &str) -> Option<ImageReference> {
    Some(ImageReference::from_refspec(text).unwrap())
}

#[test]
fn a_host_that_follows_a_branch_can_be_updated_but_not_rolled_back() {
    let snapshot = host(vec![Deployment { booted: true, image: follows("r:b"), ..deployment('1') }]);
    let capabilities = capabilities(&snapshot);
    assert!(capabilities[&OperationKind::Update].available && capabilities[&OperationKind::Switch].available);
    assert!(capabilities[&OperationKind::Pin].available && !capabilities[&OperationKind::Unpin].available);
    assert!(!capabilities[&OperationKind::Remove].available && !capabilities[&OperationKind::Discard].available);
    assert_eq!(capabilities[&OperationKind::RollBack].reason, Some(Refusal::NothingToRollBackTo));
}

#[test]
fn an_update_follows_what_is_staged() {
    let snapshot = host(vec![
        Deployment { staged: true, image: follows("r:kde"), ..deployment('2') },
        Deployment { booted: true, image: follows("r:gnome"), ..deployment('1') },
    ]);
    assert_eq!(update_source(&snapshot).unwrap().to_string(), "r:kde");
}

#[test]
fn rpm_ostree_follows_the_first_deployment_of_the_booted_stateroot_whatever_it_is() {
    let of = |digit, branch| Deployment { image: follows(branch), ..deployment(digit) };
    let booted = || Deployment { booted: true, ..of('1', "r:kde") };
    let elsewhere = || {
        let id = crate::DeploymentId::new("other", "9".repeat(64), 0);
        Deployment { id, ..of('9', "r:other") }
    };
    let staged = || Deployment { staged: true, finalization_locked: true, ..of('3', "r:xfce") };
    for (order, with_rpm_ostree, else_where) in [
        (vec![of('2', "r:gnome"), booted()], "r:gnome", "r:kde"),
        (vec![elsewhere(), booted(), of('2', "r:gnome")], "r:kde", "r:kde"),
        (vec![staged(), of('2', "r:gnome"), booted()], "r:xfce", "r:xfce"),
    ] {
        let mut snapshot = host(order);
        assert_eq!(update_source(&snapshot).unwrap().to_string(), else_where);
        snapshot.host.backend = Backend::RpmOstree;
        assert_eq!(update_source(&snapshot).unwrap().to_string(), with_rpm_ostree);
    }
    let mut queued = host(vec![of('2', "r:gnome"), booted()]);
    queued.host.backend = Backend::RpmOstree;
    assert!(check_switch(&queued, &follows("r:gnome").unwrap()).is_err(), "rpm-ostree says so too");
    assert!(check_switch(&queued, &follows("r:kde").unwrap()).is_ok());
    queued.deployments.clear();
    assert_eq!(update_source(&queued), Err(Refusal::NotBooted));
}

#[test]
fn what_is_followed_already_can_be_reset_where_it_is_changed() {
    let layered = crate::Layered { packages: vec!["vim".into()], ..crate::Layered::default() };
    let gnome = follows("r:gnome").unwrap();
    let of = |layered: &crate::Layered| {
        let booted = Deployment { booted: true, image: follows("r:gnome"), ..deployment('1') };
        host(vec![Deployment { layered: layered.clone(), ..booted }])
    };
    let refused = |snapshot: &Snapshot, reset| check_switch_or_reset(snapshot, &gnome, reset).is_err();
    let (mut plain, mut changed) = (of(&crate::Layered::default()), of(&layered));
    assert!(refused(&changed, true), "nothing else than rpm-ostree resets");
    (plain.host.backend, changed.host.backend) = (Backend::RpmOstree, Backend::RpmOstree);
    assert!(!refused(&changed, true) && refused(&changed, false));
    assert!(refused(&plain, true) && refused(&plain, false));
    assert!(only_resets(&changed, &gnome) && !only_resets(&changed, &follows("r:kde").unwrap()));
    // What is staged is reset already.
    changed.deployments.insert(0, Deployment { staged: true, image: follows("r:gnome"), ..deployment('2') });
    assert!(refused(&changed, true));
}

#[test]
fn a_switch_is_refused_only_where_it_would_change_nothing() {
    let gnome = || Deployment { image: follows("r:gnome"), ..deployment('1') };
    let kde = || Deployment { image: follows("r:kde"), ..deployment('2') };
    let refused = |order: Vec<Deployment>, image: &str| check_switch(&host(order), &follows(image).unwrap()).is_err();
    let booted = |deployment: Deployment| Deployment { booted: true, ..deployment };
    assert!(refused(vec![booted(gnome())], "r:gnome"));
    assert!(!refused(vec![booted(gnome())], "r:kde"));
    let staged = || Deployment { staged: true, ..kde() };
    assert!(refused(vec![staged(), booted(gnome())], "r:kde"));
    assert!(!refused(vec![staged(), booted(gnome())], "r:gnome"));
    // KDE is first in the order, but GNOME runs and is followed: both can be wanted.
    assert!(!refused(vec![kde(), booted(gnome())], "r:gnome"));
    assert!(!refused(vec![kde(), booted(gnome())], "r:kde"));
}

const GNOME: &str = "ostree-image-signed:docker://quay.io/o/gnome:10";

fn container_host(followed: &str) -> Snapshot {
    let image = Some(ImageReference::Container { reference: followed.into() });
    let mut snapshot = host(vec![Deployment { booted: true, image, ..deployment('1') }]);
    snapshot.host.backend = Backend::Bootc;
    snapshot
}

#[test]
fn a_host_of_bootc_has_versions_only_where_a_registry_can_be_asked_and_installs_none() {
    let refusal = Refusal::NotWithBackend { backend: Backend::Bootc, composefs: false };
    for (followed, in_registry) in [(GNOME, true), ("ostree-unverified-image:oci:/var/os", false)] {
        let capabilities = capabilities(&container_host(followed));
        assert!(capabilities[&OperationKind::Check].available && capabilities[&OperationKind::Update].available);
        assert!(capabilities[&OperationKind::Switch].available && capabilities[&OperationKind::Pin].available);
        let reason = (!in_registry).then(|| refusal.clone());
        assert_eq!(capabilities[&OperationKind::ListVersions].reason, reason);
        assert_eq!(capabilities[&OperationKind::Deploy].reason, Some(refusal.clone()));
    }
}

#[test]
fn a_host_that_rpm_ostree_has_changed_is_told_as_that() {
    let mut snapshot = container_host(GNOME);
    (snapshot.host.backend, snapshot.host.backend_reason) = (Backend::Unknown, BackendReason::ChangedByRpmOstree);
    for kind in [OperationKind::Check, OperationKind::Update, OperationKind::Switch] {
        assert_eq!(possible(kind, &snapshot), Err(Refusal::LocallyModified { detail: GNOME.into() }));
    }
    assert!(possible(OperationKind::Pin, &snapshot).is_ok(), "what libostree does is the same everywhere");
}

#[test]
fn rpm_ostree_pulls_branches_and_containers_and_lists_no_tags_itself() {
    let mut snapshot = container_host("ostree-unverified-image:oci:/var/os");
    snapshot.host.backend = Backend::RpmOstree;
    let able = |snapshot: &Snapshot, kind| possible(kind, snapshot).is_ok();
    for kind in [OperationKind::Check, OperationKind::Update, OperationKind::Switch, OperationKind::Deploy] {
        assert!(able(&snapshot, kind), "{kind}");
    }
    assert!(!able(&snapshot, OperationKind::ListVersions));
    snapshot.deployments[0].image = follows("fedora:fedora/43/x86_64/kinoite");
    assert!(able(&snapshot, OperationKind::ListVersions) && able(&snapshot, OperationKind::Update));
    snapshot.deployments[0].image = None;
    assert!(!able(&snapshot, OperationKind::Update) && able(&snapshot, OperationKind::Switch));
}

#[test]
fn a_program_that_drives_the_updates_is_left_to_it() {
    let mut snapshot = container_host(GNOME);
    snapshot.host.backend = Backend::RpmOstree;
    let driver = crate::UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
    snapshot.host.update_driver = Some(driver);
    let driven = Refusal::UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
    for kind in [OperationKind::Update, OperationKind::Switch, OperationKind::Deploy] {
        assert_eq!(possible(kind, &snapshot), Err(driven.clone()));
    }
    assert!(possible(OperationKind::Check, &snapshot).is_ok() && possible(OperationKind::Pin, &snapshot).is_ok());
}

#[test]
fn with_rpm_ostree_a_branch_is_told_from_an_image_on_a_port() {
    let mut containers = container_host(GNOME);
    containers.host.backend = Backend::RpmOstree;
    let mut branches = host(vec![Deployment { booted: true, image: follows("r:b"), ..deployment('1') }]);
    branches.host.backend = Backend::RpmOstree;
    let is_branch = |snapshot: &Snapshot, text: &str| {
        matches!(resolve_image(snapshot, text).unwrap(), ImageReference::Ostree { .. })
    };
    for (text, among_branches, among_containers) in [
        ("fedora:fedora/43/x86_64/kinoite", true, true),
        ("alma:10/gnome", true, false),
        ("localhost:5000/gnome", true, false),
        ("quay.io/o/gnome:10", false, false),
        ("ostree-unverified-registry:localhost:5000/gnome", false, false),
    ] {
        assert_eq!(is_branch(&branches, text), among_branches, "{text}");
        assert_eq!(is_branch(&containers, text), among_containers, "{text}");
    }
}

#[test]
fn on_a_composefs_host_only_what_bootc_does_and_a_registry_tells_is_available() {
    for (followed, in_registry) in [(GNOME, true), ("ostree-unverified-image:oci:/var/os", false)] {
        let mut snapshot = container_host(followed);
        snapshot.host.composefs = true;
        let refusal = Refusal::NotWithBackend { backend: Backend::Bootc, composefs: true };
        for (kind, capability) in capabilities(&snapshot) {
            match kind {
                OperationKind::Update | OperationKind::Switch => assert!(capability.available),
                OperationKind::RollBack => assert_eq!(capability.reason, Some(Refusal::NothingToRollBackTo)),
                OperationKind::Check | OperationKind::ListVersions if in_registry => assert!(capability.available),
                _ => assert_eq!(capability.reason, Some(refusal.clone()), "{kind:?}"),
            }
        }
    }
}

#[test]
fn what_checks_the_present_image_checks_the_next_one_unless_it_says_otherwise() {
    let table = [
        (GNOME, "quay.io/o/kde:10", "ostree-image-signed:docker://quay.io/o/kde:10"),
        (GNOME, "ostree-unverified-registry:quay.io/o/kde", "ostree-unverified-registry:quay.io/o/kde"),
        ("ostree-unverified-registry:quay.io/o/gnome", "quay.io/o/kde", "ostree-unverified-registry:quay.io/o/kde"),
        ("ostree-remote-registry:r:quay.io/o/a", "quay.io/o/b", "ostree-remote-image:r:docker://quay.io/o/b"),
    ];
    for (followed, text, expected) in table {
        assert_eq!(resolve_image(&container_host(followed), text).unwrap().to_string(), expected);
    }
    let mut switched = container_host(GNOME);
    let image = Some(ImageReference::Container { reference: "ostree-unverified-registry:quay.io/o/x".into() });
    switched.deployments.insert(0, Deployment { staged: true, image, ..deployment('2') });
    let resolved = resolve_image(&switched, "quay.io/o/kde").unwrap();
    assert_eq!(resolved.to_string(), "ostree-image-signed:docker://quay.io/o/kde");
}

#[test]
fn what_is_no_image_on_this_host_is_told_as_malformed() {
    let branches = host(vec![Deployment { booted: true, image: follows("r:b"), ..deployment('1') }]);
    assert!(resolve_image(&branches, "r:kde").is_ok() && resolve_image(&container_host(GNOME), "kde").is_err());
    for text in ["", "--apply", "quay.io/o/kde:10", "r b"] {
        assert_eq!(resolve_image(&branches, text), Err(Refusal::malformed_reference(text)), "{text}");
    }
}

#[test]
fn a_container_or_a_bare_commit_is_no_source_for_the_ostree_backend() {
    for image in [None, Some(ImageReference::Container { reference: "docker://x".into() })] {
        let snapshot = host(vec![Deployment { booted: true, image, ..deployment('1') }]);
        assert!(matches!(update_source(&snapshot), Err(Refusal::NoUpdateSource { .. })));
    }
}
