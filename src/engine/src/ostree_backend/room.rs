// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether there is room for a new deployment, before it is staged: at shutdown nobody is there to be told.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use isotope_model::{DeploymentId, Refusal};
use ostree::Sysroot;

use super::kernel_files::KernelFiles;
use crate::deployment_reader;
use crate::free_space::{self, BOOT, SYSROOT};

/// What libostree adds to a kernel in /boot: folders and a boot entry.
const ENTRY: u64 = 64 * 1024;
/// What libostree wants to have left besides, or it removes nothing before it writes: then it fails although there would be
/// room. Source: `auto_early_prune_old_deployments` in its `ostree-sysroot-deploy.c`.
const MARGIN: u64 = 1024 * 1024;

/// There is room for so many bytes where the deployments are.
///
/// # Errors
/// [`Refusal::NoSpace`].
pub(crate) fn require_for_download(needed: Option<u64>) -> Result<(), Refusal> {
    let (Some(needed), Ok(space)) = (needed, free_space::of(SYSROOT)) else { return Ok(()) };
    require("/", needed, space.free)
}

/// There is room in /boot for the kernel of a commit that was pulled. What libostree will remove from there when it
/// finalises the deployment counts as room, because it does that first where it must. Returns which of the `releasable`
/// deployments have to be pinned no longer for that; nobody has released them yet.
///
/// # Errors
/// [`Refusal::NoSpace`].
pub(crate) fn require_for_kernel(
    sysroot: &Sysroot,
    checksum: &str,
    releasable: &[DeploymentId],
) -> Result<Vec<DeploymentId>, Refusal> {
    let kernel = KernelFiles::of(&sysroot.repo(), checksum);
    match (kernel, BootFolder::read(sysroot)) {
        (Some(kernel), Some(boot)) => boot.releases_for(&kernel, releasable),
        _ => Ok(Vec::new()),
    }
}

/// What /boot has, and what of it goes when a new deployment is finalised.
#[derive(Clone, Debug)]
pub(crate) struct BootFolder {
    /// Bytes.
    pub(crate) free: u64,
    written: Vec<Written>,
}

/// A deployment with its kernel in /boot.
#[derive(Clone, Debug)]
struct Written {
    id: DeploymentId,
    stays: Stays,
    kernel: Option<KernelFiles>,
    /// Below `/boot/ostree`.
    folder: String,
    /// What becomes free when that goes.
    bytes: u64,
}

/// Whether the clean-up leaves a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stays {
    /// Always: it runs, or is another system's.
    Always,
    /// As long as it is pinned.
    WhilePinned,
    /// It goes.
    No,
}

impl Stays {
    fn of(booted: bool, same_stateroot: bool, pinned: bool) -> Self {
        match (booted || !same_stateroot, pinned) {
            (true, _) => Self::Always,
            (false, true) => Self::WhilePinned,
            (false, false) => Self::No,
        }
    }
}

impl BootFolder {
    /// Reads it, if it can be read.
    pub(crate) fn read(sysroot: &Sysroot) -> Option<Self> {
        let free = free_space::of(BOOT).ok()?.free;
        // Where /boot is no file system of its own, libostree removes nothing before it writes.
        let bytes = |folder: &str| match free_space::boot_is_separate() {
            true => bytes_in(&Path::new(BOOT).join("ostree").join(folder)),
            false => 0,
        };
        let repo = sysroot.repo();
        let booted = sysroot.booted_deployment();
        let stateroot = booted.as_ref().map(ostree::Deployment::osname);
        let mut written = Vec::new();
        for deployment in sysroot.deployments().iter().filter(|deployment| !deployment.is_staged()) {
            let folder = folder_name(deployment);
            written.push(Written {
                id: deployment_reader::id(deployment).ok()?,
                stays: Stays::of(
                    booted.as_ref().is_some_and(|booted| booted.equal(deployment)),
                    Some(deployment.osname()) == stateroot,
                    deployment.is_pinned(),
                ),
                kernel: KernelFiles::of(&repo, &deployment.csum()),
                bytes: bytes(&folder),
                folder,
            });
        }
        Some(Self { free, written })
    }

    /// Bytes that become free if these deployments are released besides.
    pub(crate) fn reclaimable(&self, released: &[DeploymentId]) -> u64 {
        let kept: HashSet<&str> = self.staying(released).map(|written| written.folder.as_str()).collect();
        let mut counted = HashSet::new();
        let goes = |written: &&Written| !kept.contains(written.folder.as_str());
        let goes = self.written.iter().filter(goes).filter(|written| counted.insert(&written.folder));
        goes.map(|written| written.bytes).fold(0, u64::saturating_add)
    }

    /// Bytes that a kernel needs here; none where one that stays is the same.
    pub(crate) fn needed_by(&self, kernel: &KernelFiles, released: &[DeploymentId]) -> u64 {
        let mut here = self.staying(released).filter_map(|written| written.kernel.as_ref());
        if here.any(|other| other.same_as(kernel)) { 0 } else { self.needed_for(kernel.bytes) }
    }

    /// Bytes that the largest kernel here needs.
    pub(crate) fn needed_by_largest(&self) -> Option<u64> {
        let kernels = self.written.iter().filter_map(|written| written.kernel.as_ref());
        kernels.map(|kernel| self.needed_for(kernel.bytes)).max()
    }

    fn needed_for(&self, bytes: u64) -> u64 {
        let needed = bytes.saturating_add(ENTRY);
        if needed <= self.free { needed } else { needed.saturating_add(MARGIN) }
    }

    fn staying(&self, released: &[DeploymentId]) -> impl Iterator<Item = &Written> {
        self.written.iter().filter(|written| match written.stays {
            Stays::Always => true,
            Stays::WhilePinned => !released.contains(&written.id),
            Stays::No => false,
        })
    }

    fn require_for(&self, kernel: &KernelFiles, released: &[DeploymentId]) -> Result<(), Refusal> {
        require(BOOT, self.needed_by(kernel, released), self.free.saturating_add(self.reclaimable(released)))
    }

    /// As few as will do, the first ones first.
    fn releases_for(&self, kernel: &KernelFiles, releasable: &[DeploymentId]) -> Result<Vec<DeploymentId>, Refusal> {
        let enough = (0..=releasable.len()).filter_map(|count| releasable.get(..count));
        let mut enough = enough.filter(|released| self.require_for(kernel, released).is_ok());
        let Some(released) = enough.next() else {
            return self.require_for(kernel, releasable).map(|()| Vec::new());
        };
        let mut released = released.to_vec();
        for id in releasable {
            let without: Vec<_> = released.iter().filter(|other| *other != id).cloned().collect();
            if self.require_for(kernel, &without).is_ok() {
                released = without;
            }
        }
        Ok(released)
    }
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

    const MEGABYTE: u64 = 1 << 20;

    fn id(digit: char) -> DeploymentId {
        DeploymentId::new("os", digit.to_string().repeat(64), 0)
    }

    /// Deployments by the digit of their kernel, in upper case if they stay; each kernel takes ten megabytes.
    fn boot(free: u64, deployments: &str) -> BootFolder {
        let written = deployments.char_indices().map(|(index, letter)| Written {
            id: id(char::from_digit(u32::try_from(index).unwrap(), 10).unwrap()),
            stays: Stays::of(false, true, letter.is_uppercase()),
            kernel: Some(kernel(letter)),
            folder: letter.to_ascii_lowercase().to_string(),
            bytes: 10 * MEGABYTE,
        });
        BootFolder { free: free * MEGABYTE, written: written.collect() }
    }

    fn kernel(letter: char) -> KernelFiles {
        KernelFiles::new([letter.to_ascii_lowercase().to_string()], 10 * MEGABYTE)
    }

    fn released(boot: &BootFolder, kernel_of: char, releasable: &str) -> String {
        let releasable: Vec<_> = releasable.chars().map(id).collect();
        match boot.releases_for(&kernel(kernel_of), &releasable) {
            Ok(released) => released.iter().filter_map(|id| id.checksum().chars().next()).collect(),
            Err(refusal) => refusal.code(),
        }
    }

    #[test]
    fn what_leaves_is_room_and_each_folder_counts_once() {
        for (deployments, megabytes) in [("ABc", 10), ("Abb", 10), ("Aa", 0), ("AB", 0), ("abc", 30)] {
            assert_eq!(boot(0, deployments).reclaimable(&[]), megabytes * MEGABYTE, "{deployments}");
        }
        assert_eq!(boot(0, "ABB").reclaimable(&[id('1')]), 0, "another one still needs it");
        assert_eq!(boot(0, "ABB").reclaimable(&[id('1'), id('2')]), 10 * MEGABYTE);
    }

    #[test]
    fn what_runs_and_what_another_system_has_is_never_released() {
        let table = [
            // booted, same stateroot, pinned: what becomes free
            (false, true, true, 10),
            (false, true, false, 10),
            (true, true, true, 0),
            (true, true, false, 0),
            (false, false, true, 0),
            (false, false, false, 0),
        ];
        for (booted, same, pinned, megabytes) in table {
            let mut boot = boot(2, "AB");
            boot.written[1].stays = Stays::of(booted, same, pinned);
            let found = boot.reclaimable(&[id('1')]);
            assert_eq!(found, megabytes * MEGABYTE, "{booted} {same} {pinned}");
            let expected = match (megabytes, pinned) {
                (0, _) => "no-space",
                (_, true) => "1",
                (_, false) => "",
            };
            assert_eq!(released(&boot, 'x', "1"), expected, "{booted} {same} {pinned}");
            let needed = boot.needed_by(&kernel('b'), &[id('1')]);
            assert_eq!(needed == 0, megabytes == 0, "{booted} {same} {pinned}");
        }
    }

    #[test]
    fn a_kernel_that_stays_needs_no_room() {
        assert_eq!(boot(0, "AB").needed_by(&kernel('b'), &[]), 0);
        assert_eq!(boot(11, "Ab").needed_by(&kernel('b'), &[]), 10 * MEGABYTE + ENTRY);
        assert_eq!(boot(11, "AB").needed_by(&kernel('b'), &[id('1')]), 10 * MEGABYTE + ENTRY);
        assert_eq!(boot(11, "a").needed_by_largest(), Some(10 * MEGABYTE + ENTRY));
        assert_eq!(boot(11, "").needed_by_largest(), None);
    }

    #[test]
    fn what_has_to_be_removed_before_takes_a_little_more() {
        assert_eq!(boot(10, "Ab").needed_by(&kernel('x'), &[]), 10 * MEGABYTE + ENTRY + MARGIN);
        for (free, expected) in [(1, "no-space"), (2, "")] {
            assert_eq!(released(&boot(free, "Ab"), 'x', ""), expected, "{free}");
        }
    }

    #[test]
    fn ways_back_are_let_go_only_where_that_makes_room_and_no_more_than_needed() {
        let table = [
            // free, what there is, kernel, what may be released: what is
            (11, "AB", 'x', "1", ""),
            (0, "AB", 'b', "1", ""),
            (2, "AB", 'x', "1", "1"),
            (2, "AB", 'x', "", "no-space"),
            (0, "AB", 'x', "1", "no-space"),
            (2, "ABc", 'x', "1", ""),
            (2, "ABC", 'x', "21", "2"),
            // The oldest has the same kernel as what runs: it alone makes no room.
            (2, "ABA", 'x', "21", "1"),
            (2, "ABB", 'x', "21", "21"),
            (2, "ABCC", 'x', "321", "32"),
        ];
        for (free, deployments, kernel, releasable, expected) in table {
            let found = released(&boot(free, deployments), kernel, releasable);
            assert_eq!(found, expected, "{free} {deployments} {kernel} {releasable}");
        }
    }
}
