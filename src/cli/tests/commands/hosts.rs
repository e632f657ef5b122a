// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts that the service of the tests can stand for.

use isotope_model::{
    AutomaticPin, Backend, BackendReason, Deployment, DeploymentId, Host, ImageReference, Snapshot, StateToken,
    classify,
};

/// A deployment of this version; its checksum repeats the digit.
pub(crate) fn deployment(digit: char, version: &str) -> Deployment {
    Deployment {
        name: Some("AlmaLinux Atomic Desktop".into()),
        variant: Some("GNOME".into()),
        version: Some(version.into()),
        built: Some(1_763_424_000),
        image: Some(ImageReference::from_refspec("alma:desktop/10/gnome").unwrap()),
        ..Deployment::new(DeploymentId::new("alma", digit.to_string().repeat(64), 0))
    }
}

/// A host that has these deployments and runs the one with the digit 2.
pub(crate) fn host(mut deployments: Vec<Deployment>) -> Snapshot {
    for deployment in &mut deployments {
        deployment.booted = deployment.id.checksum().starts_with('2');
        deployment.staged = deployment.id.checksum().starts_with('3');
    }
    classify(&mut deployments);
    Snapshot {
        host: Host { image_based: true, backend: Backend::Ostree, ..Host::default() },
        token: StateToken::of(&deployments),
        deployments,
        ..Snapshot::default()
    }
}

/// A host with the version that runs and the one before.
pub(crate) fn plain() -> Snapshot {
    host(vec![deployment('2', "10.2"), deployment('1', "10.1")])
}

/// The same with an update staged.
pub(crate) fn updated() -> Snapshot {
    host(vec![deployment('3', "10.3"), deployment('2', "10.2"), deployment('1', "10.1")])
}

/// The same with that update held back.
pub(crate) fn held_back() -> Snapshot {
    let mut snapshot = updated();
    snapshot.deployments[0].finalization_locked = true;
    snapshot.token = StateToken::of(&snapshot.deployments);
    snapshot
}

/// One that runs another image since a switch, of which nobody has said yet whether it is kept.
pub(crate) fn trial() -> Snapshot {
    let mut snapshot = plain();
    snapshot.deployments[0].variant = Some("KDE".into());
    snapshot.deployments[0].image = Some(ImageReference::from_refspec("alma:desktop/10/kde").unwrap());
    snapshot.deployments[1].pinned = true;
    snapshot.deployments[1].automatic_pin = Some(AutomaticPin::default());
    snapshot.token = StateToken::of(&snapshot.deployments);
    snapshot
}

/// A host like that, but of bootc: it follows a container image that its policy checks.
pub(crate) fn of_containers(mut snapshot: Snapshot) -> Snapshot {
    (snapshot.host.backend, snapshot.host.backend_reason) = (Backend::Bootc, BackendReason::Container);
    for deployment in &mut snapshot.deployments {
        let reference = "ostree-image-signed:docker://quay.io/alma/gnome:10".to_owned();
        deployment.image = Some(ImageReference::Container { reference });
        deployment.digest = Some(format!("sha256:{}", deployment.id.checksum()));
    }
    snapshot.token = StateToken::of(&snapshot.deployments);
    snapshot
}

/// One that has no OSTree sysroot, and was read five minutes before the history of the tests begins.
pub(crate) fn composefs() -> Snapshot {
    let mut snapshot = of_containers(plain());
    (snapshot.host.composefs, snapshot.host.backend_reason) = (true, BackendReason::Composefs);
    snapshot.read = Some(1_763_457_900);
    snapshot
}
