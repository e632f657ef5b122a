// SPDX-License-Identifier: GPL-3.0-or-later
//! What of a commit libostree copies to /boot. Source: `get_kernel_from_tree_usrlib_modules` in libostree's
//! `ostree-sysroot-deploy.c`.

use std::collections::HashMap;

use ostree::{ObjectType, Repo};

use super::commit_tree::{CommitTree, Folder, Node};
use super::download_size;

/// Kernels and what belongs to them, in `/usr/lib/modules/VERSION`.
const NAMES: [&str; 6] = [KERNEL, ".vmlinuz.hmac", "initramfs.img", "initrd.img", "initrd", "devicetree"];
const KERNEL: &str = "vmlinuz";
/// Where the kernels of a commit are, one folder a version.
pub(crate) const MODULES: &str = "usr/lib/modules";
/// The most files and folders that are looked at, and how deep: folders of a commit can be the same one many times over.
const MOST: usize = 10_000;
const DEEPEST: usize = 32;

/// The kernel of a commit: which objects, and how many bytes they take in /boot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KernelFiles {
    objects: Vec<String>,
    /// Bytes.
    pub(crate) bytes: u64,
    /// There is a kernel among them.
    pub(crate) bootable: bool,
}

impl KernelFiles {
    /// Reads them from a commit whose content is in the repository; what is missing there is left out.
    pub(crate) fn of(repo: &Repo, checksum: &str) -> Option<Self> {
        let tree = CommitTree::of_commit(repo, checksum).ok()?;
        let mut search = Search::new(&tree, |file: &str| tree.size(file));
        for version in versions(&tree)?.into_values() {
            let _ = search.add_version(&version);
        }
        Some(search.found.in_order())
    }

    /// Works them out where only the folders are in the repository: the commit itself may tell how large its files are.
    /// Nothing where a folder, or the size of a file, is unknown.
    pub(crate) fn of_folders(repo: &Repo, checksum: &str) -> Option<Self> {
        let tree = CommitTree::of_commit(repo, checksum).ok()?;
        let sizes = sizes(repo, checksum);
        let mut search = Search::new(&tree, |file: &str| tree.size(file).or_else(|| sizes.get(file).copied()));
        for version in versions(&tree)?.into_values() {
            search.add_version(&version)?;
        }
        Some(search.found.in_order())
    }

    fn in_order(mut self) -> Self {
        self.objects.sort();
        self
    }

    /// Both need the same files in /boot.
    pub(crate) fn same_as(&self, other: &Self) -> bool {
        self.objects == other.objects
    }
}

/// Goes through the folders of kernels.
struct Search<'t, S> {
    tree: &'t CommitTree,
    size: S,
    found: KernelFiles,
    seen: usize,
}

impl<'t, S: Fn(&str) -> Option<u64>> Search<'t, S> {
    fn new(tree: &'t CommitTree, size: S) -> Self {
        Self { tree, size, found: KernelFiles::default(), seen: 0 }
    }

    /// Adds what one version has. Nothing where something is not known; what is known is added all the same.
    fn add_version(&mut self, version: &Folder) -> Option<()> {
        let children = self.tree.children(version).ok()?;
        self.found.bootable |= matches!(children.get(KERNEL), Some(Node::File(_)));
        let wanted = children.iter().filter(|(name, _)| NAMES.contains(&name.as_str()));
        let added = wanted.map(|(_, node)| self.add(node, 0)).collect::<Vec<_>>();
        added.into_iter().collect()
    }

    fn add(&mut self, node: &Node, depth: usize) -> Option<()> {
        self.seen += 1;
        if self.seen > MOST || depth > DEEPEST {
            return None;
        }
        match node {
            Node::File(file) => {
                let bytes = (self.size)(file)?;
                self.found.objects.push(file.clone());
                self.found.bytes = self.found.bytes.saturating_add(bytes);
                Some(())
            }
            Node::Folder(folder) => {
                let children = self.tree.children(folder).ok()?;
                let added = children.values().map(|child| self.add(child, depth + 1)).collect::<Vec<_>>();
                added.into_iter().collect()
            }
        }
    }
}

/// The folders of the kernels of a commit, by version; nothing where it has none, or where that is not known.
fn versions(tree: &CommitTree) -> Option<HashMap<String, Folder>> {
    let folder = tree.folder(MODULES).ok()??;
    let children = tree.children(&folder).ok()?;
    let folders = children.iter().filter_map(|(name, node)| match node {
        Node::Folder(folder) => Some((name.clone(), folder.clone())),
        Node::File(_) => None,
    });
    Some(folders.collect())
}

/// How large the files of a commit are, where it tells.
fn sizes(repo: &Repo, checksum: &str) -> HashMap<String, u64> {
    let entries = download_size::of_each_object(repo, checksum).unwrap_or_default();
    let files = entries.iter().filter(|entry| entry.objtype() == ObjectType::File);
    files.map(|entry| (entry.checksum().to_string(), entry.unpacked())).collect()
}

#[cfg(test)]
mod tests {
    use ostree::gio;
    use ostree::glib::VariantDict;

    use super::super::commit_tree::tests::{commit, repository, write};
    use super::*;

    impl KernelFiles {
        /// Of these objects.
        pub(crate) fn new(objects: impl IntoIterator<Item = String>, bytes: u64) -> Self {
            Self { objects: objects.into_iter().collect(), bytes, bootable: true }
        }
    }

    #[test]
    fn a_kernel_and_what_belongs_to_it_is_counted_and_modules_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let tree = folder.path().join("tree");
        let modules = tree.join("usr/lib/modules/6.12");
        write(modules.join("vmlinuz"), &"k".repeat(1000));
        write(modules.join("initramfs.img"), &"i".repeat(500));
        write(modules.join("devicetree/a/b.dtb"), &"d".repeat(50));
        write(modules.join("kernel/module.ko"), "m");
        let repo = repository(&folder.path().join("repo"));
        let commit = commit(&repo, "b", &tree, &VariantDict::new(None));
        let found = KernelFiles::of(&repo, &commit).unwrap();
        assert_eq!((found.bytes, found.objects.len(), found.bootable), (1550, 3, true));
        assert!(KernelFiles::of_folders(&repo, &commit).unwrap().same_as(&found));
        for object in &found.objects {
            repo.delete_object(ObjectType::File, object, gio::Cancellable::NONE).unwrap();
        }
        assert_eq!(KernelFiles::of_folders(&repo, &commit), Some(found), "the commit tells the sizes");
        assert_eq!(KernelFiles::of(&repo, &commit).unwrap().bytes, 0);
    }

    #[test]
    fn without_a_kernel_nothing_can_be_started() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, initramfs) = (folder.path().join("empty"), folder.path().join("initramfs"));
        write(empty.join("usr/lib/os-release"), "");
        write(initramfs.join("usr/lib/modules/6.12/initramfs.img"), "i");
        let repo = repository(&folder.path().join("repo"));
        let [empty, initramfs] = [empty, initramfs].map(|tree| commit(&repo, "b", &tree, &VariantDict::new(None)));
        assert_eq!(KernelFiles::of(&repo, &empty), None);
        assert_eq!(KernelFiles::of(&repo, &initramfs).map(|kernel| (kernel.bytes, kernel.bootable)), Some((1, false)));
    }

    #[test]
    fn folders_that_are_the_same_many_times_over_are_not_gone_through_for_ever() {
        let folder = tempfile::tempdir().unwrap();
        let (tree, repo) = (folder.path().join("tree"), repository(&folder.path().join("repo")));
        write(tree.join("usr/lib/modules/6.12/vmlinuz"), "k");
        let many = tree.join("usr/lib/modules/6.12/devicetree");
        (0..=MOST).for_each(|number| write(many.join(number.to_string()), "d"));
        let wide = commit(&repo, "wide", &tree, &VariantDict::new(None));
        assert_eq!(KernelFiles::of_folders(&repo, &wide), None);
        assert!(KernelFiles::of(&repo, &wide).unwrap().objects.len() <= MOST);
        std::fs::remove_dir_all(&many).unwrap();
        let deep = (0..=DEEPEST).fold(many, |path, _| path.join("d"));
        write(deep.join("file"), "d");
        let deep = commit(&repo, "deep", &tree, &VariantDict::new(None));
        assert_eq!(KernelFiles::of_folders(&repo, &deep), None);
        assert_eq!(KernelFiles::of(&repo, &deep).unwrap().bytes, 1, "the kernel");
    }
}
