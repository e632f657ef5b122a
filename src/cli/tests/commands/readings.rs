// SPDX-License-Identifier: GPL-3.0-or-later
//! What the service of the tests tells beyond the snapshot.

use isotope_model::{
    BootRecord, BootVerdict, Change, Concern, ConfigurationChange, ConfigurationChanges, DeploymentDetails,
    DeploymentId, DeploymentUsage, DiskUsage, Finding, HistoryEntry, ImagePreview, ImageReference, OperationKind,
    OperationRecord, Outcome, PackageChange, PackageChanges, Preflight, Refusal, Severity, Signature, SignatureState,
    Snapshot, Space, Starter, Trust, TrustKey, TrustProblem, TrustState, resolve_image, update_source,
};

use crate::hosts::deployment;

pub(crate) fn details(id: DeploymentId) -> DeploymentDetails {
    DeploymentDetails {
        id,
        deployed: Some(1_763_458_200),
        digest: None,
        kernel: Some("6.12.0-lab".into()),
        kernel_arguments: Some("root=UUID=1 quiet".into()),
        kernel_arguments_added: vec!["quiet".into()],
        kernel_arguments_removed: Vec::new(),
        signature: Signature { state: SignatureState::Verified, required: true, ..Signature::default() },
    }
}

/// One package gets newer, with whatever is found; nobody knows of other deployments.
pub(crate) fn package_changes(deployment: &str) -> PackageChanges {
    let package = |before: &str, after: &str| PackageChange {
        name: "vim-minimal".into(),
        architecture: Some("x86_64".into()),
        before: Some(before.into()),
        after: Some(after.into()),
    };
    match deployment {
        "" => PackageChanges { known: true, upgraded: vec![package("1-1", "2-1")], ..PackageChanges::default() },
        _ => PackageChanges::unknown(),
    }
}

/// Remotes check with their keys; one with a hyphen in its name is not known. The policy has a key for what lies below quay.io/alma, accepts everything else of
/// quay.io, and rejects the rest.
pub(crate) fn trust(snapshot: &Snapshot, image: &str) -> Result<Trust, Refusal> {
    let image = match image {
        "" => update_source(snapshot)?.clone(),
        image => resolve_image(snapshot, image)?,
    };
    let name = image.readable();
    let scope = |scope: &str| Some(scope.to_owned()).filter(|scope| name.starts_with(&format!("{scope}/")));
    let unknown = || Trust::unknown(image.clone());
    Ok(
        if let ImageReference::Ostree { remote, .. } = &image
            && remote.contains('-')
        {
            Trust { state: TrustState::Refused, problem: Some(TrustProblem::RemoteUnknown), ..unknown() }
        } else if let ImageReference::Ostree { remote, .. } = &image {
            let keys = vec![TrustKey::OstreeRemote { remote: remote.clone() }];
            Trust { state: TrustState::Verified, keys, ..unknown() }
        } else if let Some(scope) = scope("quay.io/alma") {
            let keys = vec![TrustKey::Sigstore { paths: vec!["/etc/pki/containers/alma.pub".into()] }];
            Trust { state: TrustState::Verified, keys, scope: Some(scope), ..unknown() }
        } else if let Some(scope) = scope("quay.io") {
            Trust { state: TrustState::Unchecked, scope: Some(scope), ..unknown() }
        } else {
            Trust { state: TrustState::Refused, problem: Some(TrustProblem::Rejected), ..unknown() }
        },
    )
}

/// An image of version 10.4, of which 350 MB are not here.
pub(crate) fn preview(snapshot: &Snapshot, image: &str) -> ImagePreview {
    ImagePreview {
        digest: format!("sha256:{}", "4".repeat(64)),
        version: Some("10.4".into()),
        built: Some(1_764_028_800),
        architecture: Some("amd64".into()),
        architectures: vec!["amd64".into(), "arm64".into()],
        labels: [("containers.bootc".to_owned(), "1".to_owned())].into(),
        bootable: true,
        size: Some(2_100_000_000),
        download_bytes: Some(350_000_000),
        artifact_types: Vec::new(),
        trust: trust(snapshot, image).unwrap().with_signed(true),
    }
}

/// What is found before a switch to that image: that it is experimental, who vouches for it, and what cannot be seen yet.
pub(crate) fn preflight(snapshot: &Snapshot, image: &str) -> Preflight {
    let preview = preview(snapshot, image);
    let found = |severity, concern| Finding { severity, concern };
    let signed = if preview.trust.is_enforced() { Severity::Note } else { Severity::Warning };
    Preflight {
        image: preview.trust.image.clone(),
        recognised: None,
        findings: vec![
            found(Severity::Warning, Concern::Experimental),
            found(signed, Concern::Signature { trust: Box::new(preview.trust.clone()) }),
            found(Severity::Note, Concern::ContentUnknown),
        ],
        checksum: Some(preview.digest.clone()),
        version: preview.version.clone(),
        built: preview.built,
        download_bytes: preview.download_bytes,
        preview: Some(preview),
        pins: snapshot.booted().map(|booted| booted.id.clone()),
        token: snapshot.token.clone(),
    }
}

/// What is found of something that is staged: that its login screen would not start.
pub(crate) fn content(snapshot: &Snapshot) -> Preflight {
    let image = snapshot.staged().and_then(|staged| staged.image.clone()).unwrap();
    let link = "/etc/systemd/system/display-manager.service".to_owned();
    let concern = Concern::BrokenDisplayManager { link, unit: "gdm.service".into() };
    Preflight {
        image,
        recognised: None,
        findings: vec![Finding { severity: Severity::Warning, concern }],
        preview: None,
        checksum: None,
        version: None,
        built: None,
        download_bytes: None,
        pins: None,
        token: snapshot.token.clone(),
    }
}

/// Each deployment takes a hundred megabytes for itself, and one in /boot.
pub(crate) fn disk_usage(snapshot: &Snapshot) -> DiskUsage {
    let usage = |id| DeploymentUsage { id, own_bytes: 100_000_000, boot_bytes: 1_000_000 };
    DiskUsage {
        token: snapshot.token.clone(),
        deployments: snapshot.deployments.iter().map(|one| usage(one.id.clone())).collect(),
        clean_up_bytes: 7_000_000,
        system: Space { free: 4_000_000_000, total: 20_000_000_000 },
        boot: None,
    }
}

/// The deployment with the digit 2 has changes, no other one has any.
pub(crate) fn configuration_changes(id: &DeploymentId) -> ConfigurationChanges {
    if *id != deployment('2', "").id {
        return ConfigurationChanges::default();
    }
    let of = |path: &str, change| ConfigurationChange { path: path.into(), change };
    let changes = vec![of("/etc/hosts", Change::Modified), of("/etc/issue", Change::Removed)];
    ConfigurationChanges { changes, hidden: 3, truncated: false }
}

/// A start that lost an update, and the update before it.
pub(crate) fn history() -> Vec<HistoryEntry> {
    let staged = Outcome::Staged { deployment: deployment('3', "").id, replaced: None, pinned: None, released: None };
    let boot = BootRecord {
        time: 1_763_460_000,
        boot_id: "b".into(),
        deployment: deployment('2', "").id,
        version: Some("10.2".into()),
        name: None,
        verdict: BootVerdict::StagedLost { expected: Some("10.3".into()) },
    };
    let update = OperationRecord {
        kind: OperationKind::Update,
        starter: Starter { uid: 1000, user: Some("person".into()), program: None },
        started: 1_763_458_200,
        milliseconds: Some(125_000),
        bytes: Some(12_100_000),
        asked: None,
        version: Some("10.3".into()),
        image: None,
        outcome: staged,
    };
    vec![HistoryEntry::Boot(boot), HistoryEntry::Operation(update)]
}
