// SPDX-License-Identifier: GPL-3.0-or-later
//! Tells whether the sysroot was written between two moments, without its lock.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Where everything that a change of the deployments touches stood at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint {
    links: Vec<Option<PathBuf>>,
    files: Vec<Option<(u64, i64, i64)>>,
}

const LINKS: [&str; 4] = ["boot/loader", "sysroot/ostree/boot.0", "sysroot/ostree/boot.1", "ostree/boot.0"];
const FILES: [&str; 3] =
    ["sysroot/ostree/deploy", "run/ostree/staged-deployment", "run/ostree/staged-deployment-locked"];

impl Fingerprint {
    /// Takes it now; `root` is `/` but in tests.
    pub(crate) fn take(root: &Path) -> Self {
        let file = |path: &&str| {
            let metadata = fs::symlink_metadata(root.join(path)).ok()?;
            Some((metadata.ino(), metadata.mtime(), metadata.mtime_nsec()))
        };
        Self {
            links: LINKS.iter().map(|path| fs::read_link(root.join(path)).ok()).collect(),
            files: FILES.iter().map(file).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libostree_touches_changes_it_and_nothing_else_does() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("boot")).unwrap();
        fs::create_dir_all(root.join("sysroot/ostree/deploy")).unwrap();
        fs::create_dir_all(root.join("run/ostree")).unwrap();
        std::os::unix::fs::symlink("loader.0", root.join("boot/loader")).unwrap();
        let before = Fingerprint::take(root);
        fs::write(root.join("run/unrelated"), "x").unwrap();
        assert_eq!(Fingerprint::take(root), before);
        fs::write(root.join("run/ostree/staged-deployment"), "x").unwrap();
        let staged = Fingerprint::take(root);
        assert_ne!(staged, before);
        fs::remove_file(root.join("boot/loader")).unwrap();
        std::os::unix::fs::symlink("loader.1", root.join("boot/loader")).unwrap();
        assert_ne!(Fingerprint::take(root), staged);
    }
}
