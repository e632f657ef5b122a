// SPDX-License-Identifier: GPL-3.0-or-later
//! What of a commit libostree copies to /boot. Source: `get_kernel_from_tree_usrlib_modules` in libostree's
//! `ostree-sysroot-deploy.c`.

use ostree::gio;
use ostree::gio::prelude::*;

/// Kernels and what belongs to them, in `/usr/lib/modules/VERSION`.
const NAMES: [&str; 6] = ["vmlinuz", ".vmlinuz.hmac", "initramfs.img", "initrd.img", "initrd", "devicetree"];
const MODULES: &str = "usr/lib/modules";

/// The kernel of a commit: which objects, and how many bytes they take in /boot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KernelFiles {
    objects: Vec<String>,
    /// Bytes.
    pub(crate) bytes: u64,
}

impl KernelFiles {
    /// Reads them from a commit that is in the repository, as far as they can be read.
    pub(crate) fn of(repo: &ostree::Repo, checksum: &str) -> Option<Self> {
        let (root, _) = repo.read_commit(checksum, gio::Cancellable::NONE).ok()?;
        let modules = root.resolve_relative_path(MODULES);
        let mut found = Self::default();
        for version in children(&modules)? {
            let folder = modules.child(version.name());
            for name in NAMES {
                found.add(&folder.child(name));
            }
        }
        found.objects.sort();
        Some(found)
    }

    fn add(&mut self, file: &gio::File) {
        let Ok(information) = information(file) else { return };
        if information.file_type() == gio::FileType::Directory {
            for child in children(file).unwrap_or_default() {
                self.add(&file.child(child.name()));
            }
        } else if let Some(file) = file.downcast_ref::<ostree::RepoFile>() {
            self.objects.push(file.checksum().to_string());
            self.bytes = self.bytes.saturating_add(u64::try_from(information.size()).unwrap_or_default());
        }
    }

    /// Both need the same files in /boot.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.objects == other.objects
    }
}

const ATTRIBUTES: &str = "standard::name,standard::type,standard::size";

fn information(file: &gio::File) -> Result<gio::FileInfo, ostree::glib::Error> {
    file.query_info(ATTRIBUTES, gio::FileQueryInfoFlags::NOFOLLOW_SYMLINKS, gio::Cancellable::NONE)
}

/// The entries of a folder of a commit; nothing where there is no such folder.
fn children(folder: &gio::File) -> Option<Vec<gio::FileInfo>> {
    let entries = folder
        .enumerate_children(ATTRIBUTES, gio::FileQueryInfoFlags::NOFOLLOW_SYMLINKS, gio::Cancellable::NONE)
        .ok()?;
    // One that fails once fails for ever.
    Some(entries.map_while(Result::ok).collect())
}
