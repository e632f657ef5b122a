// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::boot_order_plan::require_booted;
use crate::{
    Backend, BackendReason, BootOrderPlan, ContainerReference, ContainerTarget, Deployment, ImageReference,
    LayeredEffect, OperationKind, Refusal, RollbackPlan, Snapshot, Trial, Verification, check_target,
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
        OperationKind::Other | OperationKind::Unknown => Err(Refusal::Unknown),
    }
}

/// What pulls and stages here has such a thing at all.
fn offered(kind: OperationKind, snapshot: &Snapshot) -> Result<(), Refusal> {
    let host = &snapshot.host;
    let is_driven = matches!(kind, OperationKind::Update | OperationKind::Switch | OperationKind::Deploy);
    if let Some(driver) = host.update_driver.as_ref().filter(|_| is_driven) {
        return Err(Refusal::UpdateDriver { name: driver.name.clone(), unit: driver.unit.clone() });
    }
    let has_it = match (host.backend, kind) {
        // Whatever libostree does with deployments needs its sysroot; and a check of bootc's may upgrade there.
        (_, OperationKind::Check | OperationKind::ListVersions) if registry_image(snapshot).is_some() => true,
        _ if host.composefs => {
            matches!(kind, OperationKind::Update | OperationKind::Switch | OperationKind::RollBack)
        }
        // bootc follows a tag, and does not list what else there is.
        (Backend::Bootc, OperationKind::ListVersions | OperationKind::Deploy) => false,
        // Nor does rpm-ostree; but it installs any digest.
        (Backend::RpmOstree, OperationKind::ListVersions) => !follows_container(snapshot),
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
        // `host:5000/image` could be either; it is of the kind that is followed now.
        Backend::RpmOstree if follows_container(snapshot) && names_port(text) => container(snapshot, text),
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

/// The same where the switch may take back what rpm-ostree has changed: with `reset` that changes something also where the
/// image is followed already.
///
/// # Errors
/// As with [`check_switch`].
pub fn check_switch_or_reset(snapshot: &Snapshot, image: &ImageReference, reset: bool) -> Result<(), Refusal> {
    match check_switch(snapshot, image) {
        Err(Refusal::AlreadyFollowed { .. }) if reset && only_resets(snapshot, image) => Ok(()),
        checked => checked,
    }
}

/// The image is followed already, and has been changed on this computer: all that a switch to it can do is take that back.
pub fn only_resets(snapshot: &Snapshot, image: &ImageReference) -> bool {
    snapshot.host.backend == Backend::RpmOstree
        && update_source(snapshot) == Ok(image)
        && followed_deployment(snapshot).is_some_and(|followed| !followed.layered.is_empty())
}

/// Isotope can pull images on this host.
fn can_pull(snapshot: &Snapshot) -> Result<(), Refusal> {
    require_booted(snapshot)?;
    match snapshot.host.backend {
        Backend::Ostree | Backend::Bootc | Backend::RpmOstree => Ok(()),
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

/// The deployment that an update of this host goes on from: the staged one, else the booted one. rpm-ostree goes on from
/// the first one of the booted stateroot, also where that is only queued.
pub fn followed_deployment(snapshot: &Snapshot) -> Option<&Deployment> {
    let booted = snapshot.booted()?;
    match snapshot.host.backend {
        Backend::RpmOstree => snapshot.deployments.iter().find(|one| one.id.stateroot() == booted.id.stateroot()),
        _ => snapshot.staged().or(Some(booted)),
    }
}

/// What an update of this host follows: the origin of the deployment that it goes on from.
///
/// # Errors
/// No sysroot, no booted deployment, or an origin that this version cannot update from.
pub fn update_source(snapshot: &Snapshot) -> Result<&ImageReference, Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    let followed = followed_deployment(snapshot).ok_or(Refusal::NotBooted)?;
    match (&followed.image, snapshot.host.backend) {
        (Some(reference @ ImageReference::Ostree { .. }), Backend::Ostree) => Ok(reference),
        (Some(reference), Backend::Bootc) if reference.container().is_some() => Ok(reference),
        (Some(reference @ ImageReference::Ostree { .. }), Backend::RpmOstree) => Ok(reference),
        (Some(reference), Backend::RpmOstree) if reference.container().is_some() => Ok(reference),
        _ if snapshot.host.backend_reason == BackendReason::ChangedByRpmOstree => Err(locally_modified(snapshot)),
        (reference, _) => {
            Err(Refusal::NoUpdateSource { reference: reference.as_ref().map(ToString::to_string).unwrap_or_default() })
        }
    }
}

/// The image that an update of this host follows, where it lies in a registry: a registry can be asked without a privilege.
pub fn registry_image(snapshot: &Snapshot) -> Option<ContainerReference> {
    update_source(snapshot).ok()?.in_registry()
}

fn follows_container(snapshot: &Snapshot) -> bool {
    let followed = followed_deployment(snapshot).and_then(|followed| followed.image.as_ref());
    matches!(followed, Some(ImageReference::Container { .. }))
}

/// What stands before the first slash ends with the number of a port.
fn names_port(text: &str) -> bool {
    let port = text.split_once('/').and_then(|(host, _)| host.rsplit_once(':'));
    port.is_some_and(|(_, port)| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a switch to this image means for what rpm-ostree has changed on this computer.
pub fn layered_effect(snapshot: &Snapshot, image: &ImageReference) -> LayeredEffect {
    match snapshot.host.backend {
        Backend::RpmOstree if matches!(image, ImageReference::Container { .. }) && !follows_container(snapshot) => {
            LayeredEffect::NeedsReset
        }
        Backend::RpmOstree => LayeredEffect::CarriedOver,
        _ => LayeredEffect::Blocks,
    }
}

#[cfg(test)]
mod tests;
