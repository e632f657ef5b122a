// SPDX-License-Identifier: GPL-3.0-or-later
//! What only rpm-ostree brings along.

use isotope_client::ServiceState;
use isotope_model::{
    Advisory, AdvisoryKind, AdvisoryReference, AdvisorySeverity, AutomaticUpdates, Backend, BackendReason, Deployment,
    Layered, OperationKind, OperationStatus, PackageChange, PackageChanges, Starter, Unlocked, UpdateDriver,
};

use super::{older, operation, running, state};

/// Some of everything.
pub(crate) fn layered() -> Layered {
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Layered {
        packages: names(&["htop", "vim"]),
        local_packages: names(&["tool-1-1.x86_64"]),
        removed: names(&["firefox"]),
        replaced: names(&["kernel"]),
        initramfs: true,
        otherwise: false,
    }
}

/// A host of rpm-ostree with layered packages, whose updates another program drives.
pub(crate) fn layered_host() -> ServiceState {
    let changed = Deployment {
        layered: layered(),
        base_checksum: Some("b".repeat(64)),
        unlocked: Some(Unlocked::Hotfix),
        applied_live: true,
        ..running()
    };
    let state = state(vec![changed, older()]);
    let mut snapshot = (*state.snapshot).clone();
    (snapshot.host.backend, snapshot.host.backend_reason) = (Backend::RpmOstree, BackendReason::ChangedByRpmOstree);
    snapshot.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
    snapshot.host.automatic_updates = Some(AutomaticUpdates::Stage);
    super::of(snapshot)
}

/// What GNOME Software has rpm-ostree do.
pub(crate) fn foreign_operation() -> OperationStatus {
    OperationStatus {
        kind: OperationKind::Other,
        starter: Starter { uid: Starter::UNKNOWN_USER, user: None, program: Some("gnome-software".into()) },
        title: Some("install vim".into()),
        ..operation(None)
    }
}

/// Some packages of each kind, and two advisories.
pub(crate) fn package_changes() -> PackageChanges {
    let package = |name: &str, architecture: &str, before: Option<&str>, after: Option<&str>| PackageChange {
        name: name.into(),
        architecture: Some(architecture.into()),
        before: before.map(Into::into),
        after: after.map(Into::into),
    };
    PackageChanges {
        known: true,
        upgraded: vec![
            package("glibc", "i686", Some("2.39-1"), Some("2.39-2")),
            package("glibc", "x86_64", Some("2.39-1"), Some("2.39-2")),
            package("vim-minimal", "x86_64", Some("2:9.1.100-1"), Some("2:9.1.200-1")),
        ],
        downgraded: vec![package("kernel", "x86_64", Some("6.12.1-1"), Some("6.12.0-1"))],
        added: vec![package("htop", "x86_64", None, Some("3.3-1"))],
        removed: vec![package("nano", "x86_64", Some("8.1-1"), None)],
        advisories: vec![
            Advisory { id: "ALBA-2025:2".into(), kind: AdvisoryKind::Bugfix, ..Advisory::default() },
            Advisory {
                id: "ALSA-2025:1".into(),
                kind: AdvisoryKind::Security,
                severity: AdvisorySeverity::Critical,
                packages: vec!["glibc-2.39-2.x86_64".into()],
                references: vec![AdvisoryReference {
                    address: "https://example.com/CVE-2025-1".into(),
                    title: "CVE-2025-1 glibc: overflow".into(),
                }],
            },
        ],
        truncated: false,
    }
}
