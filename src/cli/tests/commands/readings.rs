// SPDX-License-Identifier: GPL-3.0-or-later
//! What the service of the tests tells beyond the snapshot.

use isotope_model::{
    BootRecord, BootVerdict, Change, ConfigurationChange, ConfigurationChanges, DeploymentDetails, DeploymentId,
    DeploymentUsage, DiskUsage, HistoryEntry, ImageReference, OperationKind, OperationRecord, Outcome, Signature,
    SignatureState, Snapshot, Space, Starter, Trust, TrustKey, TrustState, resolve_image,
};

use crate::hosts::deployment;

pub(crate) fn details(id: DeploymentId) -> DeploymentDetails {
    DeploymentDetails {
        id,
        deployed: Some(1_763_458_200),
        digest: None,
        kernel: Some("6.12.0-lab".into()),
        kernel_arguments: Some("root=UUID=1 quiet".into()),
        signature: Signature { state: SignatureState::Verified, required: true, ..Signature::default() },
    }
}

/// Remotes check with their keys, and nothing checks a container image.
pub(crate) fn trust(snapshot: &Snapshot, image: &str) -> Trust {
    let image = resolve_image(snapshot, image).unwrap();
    let remote = match &image {
        ImageReference::Ostree { remote, .. } => Some(remote.clone()),
        _ => None,
    };
    let state = if remote.is_some() { TrustState::Verified } else { TrustState::Unchecked };
    let keys = remote.into_iter().map(|remote| TrustKey::OstreeRemote { remote }).collect();
    Trust { state, keys, ..Trust::unknown(image) }
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
    let staged = Outcome::Staged { deployment: deployment('3', "").id, replaced: None };
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
        starter: Starter { uid: 1000, user: Some("person".into()) },
        started: 1_763_458_200,
        milliseconds: Some(125_000),
        bytes: Some(12_100_000),
        asked: None,
        version: Some("10.3".into()),
        outcome: staged,
    };
    vec![HistoryEntry::Boot(boot), HistoryEntry::Operation(update)]
}
