// SPDX-License-Identifier: GPL-3.0-or-later
//! The host as libostree shows it, read without the sysroot's lock.

use std::path::Path;
use std::time::Duration;

use isotope_model::{DeploymentId, Refusal, Snapshot, StateToken, classify};
use ostree::gio;

use crate::bootc_backend::composefs;
use crate::deployment_reader;
use crate::failure::{Failure, of_reading};
use crate::fingerprint::Fingerprint;
use crate::host;
use crate::rpm_ostree_backend::layered;
use crate::soft_restart;

/// How often a torn reading is tried again, and how long after.
const TRIES: u32 = 6;
const PAUSE: Duration = Duration::from_millis(25);

/// Reads everything, between two equal fingerprints. Where the sysroot does not stand still, the reading is marked as
/// changing.
///
/// # Errors
/// libostree cannot read the sysroot.
pub(crate) fn read_snapshot() -> Result<Snapshot, Failure> {
    if host::has_composefs() {
        return Ok(composefs::read());
    }
    if !host::has_sysroot() {
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
    if !host::has_sysroot() {
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
    let changed = origins.into_iter().any(|origin| layered::is_changed(&origin));
    snapshot.host = host::describe(snapshot.booted().and_then(|booted| booted.image.as_ref()), changed);
    let next = snapshot.next().filter(|_| snapshot.restart_changes_something());
    snapshot.soft_restart = next.is_some_and(|next| soft_restart::is_prepared_for(&next.id));
    Ok(snapshot)
}
