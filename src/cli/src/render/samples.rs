// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts and operations for the tests of this folder.

mod layered;
mod refusals;

use isotope_client::ServiceState;
use isotope_model::{
    AutomaticPin, AvailableUpdate, Backend, BackendReason, BootRecord, BootVerdict, Concern, Deployment, DeploymentId,
    DeploymentUsage, DiskUsage, Finding, Host, ImagePreview, ImageReference, OperationKind, OperationStatus, Outcome,
    Phase, Preflight, Progress, Severity, Snapshot, Space, Starter, StateToken, Trust, TrustKey, TrustState,
    capabilities, classify,
};
use jiff::tz::TimeZone;

use super::{Line, View};

pub(crate) use layered::{foreign_operation, layered, layered_host, package_changes};
pub(crate) use refusals::refusals;

/// The time of the last check, and a quarter of an hour.
pub(crate) const NOW: u64 = 1_763_459_100;

pub(crate) fn view() -> View {
    View { zone: TimeZone::UTC, verbose: false, now: NOW, columns: None }
}

pub(crate) fn shown(lines: &[Line]) -> Vec<String> {
    lines.iter().map(|line| line.paint(false)).collect()
}

pub(crate) fn deployment(digit: char, version: &str, built: u64) -> Deployment {
    Deployment {
        name: Some("AlmaLinux Atomic Desktop".into()),
        variant: Some("GNOME".into()),
        version: Some(version.into()),
        built: Some(built),
        image: Some(ImageReference::from_refspec("alma:desktop/10/gnome").unwrap()),
        ..Deployment::new(DeploymentId::new("alma", digit.to_string().repeat(64), 0))
    }
}

pub(crate) fn running() -> Deployment {
    Deployment { booted: true, ..deployment('2', "10.2.20251118", 1_763_424_000) }
}

pub(crate) fn older() -> Deployment {
    Deployment { pinned: true, ..deployment('1', "10.1.20251030", 1_761_782_400) }
}

pub(crate) fn staged() -> Deployment {
    Deployment { staged: true, ..deployment('3', "10.2.20251120", 1_763_596_800) }
}

pub(crate) fn state(mut deployments: Vec<Deployment>) -> ServiceState {
    classify(&mut deployments);
    let snapshot = Snapshot {
        host: Host {
            image_based: true,
            backend: Backend::Ostree,
            backend_reason: BackendReason::Branch,
            libostree_version: Some("2025.2".into()),
            ..Host::default()
        },
        token: StateToken::of(&deployments),
        deployments,
        last_checked: Some(1_763_458_200),
        ..Snapshot::default()
    };
    of(snapshot)
}

/// Nothing is pending, and an older deployment is there.
pub(crate) fn plain() -> ServiceState {
    state(vec![running(), older()])
}

/// An update is staged.
pub(crate) fn updated() -> ServiceState {
    state(vec![staged(), running(), older()])
}

/// An update is staged, and held back.
pub(crate) fn held_back() -> ServiceState {
    state(vec![Deployment { finalization_locked: true, ..staged() }, running(), older()])
}

/// The digest of an image.
pub(crate) fn digest(digit: char) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

/// A host of bootc, whose images the policy of the computer checks.
pub(crate) fn container() -> ServiceState {
    let image = |reference: &str| Some(ImageReference::Container { reference: reference.into() });
    let gnome = || image("ostree-image-signed:docker://quay.io/alma/gnome:10");
    let state = state(vec![
        Deployment { image: gnome(), digest: Some(digest('a')), ..running() },
        Deployment { image: gnome(), digest: Some(digest('b')), ..older() },
    ]);
    let mut snapshot = (*state.snapshot).clone();
    (snapshot.host.backend, snapshot.host.backend_reason) = (Backend::Bootc, BackendReason::Container);
    of(snapshot)
}

/// What a registry tells of an image that is signed as the computer demands.
pub(crate) fn preview() -> ImagePreview {
    let reference = "ostree-image-signed:docker://quay.io/alma/kde:10".to_owned();
    let trust = Trust {
        state: TrustState::Verified,
        keys: vec![TrustKey::Sigstore { paths: vec!["/etc/pki/containers/alma.pub".into()] }],
        scope: Some("quay.io/alma".into()),
        signed: Some(true),
        ..Trust::unknown(ImageReference::Container { reference })
    };
    ImagePreview {
        digest: digest('c'),
        version: Some("10.3".into()),
        built: Some(1_764_028_800),
        architecture: Some("amd64".into()),
        architectures: vec!["amd64".into(), "arm64".into()],
        labels: [("containers.bootc".to_owned(), "1".to_owned())].into(),
        bootable: true,
        size: Some(2_100_000_000),
        download_bytes: Some(350_000_000),
        artifact_types: vec!["application/spdx+json".into()],
        trust,
    }
}

/// What is found before a switch of the host of bootc to that image: nothing in the way.
pub(crate) fn preflight() -> Preflight {
    let preview = preview();
    let found = |severity, concern| Finding { severity, concern };
    Preflight {
        image: preview.trust.image.clone(),
        recognised: None,
        findings: vec![
            found(Severity::Warning, Concern::Experimental),
            found(Severity::Note, Concern::Signature { trust: Box::new(preview.trust.clone()) }),
            found(Severity::Note, Concern::ContentUnknown),
        ],
        checksum: Some(preview.digest.clone()),
        version: preview.version.clone(),
        built: preview.built,
        download_bytes: preview.download_bytes,
        preview: Some(preview),
        pins: Some(running().id),
        token: container().snapshot.token.clone(),
    }
}

/// A computer runs KDE since a switch, and nobody has decided yet whether that is kept.
pub(crate) fn trial() -> ServiceState {
    let kde = Deployment {
        variant: Some("KDE".into()),
        image: Some(ImageReference::from_refspec("alma:desktop/10/kde").unwrap()),
        ..running()
    };
    state(vec![kde, Deployment { automatic_pin: Some(AutomaticPin::default()), ..older() }])
}

/// A host whose deployments are composefs images, read a quarter of an hour ago.
pub(crate) fn composefs() -> ServiceState {
    let mut snapshot = (*container().snapshot).clone();
    snapshot.host.composefs = true;
    snapshot.host.backend_reason = BackendReason::Composefs;
    snapshot.host.libostree_version = None;
    (snapshot.read, snapshot.last_checked) = (Some(NOW - 900), None);
    of(snapshot)
}

fn of(snapshot: Snapshot) -> ServiceState {
    ServiceState { capabilities: capabilities(&snapshot).into(), snapshot: snapshot.into(), ..ServiceState::default() }
}

/// A rollback is queued.
pub(crate) fn rolled_back() -> ServiceState {
    state(vec![older(), running()])
}

/// The computer was rolled back, and a newer deployment is kept.
pub(crate) fn went_back() -> ServiceState {
    state(vec![running(), Deployment { staged: false, ..staged() }])
}

/// What is where on the disk of the host with an update.
pub(crate) fn usage() -> DiskUsage {
    let of =
        |deployment: Deployment, own_bytes, boot_bytes| DeploymentUsage { id: deployment.id, own_bytes, boot_bytes };
    DiskUsage {
        deployments: vec![
            of(staged(), 350_000_000, 0),
            of(running(), 1_200_000_000, 60_000_000),
            of(older(), 2_000_000, 0),
        ],
        clean_up_bytes: 5_000_000,
        system: Space { free: 4_000_000_000, total: 20_000_000_000 },
        boot: Some(Space { free: 300_000_000, total: 1_000_000_000 }),
        ..DiskUsage::default()
    }
}

/// A start that came up with the deployment that runs.
pub(crate) fn boot(verdict: BootVerdict) -> BootRecord {
    BootRecord {
        time: 1_763_458_200,
        boot_id: "b".into(),
        deployment: running().id,
        version: running().version,
        name: running().name,
        verdict,
    }
}

pub(crate) fn available() -> AvailableUpdate {
    AvailableUpdate {
        image: ImageReference::from_refspec("alma:desktop/10/gnome").unwrap(),
        checksum: "5".repeat(64),
        version: Some("10.2.20251125".into()),
        built: Some(1_764_028_800),
        download_bytes: Some(350_000_000),
    }
}

pub(crate) fn operation(outcome: Option<Outcome>) -> OperationStatus {
    OperationStatus {
        kind: OperationKind::Update,
        starter: Starter { uid: 1000, user: Some("person".into()), program: None },
        started: 1_763_458_200,
        title: None,
        progress: Progress {
            phase: Phase::Pulling,
            bytes: Some(12_100_000),
            total_bytes: Some(30_000_000),
            ..Progress::default()
        },
        outcome,
    }
}
