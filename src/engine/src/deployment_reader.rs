// SPDX-License-Identifier: GPL-3.0-or-later
//! One deployment: from libostree, its commit, its origin and its os-release. What cannot be read is absent.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::os::fd::AsRawFd as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use isotope_model::{ContainerReference, Deployment, DeploymentId, ImageReference, OsRelease};
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use ostree::gio::prelude::FileExt as _;
use ostree::glib;

use crate::automatic_pin;
use crate::bootc_backend::merge_commit;
use crate::ostree_backend::commit::CommitFacts;
use crate::rpm_ostree_backend::{base_commit, layered, unlocked};

/// Keeps what is staged from being finalised. Source: libostree's `ostree-sysroot-private.h`.
const STAGED_LOCKED: &str = "/run/ostree/staged-deployment-locked";

/// Reads a deployment of a loaded sysroot.
///
/// # Errors
/// Its serial number is negative.
pub(crate) fn read(sysroot: &ostree::Sysroot, deployment: &ostree::Deployment) -> anyhow::Result<Deployment> {
    let (repo, checksum) = (sysroot.repo(), deployment.csum());
    let base_checksum = base_commit::of_commit(&repo, &checksum).ok().flatten();
    let published = base_checksum.as_deref().unwrap_or(&checksum);
    // A commit that was made from a container image is made when that is pulled; what the image says of itself counts.
    let made_from = merge_commit::of_commit(&repo, published).ok().flatten();
    let CommitFacts { version, built } = match &made_from {
        Some(image) => CommitFacts { version: image.version.clone(), built: image.built },
        None => CommitFacts::load(&repo, published).unwrap_or_default(),
    };
    let origin = deployment.origin();
    let id = id(deployment)?;
    let applied_live = unlocked::is_applied_live(Path::new("/"), &repo, id.checksum(), id.serial());
    let directory = directory(sysroot, deployment);
    let release = os_release(&directory);
    Ok(Deployment {
        id,
        name: release.name,
        variant: release.variant,
        version: version.or(release.version),
        built,
        image: origin.as_ref().and_then(image),
        digest: made_from.and_then(|image| image.digest),
        layered: origin.as_ref().map(layered::of_origin).unwrap_or_default(),
        base_checksum,
        unlocked: unlocked::of(deployment),
        applied_live,
        booted: false,
        staged: deployment.is_staged(),
        queued: false,
        rollback: false,
        pinned: deployment.is_pinned(),
        automatic_pin: origin.as_ref().and_then(automatic_pin::of_origin),
        finalization_locked: is_locked(deployment),
    })
}

/// It is staged, and not to be finalised. A file says so too: rpm-ostree's older versions leave it, and libostree heeds it.
fn is_locked(deployment: &ostree::Deployment) -> bool {
    deployment.is_finalization_locked() || (deployment.is_staged() && Path::new(STAGED_LOCKED).exists())
}

/// Where the files of a deployment are.
pub(crate) fn directory(sysroot: &ostree::Sysroot, deployment: &ostree::Deployment) -> PathBuf {
    Path::new("/sysroot").join(sysroot.deployment_dirpath(deployment).as_str())
}

/// Its origin file.
pub(crate) fn origin_path(sysroot: &ostree::Sysroot, deployment: &ostree::Deployment) -> PathBuf {
    let directory = sysroot.deployment_directory(deployment);
    ostree::Sysroot::deployment_origin_path(&directory).path().unwrap_or_default()
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
    let read = open_inside(directory, "usr/lib/os-release")
        .and_then(|file| file.take(OsRelease::LONGEST_FILE).read_to_end(&mut text).ok());
    read.map(|_| OsRelease::parse(&String::from_utf8_lossy(&text))).unwrap_or_default()
}

/// Opens a regular file of an image, and waits for nothing else.
fn open_inside(directory: &Path, path: &str) -> Option<File> {
    let file = open_beneath(directory, path, OFlag::O_NONBLOCK | OFlag::O_NOCTTY)?;
    file.metadata().is_ok_and(|metadata| metadata.is_file()).then_some(file)
}

/// The names in a folder of an image; none where there is no such folder.
pub(crate) fn names_inside(directory: &Path, path: &str) -> Vec<OsString> {
    let Some(folder) = open_beneath(directory, path, OFlag::O_DIRECTORY) else { return Vec::new() };
    let entries = std::fs::read_dir(format!("/proc/self/fd/{}", folder.as_raw_fd())).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name()).collect()
}

/// Opens something of an image, whose links lead nowhere outside of it: it may be one that was never booted.
fn open_beneath(directory: &Path, path: &str, flags: OFlag) -> Option<File> {
    let directory = File::open(directory).ok()?;
    let how = OpenHow::new()
        .flags(OFlag::O_RDONLY | OFlag::O_CLOEXEC | flags)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    Some(File::from(openat2(&directory, path, how).ok()?))
}

/// What an origin follows.
pub(crate) fn image(origin: &glib::KeyFile) -> Option<ImageReference> {
    if let Ok(reference) = origin.string("origin", "container-image-reference") {
        // There are several ways to write the same.
        return Some(match ContainerReference::from_origin(&reference) {
            Ok(known) => ImageReference::from(&known),
            Err(_) => ImageReference::Container { reference: reference.to_string() },
        });
    }
    let refspec = origin.string("origin", "refspec").or_else(|_| origin.string("origin", "baserefspec")).ok()?;
    Some(ImageReference::from_refspec(&refspec).unwrap_or(ImageReference::Unknown))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layered_deployment_follows_what_its_base_followed() {
        for (text, follows) in [
            ("refspec=fedora:fedora/43/x86_64/silverblue", "fedora:fedora/43/x86_64/silverblue"),
            ("baserefspec=fedora:fedora/43/x86_64/silverblue", "fedora:fedora/43/x86_64/silverblue"),
            (
                "container-image-reference=ostree-unverified-registry:localhost:5101/alma/gnome:latest",
                "ostree-unverified-registry:localhost:5101/alma/gnome:latest",
            ),
        ] {
            let origin = glib::KeyFile::new();
            let text = format!("[origin]\n{text}\n[packages]\nrequested=vim;\n");
            origin.load_from_data(&text, glib::KeyFileFlags::NONE).unwrap();
            assert_eq!(image(&origin).unwrap().to_string(), follows);
        }
    }

    #[test]
    fn links_in_an_image_lead_nowhere_outside_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let image = folder.path().join("image");
        std::fs::create_dir_all(image.join("usr/lib")).unwrap();
        std::fs::write(folder.path().join("secret"), "NAME=outside").unwrap();
        let link = image.join("usr/lib/os-release");
        for target in ["../../../secret", folder.path().join("secret").to_str().unwrap(), "/dev/null", "/proc/self/exe"]
        {
            std::os::unix::fs::symlink(target, &link).unwrap();
            assert_eq!(os_release(&image), OsRelease::default(), "{target}");
            std::fs::remove_file(&link).unwrap();
        }
        std::fs::write(image.join("usr/lib/release"), "NAME=inside").unwrap();
        std::os::unix::fs::symlink("/usr/lib/release", &link).unwrap();
        assert_eq!(os_release(&image).name.as_deref(), Some("inside"));
    }
}
