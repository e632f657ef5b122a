// SPDX-License-Identifier: GPL-3.0-or-later
//! States of a host for the tests of the view model.

use std::collections::BTreeMap;
use std::sync::Arc;

use isotope_client::ServiceState;
use isotope_model::catalog::{Recognised, RecognisedFrom};
use isotope_model::{
    AvailableUpdate, Backend, BootRecord, BootVerdict, Catalog, Catalogs, Deployment, DeploymentId, Finding, Host,
    HostCatalogs, ImagePreview, ImageReference, OperationKind, OperationStatus, Preflight, Progress, Snapshot, Starter,
    StateToken, Trust, TrustState, capabilities, classify,
};

/// Noon of 18 November 2026 in Greenwich.
pub(crate) const NOON: u64 = 1_795_003_200;

/// Version `10.DIGIT` of the GNOME variant, built DIGIT days before noon's day was over.
pub(crate) fn deployment(digit: char) -> Deployment {
    let days = u64::from(digit.to_digit(10).unwrap_or_default());
    Deployment {
        name: Some("Lab Atomic Desktop".into()),
        variant: Some("GNOME".into()),
        version: Some(format!("10.{digit}")),
        built: Some(NOON - 864_000 + days * 86_400),
        image: ImageReference::from_refspec("lab:lab/10/x86_64/gnome").ok(),
        ..Deployment::new(DeploymentId::new("lab", digit.to_string().repeat(64), 0))
    }
}

/// The one that runs.
pub(crate) fn booted(digit: char) -> Deployment {
    Deployment { booted: true, ..deployment(digit) }
}

/// The one that is staged.
pub(crate) fn staged(digit: char) -> Deployment {
    Deployment { staged: true, ..deployment(digit) }
}

/// A host with these deployments, in this order.
pub(crate) fn snapshot(mut deployments: Vec<Deployment>) -> Snapshot {
    classify(&mut deployments);
    Snapshot {
        host: Host { image_based: true, backend: Backend::Ostree, looks_by_itself: true, ..Host::default() },
        token: StateToken::of(&deployments),
        deployments,
        ..Snapshot::default()
    }
}

/// A start with 10.1, because 10.2, which was staged, is lost.
pub(crate) fn lost_boot() -> BootRecord {
    BootRecord {
        time: NOON - 600,
        boot_id: "b".into(),
        deployment: deployment('1').id,
        version: Some("10.1".into()),
        name: None,
        verdict: BootVerdict::StagedLost { expected: Some("10.2".into()) },
    }
}

/// Version 10.2, found by a check.
pub(crate) fn available() -> AvailableUpdate {
    AvailableUpdate {
        image: ImageReference::Ostree { remote: "lab".into(), branch: "lab/10/x86_64/gnome".into() },
        checksum: "2".repeat(64),
        version: Some("10.2".into()),
        built: Some(NOON),
        download_bytes: Some(30_000_000),
    }
}

/// What the service would tell of this host.
pub(crate) fn service(snapshot: Snapshot) -> ServiceState {
    ServiceState {
        capabilities: Arc::new(capabilities(&snapshot)),
        snapshot: Arc::new(snapshot),
        ..ServiceState::default()
    }
}

/// An operation that user 1000 started.
pub(crate) fn operation(kind: OperationKind, progress: Progress) -> OperationStatus {
    OperationStatus {
        kind,
        starter: Starter { uid: 1000, user: Some("person".into()), program: None },
        started: NOON,
        title: None,
        progress,
        outcome: None,
    }
}

/// A host of bootc that runs 10.1 of this container image.
pub(crate) fn container_host(followed: &str) -> Snapshot {
    let image = Some(ImageReference::Container { reference: followed.into() });
    let mut snapshot = snapshot(vec![Deployment { image, ..booted('1') }]);
    snapshot.host.backend = Backend::Bootc;
    snapshot
}

/// What this host says of who vouches for a container image.
pub(crate) fn trust(reference: &str, state: TrustState) -> Trust {
    let image = ImageReference::Container { reference: reference.into() };
    Trust { state, ..Trust::unknown(image) }
}

/// What a registry tells of version 10.2 of a container image.
pub(crate) fn preview(trust: Trust) -> ImagePreview {
    ImagePreview {
        digest: format!("sha256:{}", "2".repeat(64)),
        version: Some("10.2".into()),
        built: Some(NOON),
        architecture: Some("amd64".into()),
        architectures: Vec::new(),
        labels: BTreeMap::new(),
        bootable: true,
        size: Some(2_400_000_000),
        download_bytes: Some(310_000_000),
        artifact_types: Vec::new(),
        trust,
    }
}

/// The catalogs of a lab and of somebody else, on a computer with this architecture.
pub(crate) const CATALOGS: [&str; 2] = [
    r#"
    format = 1
    vendor = { id = "lab", name = "Lab", homepage = "https://lab.example/" }
    [[entry]]
    id = "gnome"
    name = "Lab GNOME"
    summary = "The usual desktop."
    desktop = "gnome"
    container = { image = "quay.io/lab/gnome" }
    streams = [{ tag = "stable", stability = "stable" }, { tag = "testing", label = "Next", stability = "testing" }]
    [[entry]]
    id = "kde"
    name = "Lab KDE"
    desktop = "kde"
    architectures = ["amd64", "arm64"]
    cpu_baseline = "x86-64-v3"
    support_end = 2026-11-17
    homepage = "https://lab.example/kde"
    screenshot = "kde.png"
    container = { image = "quay.io/lab/kde" }
    streams = [{ tag = "stable" }, { tag = "testing", stability = "testing" }]
    [[entry]]
    id = "old"
    name = "Lab Old"
    status = "deprecated"
    replaced_by = "gnome"
    container = { image = "quay.io/lab/old" }
    streams = [{ tag = "stable" }]
    "#,
    r#"
    format = 1
    vendor = { id = "other", name = "Other" }
    [[entry]]
    id = "sway"
    name = "Other Sway"
    desktop = "sway"
    status = "experimental"
    container = { image = "ghcr.io/other/sway" }
    streams = [{ tag = "latest" }]
    [[entry]]
    id = "arm"
    name = "Other for ARM"
    architectures = ["arm64"]
    container = { image = "ghcr.io/other/arm" }
    streams = [{ tag = "latest" }]
    "#,
];

/// These catalogs on a computer that runs this stream of this entry.
pub(crate) fn catalogs(texts: &[&str], here: Option<(&str, &str)>) -> HostCatalogs {
    let read = |(number, text): (usize, &&str)| {
        let name = format!("{number}.toml");
        let catalog = Catalog::from_bytes(&name, text.as_bytes());
        (name, catalog)
    };
    let here = here.map(|(entry, stream)| Recognised {
        entry: entry.into(),
        stream: Some(stream.into()),
        from: RecognisedFrom::Image,
    });
    let catalogs = Catalogs::merge(texts.iter().enumerate().map(read).collect());
    HostCatalogs { catalogs, here, architecture: "amd64".into(), ..HostCatalogs::default() }
}

/// What there is to know before a switch to this image.
pub(crate) fn preflight(image: &str, findings: Vec<Finding>) -> Preflight {
    let trust = trust(&format!("ostree-unverified-registry:{image}"), TrustState::Unchecked);
    Preflight {
        image: trust.image.clone(),
        recognised: None,
        findings,
        version: Some("10.2".into()),
        built: Some(NOON),
        checksum: Some(format!("sha256:{}", "2".repeat(64))),
        download_bytes: Some(310_000_000),
        preview: Some(preview(trust)),
        pins: None,
        token: StateToken::default(),
    }
}
