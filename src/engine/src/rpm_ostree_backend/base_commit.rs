// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Context as _;
use ostree::glib;

/// Marks a commit that rpm-ostree has made on this computer of its parent. Source: rpm-ostree's
/// `rpmostree_deployment_get_layered_info`.
const CLIENT_LAYER: &str = "rpmostree.clientlayer";

/// The commit of the image that this one was made of on this computer; nothing where it is the image's own.
///
/// # Errors
/// The commit cannot be read.
pub(crate) fn of_commit(repo: &ostree::Repo, checksum: &str) -> anyhow::Result<Option<String>> {
    let (commit, _) = repo.load_commit(checksum).with_context(|| format!("reading commit {checksum}"))?;
    // The type is (a{sv}aya(say)sstayay): metadata first.
    let made_here = commit.try_child_value(0).is_some_and(|metadata| {
        metadata.type_() == glib::VariantTy::VARDICT
            && glib::VariantDict::new(Some(&metadata)).lookup::<bool>(CLIENT_LAYER) == Ok(Some(true))
    });
    let parent = made_here.then(|| ostree::commit_get_parent(&commit)).flatten();
    Ok(parent.map(String::from))
}

#[cfg(test)]
mod tests {
    use ostree::gio;
    use ostree::gio::prelude::Cast as _;

    use super::*;

    #[test]
    fn only_what_was_made_here_has_a_base() {
        let none = gio::Cancellable::NONE;
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("content");
        std::fs::create_dir(&content).unwrap();
        let repo = ostree::Repo::new_for_path(folder.path().join("repo"));
        repo.create(ostree::RepoMode::Archive, none).unwrap();
        let tree = ostree::MutableTree::new();
        let transaction = repo.auto_transaction(none).unwrap();
        repo.write_directory_to_mtree(&gio::File::for_path(&content), &tree, None, none).unwrap();
        let root = repo.write_mtree(&tree, none).unwrap().downcast::<ostree::RepoFile>().unwrap();
        let commit = |parent: Option<&str>, marked: Option<bool>| {
            let metadata = glib::VariantDict::new(None);
            if let Some(marked) = marked {
                metadata.insert(CLIENT_LAYER, marked);
            }
            repo.write_commit(parent, None, None, Some(&metadata.end()), &root, none).unwrap().to_string()
        };
        let base = commit(None, None);
        let layered = commit(Some(&base), Some(true));
        let (newer, unmarked, orphan) =
            (commit(Some(&base), None), commit(Some(&base), Some(false)), commit(None, Some(true)));
        transaction.commit(none).unwrap();
        assert_eq!(of_commit(&repo, &layered).unwrap(), Some(base.clone()));
        for checksum in [&base, &newer, &unmarked, &orphan] {
            assert_eq!(of_commit(&repo, checksum).unwrap(), None);
        }
        assert!(of_commit(&repo, &"0".repeat(64)).is_err());
    }
}
