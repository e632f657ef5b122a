// SPDX-License-Identifier: GPL-3.0-or-later
//! The host as libostree shows it, read without the sysroot's lock.

use std::path::Path;
use std::time::Duration;

use isotope_model::{Backend, DeploymentId, Host, ImageReference, Refusal, Snapshot, StateToken, classify};
use ostree::gio;

use crate::deployment_reader;
use crate::failure::{Failure, of_reading};
use crate::fingerprint::Fingerprint;

/// How often a torn reading is tried again, and how long after.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(25);
/// Without it there is no OSTree on this host.
const REPOSITORY: &str = "/sysroot/ostree/repo";
/// Where it is present, branches are rpm-ostree's to follow.
const RPM_OSTREE: &str = "/usr/bin/rpm-ostree";

/// Reads everything, between two equal fingerprints. Where the sysroot does not stand still, the reading is marked as
/// changing.
///
/// # Errors
/// libostree cannot read the sysroot.
pub(crate) fn read_snapshot() -> Result<Snapshot, Failure> {
    if !Path::new(REPOSITORY).exists() {
        return Ok(Snapshot::default());
    }
    let root = Path::new("/");
    let mut tries = 0;
    loop {
        tries += 1;
        let before = Fingerprint::take(root);
        let reading = open().and_then(|sysroot| Ok(snapshot_of(&sysroot)?));
        if Fingerprint::take(root) == before {
            return reading;
        }
        if tries == TRIES {
            return reading.map(|snapshot| Snapshot { changing: true, ..snapshot });
        }
        std::thread::sleep(PAUSE * tries);
    }
}

/// Opens and loads the sysroot of this host.
///
/// # Errors
/// libostree cannot read it.
pub(crate) fn open() -> Result<ostree::Sysroot, Failure> {
    if !Path::new(REPOSITORY).exists() {
        return Err(Refusal::NotImageBased.into());
    }
    let sysroot = ostree::Sysroot::new_default();
    sysroot.load(gio::Cancellable::NONE).map_err(|error| of_reading(&error))?;
    Ok(sysroot)
}

/// Opens and loads the sysroot so that libostree may change it: only in a mount namespace of the engine's own.
///
/// # Errors
/// libostree cannot read it.
pub(crate) fn open_to_change() -> Result<ostree::Sysroot, Failure> {
    let sysroot = ostree::Sysroot::new_default();
    sysroot.set_mount_namespace_in_use();
    sysroot.load(gio::Cancellable::NONE).map_err(|error| of_reading(&error))?;
    Ok(sysroot)
}

/// A deployment of a loaded sysroot, by its id.
///
/// # Errors
/// [`Refusal::UnknownDeployment`].
pub(crate) fn find(sysroot: &ostree::Sysroot, id: &DeploymentId) -> Result<ostree::Deployment, Refusal> {
    let is_it = |deployment: &ostree::Deployment| deployment_reader::id(deployment).is_ok_and(|found| found == *id);
    let unknown = || Refusal::UnknownDeployment { deployment: id.clone() };
    sysroot.deployments().into_iter().find(is_it).ok_or_else(unknown)
}

/// What a loaded sysroot shows.
///
/// # Errors
/// A deployment has an impossible name.
pub(crate) fn snapshot_of(sysroot: &ostree::Sysroot) -> anyhow::Result<Snapshot> {
    let (booted, staged) = (sysroot.booted_deployment(), sysroot.staged_deployment());
    let mut deployments = Vec::new();
    for deployment in sysroot.deployments() {
        let mut read = deployment_reader::read(sysroot, &deployment)?;
        read.booted = booted.as_ref().is_some_and(|booted| booted.equal(&deployment));
        deployments.push(read);
    }
    classify(&mut deployments);
    let token = StateToken::of(&deployments);
    let mut snapshot = Snapshot { deployments, token, ..Snapshot::default() };
    let origins = booted.iter().chain(staged.iter()).filter_map(ostree::Deployment::origin);
    let of_rpm_ostree = origins.into_iter().any(|origin| deployment_reader::changed_by_rpm_ostree(&origin));
    let backend = match snapshot.booted().map(|booted| booted.image.as_ref()) {
        _ if of_rpm_ostree => Backend::RpmOstree,
        // Without an image it was deployed by its checksum, and follows nothing yet.
        Some(None | Some(ImageReference::Ostree { .. })) if Path::new(RPM_OSTREE).exists() => Backend::RpmOstree,
        Some(None | Some(ImageReference::Ostree { .. })) => Backend::Ostree,
        _ => Backend::Unknown,
    };
    snapshot.host = Host { image_based: true, backend, libostree_version: libostree_version(), ..Host::default() };
    Ok(snapshot)
}

/// The newest version that the library says it is at least; it tells no more at run time.
fn libostree_version() -> Option<String> {
    let year = (2024..2060).rev().find(|year| ostree::check_version(*year, 1))?;
    let release = (1..30).rev().find(|release| ostree::check_version(year, *release))?;
    Some(format!("{year}.{release}"))
}
