// SPDX-License-Identifier: GPL-3.0-or-later
//! One deployment: from libostree, its commit, its origin and its os-release. What cannot be read is absent.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use isotope_model::{Deployment, DeploymentId, ImageReference};
use ostree::glib;

use crate::os_release::OsRelease;
use crate::ostree_backend::commit::CommitFacts;

/// The longest os-release that is read, in bytes.
const LONGEST_OS_RELEASE: u64 = 64 * 1024;

/// Reads a deployment of a loaded sysroot.
///
/// # Errors
/// Its serial number is negative.
pub(crate) fn read(sysroot: &ostree::Sysroot, deployment: &ostree::Deployment) -> anyhow::Result<Deployment> {
    let facts = CommitFacts::load(&sysroot.repo(), &deployment.csum()).unwrap_or_default();
    let directory = Path::new("/sysroot").join(sysroot.deployment_dirpath(deployment).as_str());
    let release = os_release(&directory);
    Ok(Deployment {
        id: id(deployment)?,
        name: release.name,
        variant: release.variant,
        version: facts.version.or(release.version),
        built: facts.built,
        image: deployment.origin().and_then(|origin| image(&origin)),
        booted: false,
        staged: deployment.is_staged(),
        queued: false,
        rollback: false,
        pinned: deployment.is_pinned(),
        finalization_locked: deployment.is_finalization_locked(),
    })
}

/// The name of a deployment.
///
/// # Errors
/// Its serial number is negative.
pub(crate) fn id(deployment: &ostree::Deployment) -> anyhow::Result<DeploymentId> {
    let serial = u32::try_from(deployment.deployserial()).context("a deployment with a negative serial number")?;
    Ok(DeploymentId::new(deployment.osname(), deployment.csum(), serial))
}

fn os_release(directory: &Path) -> OsRelease {
    let mut text = Vec::new();
    let file = File::open(directory.join("usr/lib/os-release"));
    match file.and_then(|file| file.take(LONGEST_OS_RELEASE).read_to_end(&mut text)) {
        Ok(_) => OsRelease::parse(&String::from_utf8_lossy(&text)),
        Err(_) => OsRelease::default(),
    }
}

fn image(origin: &glib::KeyFile) -> Option<ImageReference> {
    if let Ok(reference) = origin.string("origin", "container-image-reference") {
        return Some(ImageReference::Container { reference: reference.to_string() });
    }
    let refspec = origin.string("origin", "refspec").or_else(|_| origin.string("origin", "baserefspec")).ok()?;
    Some(ImageReference::from_refspec(&refspec).unwrap_or(ImageReference::Unknown))
}
