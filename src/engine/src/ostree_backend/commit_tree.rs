// SPDX-License-Identifier: GPL-3.0-or-later
//! The files of a commit, looked up without a deployment. They may be anybody's, and not all of them need to be here: what
//! is missing is told from what the commit does not have.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use anyhow::{Context as _, anyhow, ensure};
use ostree::gio::prelude::InputStreamExtManual as _;
use ostree::glib::Variant;
use ostree::{ObjectType, Repo, gio};

/// The files of one commit.
#[derive(Clone, Debug)]
pub(crate) struct CommitTree {
    repo: Repo,
    root: Folder,
    known: Rc<RefCell<HashMap<String, Rc<Children>>>>,
}

/// Something in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// A file or a link, by the checksum of its content, kind, owner and permissions.
    File(String),
    /// A folder.
    Folder(Folder),
}

/// A folder: two are the same all the way down where both checksums are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folder {
    children: String,
    /// The checksum of its owner and permissions.
    pub(crate) attributes: String,
}

/// The most names of a folder, and the longest, in bytes: longer ones no file system takes.
const MOST_NAMES: usize = 100_000;
const LONGEST_NAME: usize = 255;

/// What is in a folder, by name.
pub(crate) type Children = BTreeMap<String, Node>;

/// What a file or a link holds.
pub(crate) enum Content {
    /// The bytes of a file.
    File(Box<dyn Read>),
    /// Where a link leads.
    Link(PathBuf),
}

impl CommitTree {
    /// That of a commit that is in the repository.
    ///
    /// # Errors
    /// It is not there, or is damaged.
    pub(crate) fn of_commit(repo: &Repo, checksum: &str) -> anyhow::Result<Self> {
        let (commit, _) = repo.load_commit(checksum).with_context(|| format!("reading commit {checksum}"))?;
        // The type is (a{sv}aya(say)sstayay); the folder stands at the end.
        let sum = |index| commit.try_child_value(index).context("a damaged commit").and_then(|sum| hexadecimal(&sum));
        let root = Folder { children: sum(6)?, attributes: sum(7)? };
        Ok(Self { repo: repo.clone(), root, known: Rc::default() })
    }

    /// What is at a path; nothing where the commit has nothing there. Links are not followed.
    ///
    /// # Errors
    /// A folder on the way is not here.
    pub(crate) fn node(&self, path: impl AsRef<Path>) -> anyhow::Result<Option<Node>> {
        let mut found = Node::Folder(self.root.clone());
        for part in path.as_ref().components() {
            let (Component::Normal(name), Node::Folder(folder)) = (part, &found) else { return Ok(None) };
            let child = name.to_str().map(|name| self.children(folder).map(|children| children.get(name).cloned()));
            match child.transpose()?.flatten() {
                Some(child) => found = child,
                None => return Ok(None),
            }
        }
        Ok(Some(found))
    }

    /// The folder at a path.
    ///
    /// # Errors
    /// A folder on the way is not here.
    pub(crate) fn folder(&self, path: impl AsRef<Path>) -> anyhow::Result<Option<Folder>> {
        Ok(self.node(path)?.and_then(|node| match node {
            Node::Folder(folder) => Some(folder),
            Node::File(_) => None,
        }))
    }

    /// What is in the folder at a path; nothing where there is no such folder.
    ///
    /// # Errors
    /// It, or a folder on the way, is not here.
    pub(crate) fn list(&self, path: impl AsRef<Path>) -> anyhow::Result<Rc<Children>> {
        self.folder(path)?.map_or_else(|| Ok(Rc::default()), |folder| self.children(&folder))
    }

    /// What is in a folder.
    ///
    /// # Errors
    /// It is not here, or is damaged.
    pub(crate) fn children(&self, folder: &Folder) -> anyhow::Result<Rc<Children>> {
        if let Some(known) = self.known.borrow().get(&folder.children) {
            return Ok(Rc::clone(known));
        }
        let tree = self.repo.load_variant(ObjectType::DirTree, &folder.children).context("a folder of a commit")?;
        let children = Rc::new(parse(&tree)?);
        self.known.borrow_mut().insert(folder.children.clone(), Rc::clone(&children));
        Ok(children)
    }

    /// What a file holds.
    ///
    /// # Errors
    /// It is not here.
    pub(crate) fn content(&self, file: &str) -> anyhow::Result<Content> {
        let (stream, information, _) =
            self.repo.load_file(file, gio::Cancellable::NONE).context("a file of a commit")?;
        match (information.file_type(), stream) {
            (gio::FileType::SymbolicLink, _) => {
                Ok(Content::Link(information.symlink_target().context("a link that leads nowhere")?))
            }
            (_, Some(stream)) => Ok(Content::File(Box::new(stream.into_read()))),
            (_, None) => Err(anyhow!("a file of a commit without content")),
        }
    }

    /// The size of a file, where it is here.
    pub(crate) fn size(&self, file: &str) -> Option<u64> {
        let here = self.repo.has_object(ObjectType::File, file, gio::Cancellable::NONE).unwrap_or(false);
        let (information, _) = here.then(|| self.repo.query_file(file, gio::Cancellable::NONE).ok())??;
        u64::try_from(information.size()).ok()
    }

    /// Where the link at a path leads; nothing where there is no link.
    ///
    /// # Errors
    /// It, or a folder on the way, is not here.
    pub(crate) fn link(&self, path: impl AsRef<Path>) -> anyhow::Result<Option<PathBuf>> {
        let Some(Node::File(file)) = self.node(path)? else { return Ok(None) };
        Ok(match self.content(&file)? {
            Content::Link(target) => Some(target),
            Content::File(_) => None,
        })
    }

    /// The text of the file at a path; nothing where there is no such file.
    ///
    /// # Errors
    /// It is longer than so many bytes, or not here.
    pub(crate) fn text(&self, path: impl AsRef<Path>, longest: u64) -> anyhow::Result<Option<String>> {
        let Some(Node::File(file)) = self.node(path)? else { return Ok(None) };
        let Content::File(content) = self.content(&file)? else { return Ok(None) };
        let mut text = Vec::new();
        content.take(longest.saturating_add(1)).read_to_end(&mut text)?;
        ensure!(text.len() as u64 <= longest, "a file of a commit is longer than {longest} bytes");
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }
}

/// Source: `OSTREE_TREE_GVARIANT_FORMAT` in libostree's `ostree-core.h`, files and then folders.
fn parse(tree: &Variant) -> anyhow::Result<Children> {
    ensure!(tree.type_().as_str() == "(a(say)a(sayay))", "a damaged folder of a commit");
    let (files, folders) = (tree.child_value(0), tree.child_value(1));
    ensure!(files.n_children().saturating_add(folders.n_children()) <= MOST_NAMES, "a folder of too many files");
    let name = |entry: &Variant| {
        let name = entry.child_value(0).str().map(str::to_owned).context("a file without a name")?;
        ensure!(name.len() <= LONGEST_NAME, "a name that is too long");
        Ok(name)
    };
    let mut children = Children::new();
    for entry in files.iter() {
        children.insert(name(&entry)?, Node::File(hexadecimal(&entry.child_value(1))?));
    }
    for entry in folders.iter() {
        let (children_sum, attributes) = (hexadecimal(&entry.child_value(1))?, hexadecimal(&entry.child_value(2))?);
        children.insert(name(&entry)?, Node::Folder(Folder { children: children_sum, attributes }));
    }
    Ok(children)
}

fn hexadecimal(sum: &Variant) -> anyhow::Result<String> {
    const LENGTH: usize = 32;
    let bytes = sum.fixed_array::<u8>().ok().filter(|bytes| bytes.len() == LENGTH).context("a damaged checksum")?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use ostree::glib::VariantDict;
    use ostree::{MutableTree, RepoCommitModifier, RepoCommitModifierFlags, RepoFile, RepoMode};

    use super::*;

    /// An empty repository.
    pub(crate) fn repository(path: &Path) -> Repo {
        let repo = Repo::new_for_path(path);
        repo.create(RepoMode::Archive, gio::Cancellable::NONE).unwrap();
        repo
    }

    /// Commits a folder, whoever its files belong to; `metadata` is what the commit says of itself.
    pub(crate) fn commit(repo: &Repo, branch: &str, folder: &Path, metadata: &VariantDict) -> String {
        use ostree::gio::prelude::Cast as _;

        let none = gio::Cancellable::NONE;
        let flags = RepoCommitModifierFlags::CANONICAL_PERMISSIONS
            | RepoCommitModifierFlags::SKIP_XATTRS
            | RepoCommitModifierFlags::GENERATE_SIZES;
        let modifier = RepoCommitModifier::new(flags, None);
        let tree = MutableTree::new();
        let transaction = repo.auto_transaction(none).unwrap();
        repo.write_directory_to_mtree(&gio::File::for_path(folder), &tree, Some(&modifier), none).unwrap();
        let root = repo.write_mtree(&tree, none).unwrap().downcast::<RepoFile>().unwrap();
        let checksum = repo.write_commit(None, None, None, Some(&metadata.end()), &root, none).unwrap();
        repo.transaction_set_ref(None, branch, Some(&checksum));
        transaction.commit(none).unwrap();
        checksum.to_string()
    }

    /// Writes a file and the folders that it is in.
    pub(crate) fn write(path: impl AsRef<Path>, text: &str) {
        fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    #[test]
    fn files_folders_and_links_of_a_commit_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let (tree, other) = (folder.path().join("tree"), folder.path().join("other"));
        for tree in [&tree, &other] {
            write(tree.join("usr/etc/hosts"), "localhost\n");
            write(tree.join("usr/etc/x/y"), "same\n");
            symlink("../lib/os-release", tree.join("usr/etc/os-release")).unwrap();
        }
        write(other.join("usr/etc/hosts"), "elsewhere\n");
        let repo = repository(&folder.path().join("repo"));
        let [one, two] = [&tree, &other]
            .map(|tree| CommitTree::of_commit(&repo, &commit(&repo, "b", tree, &VariantDict::new(None))).unwrap());
        assert_eq!(one.text("usr/etc/hosts", 10).unwrap().as_deref(), Some("localhost\n"));
        assert!(one.text("usr/etc/hosts", 9).is_err(), "too long");
        assert_eq!(one.link("usr/etc/os-release").unwrap(), Some("../lib/os-release".into()));
        assert_eq!((one.link("usr/etc/hosts").unwrap(), one.text("usr/etc/os-release", 99).unwrap()), (None, None));
        for missing in ["usr/etc/none", "usr/etc/hosts/x", "usr/../usr", "/usr"] {
            assert_eq!(one.node(missing).unwrap(), None, "{missing}");
        }
        assert_ne!(one.node("usr/etc/hosts").unwrap(), two.node("usr/etc/hosts").unwrap());
        assert_ne!(one.folder("usr/etc").unwrap(), two.folder("usr/etc").unwrap());
        assert_eq!(one.folder("usr/etc/x").unwrap(), two.folder("usr/etc/x").unwrap());
        assert_eq!(one.list("usr/etc").unwrap().keys().collect::<Vec<_>>(), ["hosts", "os-release", "x"]);
        assert!(one.list("usr/etc/none").unwrap().is_empty());
        assert!(CommitTree::of_commit(&repo, &"0".repeat(64)).is_err());
    }

    #[test]
    fn what_is_not_here_is_not_taken_for_what_there_is_none_of() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path().join("tree/usr/etc/hosts"), "x");
        let repo = repository(&folder.path().join("repo"));
        let checksum = commit(&repo, "b", &folder.path().join("tree"), &VariantDict::new(None));
        let tree = || CommitTree::of_commit(&repo, &checksum).unwrap();
        let (Some(Node::File(file)), Some(etc)) =
            (tree().node("usr/etc/hosts").unwrap(), tree().folder("usr/etc").unwrap())
        else {
            panic!("not found")
        };
        assert_eq!(tree().size(&file), Some(1));
        repo.delete_object(ObjectType::File, &file, gio::Cancellable::NONE).unwrap();
        assert!(tree().text("usr/etc/hosts", 10).is_err() && tree().size(&file).is_none());
        repo.delete_object(ObjectType::DirTree, &etc.children, gio::Cancellable::NONE).unwrap();
        assert!(tree().node("usr/etc/hosts").is_err() && tree().node("usr/etc").unwrap().is_some());
        assert_eq!(tree().node("usr/lib").unwrap(), None);
    }

    #[test]
    fn folders_and_names_have_a_bound() {
        use ostree::glib::variant::ToVariant as _;

        let sum = vec![0u8; 32];
        let folder = |names: &[String]| {
            let files: Vec<(String, Vec<u8>)> = names.iter().map(|name| (name.clone(), sum.clone())).collect();
            let none: Vec<(String, Vec<u8>, Vec<u8>)> = Vec::new();
            parse(&(files, none).to_variant())
        };
        let names: Vec<String> = (0..=MOST_NAMES).map(|number| number.to_string()).collect();
        assert!(folder(&names).is_err());
        assert_eq!(folder(&names[1..]).unwrap().len(), MOST_NAMES);
        assert!(folder(&["x".repeat(LONGEST_NAME)]).is_ok());
        assert!(folder(&["x".repeat(LONGEST_NAME + 1)]).is_err());
    }
}
