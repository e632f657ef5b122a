// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::boot_order_plan::require_booted;
use crate::{
    Backend, BackendReason, BootOrderPlan, ContainerReference, ContainerTarget, ImageReference, OperationKind, Refusal,
    RollbackPlan, Snapshot, Trial, Verification, check_target,
};

/// Whether something can be done on this host now, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Capability {
    /// It can be asked for.
    pub available: bool,
    /// Why not, otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Refusal>,
}

impl From<Result<(), Refusal>> for Capability {
    fn from(result: Result<(), Refusal>) -> Self {
        Self { available: result.is_ok(), reason: result.err() }
    }
}

/// What can be done on the host of this snapshot. Of what is done with a deployment of the caller's choice, this tells
/// whether there is any that it can be done with; [`check_target`](crate::check_target) tells it for one.
pub fn capabilities(snapshot: &Snapshot) -> BTreeMap<OperationKind, Capability> {
    OperationKind::ALL.into_iter().map(|kind| (kind, possible(kind, snapshot).into())).collect()
}

/// Whether an operation of this kind makes sense on this host now.
///
/// # Errors
/// The reason why not.
pub fn possible(kind: OperationKind, snapshot: &Snapshot) -> Result<(), Refusal> {
    offered(kind, snapshot)?;
    match kind {
        OperationKind::Check | OperationKind::Update | OperationKind::ListVersions | OperationKind::Deploy => {
            update_source(snapshot).map(|_| ())
        }
        OperationKind::Switch => can_pull(snapshot),
        OperationKind::RollBack => RollbackPlan::of(snapshot).map(|_| ()),
        OperationKind::Discard => BootOrderPlan::discarding(snapshot).map(|_| ()),
        OperationKind::Keep => Trial::of(snapshot).map(|_| ()),
        OperationKind::SetDefault | OperationKind::Pin | OperationKind::Unpin | OperationKind::Remove => {
            require_booted(snapshot)?;
            let mut any = snapshot.deployments.iter().map(|one| check_target(kind, snapshot, &one.id));
            let first = any.next().unwrap_or(Err(Refusal::NotBooted));
            if first.is_ok() || any.any(|other| other.is_ok()) { Ok(()) } else { first }
        }
        OperationKind::CleanUp => require_booted(snapshot),
        OperationKind::Unknown => Err(Refusal::Unknown),
    }
}

/// What pulls and stages here has such a thing at all.
fn offered(kind: OperationKind, snapshot: &Snapshot) -> Result<(), Refusal> {
    let host = &snapshot.host;
    let has_it = match (host.backend, kind) {
        // Whatever libostree does with deployments needs its sysroot; and a check of bootc's may upgrade there.
        (_, OperationKind::Check | OperationKind::ListVersions) if registry_image(snapshot).is_some() => true,
        _ if host.composefs => {
            matches!(kind, OperationKind::Update | OperationKind::Switch | OperationKind::RollBack)
        }
        // bootc follows a tag, and does not list what else there is.
        (Backend::Bootc, OperationKind::ListVersions | OperationKind::Deploy) => false,
        _ => true,
    };
    match has_it {
        true => Ok(()),
        false => Err(Refusal::NotWithBackend { backend: host.backend, composefs: host.composefs }),
    }
}

/// The image that a person means, on this host: a branch of a remote, or a container image. What checks the present image
/// also checks another one, unless the text itself says what is to.
///
/// # Errors
/// [`Refusal::MalformedReference`].
pub fn resolve_image(snapshot: &Snapshot, text: &str) -> Result<ImageReference, Refusal> {
    let image = match snapshot.host.backend {
        Backend::Bootc => container(snapshot, text),
        Backend::Ostree => ImageReference::from_refspec(text).ok(),
        _ => ImageReference::from_refspec(text).ok().or_else(|| container(snapshot, text)),
    };
    image.ok_or_else(|| Refusal::malformed_reference(text))
}

fn container(snapshot: &Snapshot, text: &str) -> Option<ImageReference> {
    let target = ContainerTarget::from_person(text).ok()?;
    // A staged switch to an image that nothing checks is not yet a reason to check nothing.
    let present = [snapshot.staged(), snapshot.booted()].into_iter().flatten();
    let mut present = present.filter_map(|deployment| deployment.image.as_ref()?.container());
    let checked = present.find(|image| *image.verification() != Verification::PolicyOrNothing);
    let verification = checked.map_or(Verification::PolicyOrNothing, |image| image.verification().clone());
    Some(ImageReference::from(&target.on(&verification)))
}

/// Whether a switch to this image would change anything.
///
/// # Errors
/// [`Refusal::AlreadyFollowed`], or what [`possible`] tells.
pub fn check_switch(snapshot: &Snapshot, image: &ImageReference) -> Result<(), Refusal> {
    possible(OperationKind::Switch, snapshot)?;
    let follows = update_source(snapshot).ok();
    let starts = snapshot.next().and_then(|next| next.image.as_ref());
    match follows == Some(image) && starts == Some(image) {
        true => Err(Refusal::AlreadyFollowed { reference: image.to_string() }),
        false => Ok(()),
    }
}

/// Isotope can pull images on this host.
fn can_pull(snapshot: &Snapshot) -> Result<(), Refusal> {
    require_booted(snapshot)?;
    match snapshot.host.backend {
        Backend::Ostree | Backend::Bootc => Ok(()),
        _ if snapshot.host.backend_reason == BackendReason::ChangedByRpmOstree => Err(locally_modified(snapshot)),
        _ => {
            let reference = snapshot.booted().and_then(|booted| booted.image.as_ref());
            Err(Refusal::NoUpdateSource { reference: reference.map(ToString::to_string).unwrap_or_default() })
        }
    }
}

fn locally_modified(snapshot: &Snapshot) -> Refusal {
    let followed = snapshot.booted().and_then(|booted| booted.image.as_ref());
    Refusal::LocallyModified { detail: followed.map(ToString::to_string).unwrap_or_default() }
}

/// What an update of this host follows: the origin of the staged deployment, else of the booted one.
///
/// # Errors
/// No sysroot, no booted deployment, or an origin that this version cannot update from.
pub fn update_source(snapshot: &Snapshot) -> Result<&ImageReference, Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
    let followed = snapshot.staged().unwrap_or(booted);
    match (&followed.image, snapshot.host.backend) {
        (Some(reference @ ImageReference::Ostree { .. }), Backend::Ostree) => Ok(reference),
        (Some(reference), Backend::Bootc) if reference.container().is_some() => Ok(reference),
        _ if snapshot.host.backend_reason == BackendReason::ChangedByRpmOstree => Err(locally_modified(snapshot)),
        (reference, _) => {
            Err(Refusal::NoUpdateSource { reference: reference.as_ref().map(ToString::to_string).unwrap_or_default() })
        }
    }
}

/// The image that an update of this host follows, where it lies in a registry and bootc pulls it: a registry can be asked
/// without a privilege.
pub fn registry_image(snapshot: &Snapshot) -> Option<ContainerReference> {
    let followed = update_source(snapshot).ok().filter(|_| snapshot.host.backend == Backend::Bootc)?;
    followed.in_registry()
}

#[cfg(test)]
mod tests {
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
    fn a_switch_is_refused_only_where_it_would_change_nothing() {
        let gnome = || Deployment { image: follows("r:gnome"), ..deployment('1') };
        let kde = || Deployment { image: follows("r:kde"), ..deployment('2') };
        let refused =
            |order: Vec<Deployment>, image: &str| check_switch(&host(order), &follows(image).unwrap()).is_err();
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
        (snapshot.host.backend, snapshot.host.backend_reason) = (Backend::RpmOstree, BackendReason::ChangedByRpmOstree);
        for kind in [OperationKind::Check, OperationKind::Update, OperationKind::Switch] {
            assert_eq!(possible(kind, &snapshot), Err(Refusal::LocallyModified { detail: GNOME.into() }));
        }
        assert!(possible(OperationKind::Pin, &snapshot).is_ok(), "what libostree does is the same everywhere");
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
}
