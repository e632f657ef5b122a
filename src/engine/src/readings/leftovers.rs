// SPDX-License-Identifier: GPL-3.0-or-later
//! What interrupted operations left besides objects of the repository.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use ostree::Sysroot;

use super::disk_usage::unlinked_bytes;
use crate::deployment_reader;
use crate::free_space::BOOT;
use crate::ostree_backend::room::{bytes_in, folder_name};

const TEMPORARY: &str = "/sysroot/ostree/repo/tmp";
const DEPLOYMENTS: &str = "/sysroot/ostree/deploy";

/// What they take on disk, in bytes.
pub(super) fn bytes(sysroot: &Sysroot) -> u64 {
    let deployments = sysroot.deployments();
    let used = deployments.iter().map(|deployment| deployment_reader::directory(sysroot, deployment)).collect();
    let kernels: HashSet<_> = deployments.iter().map(|deployment| OsString::from(folder_name(deployment))).collect();
    let downloads = folders(Path::new(TEMPORARY)).into_iter().filter(|path| is_download(path));
    let kernels = folders(&Path::new(BOOT).join("ostree"))
        .into_iter()
        .filter(|path| path.file_name().is_some_and(|name| !kernels.contains(name)));
    let sizes = downloads.map(|path| bytes_in(&path)).chain(kernels.map(|path| bytes_in(&path)));
    sizes.chain(undeployed(&used).iter().map(|path| checkout(path))).fold(0, u64::saturating_add)
}

/// What was pulled before the pull broke off. Source: libostree's `_ostree_repo_allocate_tmpdir`.
fn is_download(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("staging-"))
}

/// Directories of deployments that the boot order does not have, for instance of one that was discarded.
fn undeployed(used: &HashSet<PathBuf>) -> Vec<PathBuf> {
    let stateroots = folders(Path::new(DEPLOYMENTS)).into_iter();
    stateroots.flat_map(|path| folders(&path.join("deploy"))).filter(|path| !used.contains(path)).collect()
}

fn checkout(path: &Path) -> u64 {
    fs::symlink_metadata(path).map(|metadata| unlinked_bytes(path, metadata.dev())).unwrap_or_default()
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).map(|entry| entry.path()).collect()
}
