// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether there is room for a new deployment, before it is staged: at shutdown nobody is there to be told.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use isotope_model::Refusal;
use ostree::Sysroot;

use super::kernel_files::KernelFiles;
use crate::free_space::{self, BOOT, SYSROOT};

/// What libostree adds to a kernel in /boot: folders and a boot entry.
const ENTRY: u64 = 64 * 1024;

/// There is room for so many bytes where the deployments are.
///
/// # Errors
/// [`Refusal::NoSpace`].
pub(crate) fn require_for_download(needed: Option<u64>) -> Result<(), Refusal> {
    let (Some(needed), Ok(space)) = (needed, free_space::of(SYSROOT)) else { return Ok(()) };
    require("/", needed, space.free)
}

/// There is room in /boot for the kernel of a commit that was pulled. What libostree will remove from there when it
/// finalises the deployment counts as room, because it does that first where it must.
///
/// # Errors
/// [`Refusal::NoSpace`].
pub(crate) fn require_for_kernel(sysroot: &Sysroot, checksum: &str) -> Result<(), Refusal> {
    let repo = sysroot.repo();
    let Some(kernel) = KernelFiles::of(&repo, checksum) else { return Ok(()) };
    let written: Vec<_> = sysroot.deployments().into_iter().filter(|deployment| !deployment.is_staged()).collect();
    let here = |deployment: &ostree::Deployment| KernelFiles::of(&repo, &deployment.csum());
    let Ok(space) = free_space::of(BOOT) else { return Ok(()) };
    let booted = sysroot.booted_deployment();
    let stateroot = booted.as_ref().map(ostree::Deployment::osname);
    let stays = |deployment: &ostree::Deployment| {
        deployment.is_pinned()
            || booted.as_ref().is_some_and(|booted| booted.equal(deployment))
            || Some(deployment.osname()) != stateroot
    };
    let (staying, leaving): (Vec<_>, Vec<_>) = written.iter().partition(|deployment| stays(deployment));
    if staying.iter().filter_map(|deployment| here(deployment)).any(|other| other.same_as(&kernel)) {
        return Ok(());
    }
    let kept: HashSet<_> = staying.iter().map(|deployment| folder_name(deployment)).collect();
    let freed: HashSet<_> = leaving.iter().map(|deployment| folder_name(deployment)).collect();
    let freed: u64 = freed.difference(&kept).map(|name| bytes_in(&Path::new(BOOT).join("ostree").join(name))).sum();
    require(BOOT, kernel.bytes.saturating_add(ENTRY), space.free.saturating_add(freed))
}

/// The folder below `/boot/ostree` in which libostree keeps the kernel of a deployment.
pub(crate) fn folder_name(deployment: &ostree::Deployment) -> String {
    format!("{}-{}", deployment.osname(), deployment.bootcsum())
}

/// What the files in a folder and in its folders take on disk, in bytes.
pub(crate) fn bytes_in(folder: &Path) -> u64 {
    let mut total = blocks(folder);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => total = total.saturating_add(bytes_in(&entry.path())),
            _ => total = total.saturating_add(blocks(&entry.path())),
        }
    }
    total
}

/// What one file takes on disk, in bytes.
pub(crate) fn blocks(path: &Path) -> u64 {
    fs::symlink_metadata(path).map(|metadata| metadata.blocks().saturating_mul(512)).unwrap_or_default()
}

fn require(place: &str, needed: u64, free: u64) -> Result<(), Refusal> {
    if needed <= free {
        return Ok(());
    }
    let detail = format!("{place} needs {needed} bytes and has {free}");
    Err(Refusal::NoSpace { detail, place: Some(place.to_owned()), needed: Some(needed), free: Some(free) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_little_room_is_told_with_numbers() {
        assert_eq!(require("/", 5, 5), Ok(()));
        let Err(Refusal::NoSpace { place, needed, free, .. }) = require(BOOT, 6, 5) else { panic!("not refused") };
        assert_eq!((place.as_deref(), needed, free), (Some("/boot"), Some(6), Some(5)));
    }

    #[test]
    fn the_size_of_a_folder_is_that_of_all_its_files() {
        let folder = tempfile::tempdir().unwrap();
        let empty = bytes_in(folder.path());
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/file"), vec![1; 100_000]).unwrap();
        assert!(bytes_in(folder.path()) >= empty + 100_000);
    }
}
