// SPDX-License-Identifier: GPL-3.0-or-later
//! The branches of remotes that the repository remembers. Each keeps its commit from being pruned.

use std::collections::HashSet;

use anyhow::Context as _;
use isotope_model::Backend;
use ostree::glib::VariantDict;
use ostree::{Repo, gio};

use super::kernel_files::KernelFiles;

/// A remembered branch of a remote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RemoteRef {
    remote: String,
    branch: String,
    /// The commit that it names.
    pub(crate) checksum: String,
}

/// What keeps objects besides deployments.
#[derive(Clone, Debug, Default)]
pub(crate) struct Refs {
    /// Branches of remotes.
    pub(crate) remote: Vec<RemoteRef>,
    /// Container images that were pulled.
    pub(crate) images: Vec<LocalRef>,
    /// Their layers.
    pub(crate) layers: Vec<LocalRef>,
    /// Commits that branches of this repository's own name, but neither those of images nor those that libostree makes for
    /// deployments.
    pub(crate) local: HashSet<String>,
}

/// A ref of this repository's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LocalRef {
    /// Its whole name.
    pub(crate) name: String,
    /// The commit that it names.
    pub(crate) checksum: String,
}

/// The prefixes of the refs of container images and of their layers. Source: ostree-ext's `container/store.rs`.
pub(crate) const IMAGES: &str = "ostree/container/image/";
pub(crate) const LAYERS: &str = "ostree/container/blob/";

/// Reads them.
///
/// # Errors
/// The repository cannot be read.
pub(crate) fn read(repo: &Repo) -> anyhow::Result<Refs> {
    let mut refs = Refs::default();
    for (name, checksum) in repo.list_refs(None, gio::Cancellable::NONE).context("listing refs")? {
        match name.split_once(':') {
            Some((remote, branch)) => {
                refs.remote.push(RemoteRef { remote: remote.to_owned(), branch: branch.to_owned(), checksum });
            }
            None if is_of_deployment(&name) => {}
            None if name.starts_with(IMAGES) => refs.images.push(LocalRef { name: name.to_string(), checksum }),
            None if name.starts_with(LAYERS) => refs.layers.push(LocalRef { name: name.to_string(), checksum }),
            None => {
                refs.local.insert(checksum);
            }
        }
    }
    Ok(refs)
}

/// libostree writes a ref `ostree/BOOTVERSION/SUBBOOTVERSION/INDEX` for each deployment. Source: libostree's
/// `ostree-sysroot-cleanup.c`.
fn is_of_deployment(name: &str) -> bool {
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    name.strip_prefix("ostree/").is_some_and(|rest| rest.split('/').count() == 3 && rest.split('/').all(number))
}

/// Branches of remotes are Isotope's to forget only where it is what pulls them: rpm-ostree keeps updates under them that
/// are downloaded and not staged yet.
pub(crate) fn may_forget(backend: Backend) -> bool {
    backend == Backend::Ostree
}

/// The commit is an image that a computer can start, and no application or other data that shares the repository.
pub(crate) fn is_system(repo: &Repo, checksum: &str) -> bool {
    let said = repo.load_commit(checksum).ok().and_then(|(commit, _)| {
        let metadata = VariantDict::new(Some(&commit.try_child_value(0)?));
        metadata.lookup::<bool>("ostree.bootable").ok().flatten()
    });
    said.unwrap_or_else(|| KernelFiles::of(repo, checksum).is_some_and(|kernel| kernel.bytes > 0))
}

/// Forgets the branches that name a system of which `unneeded` is true. What is followed is asked for anew with the next
/// check. The caller prunes.
///
/// # Errors
/// The repository cannot be written.
pub(crate) fn forget(repo: &Repo, unneeded: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    let refs = read(repo)?;
    let kept = |checksum: &String| {
        refs.local.contains(checksum) || refs.images.iter().chain(&refs.layers).any(|kept| kept.checksum == *checksum)
    };
    let forgotten = refs.remote.iter().filter(|found| unneeded(&found.checksum) && is_system(repo, &found.checksum));
    for found in forgotten {
        repo.set_ref_immediate(Some(&found.remote), &found.branch, None, gio::Cancellable::NONE)
            .with_context(|| format!("forgetting {}:{}", found.remote, found.branch))?;
        if !kept(&found.checksum) {
            mark_incomplete(repo, &found.checksum);
        }
    }
    Ok(())
}

/// Notes that objects of a commit may be missing from now on, so that whatever a prune leaves when it is interrupted is
/// never taken for the whole.
pub(crate) fn mark_incomplete(repo: &Repo, checksum: &str) {
    let here = repo.has_object(ostree::ObjectType::Commit, checksum, gio::Cancellable::NONE).unwrap_or(false);
    if here && let Err(error) = repo.mark_commit_partial(checksum, true) {
        tracing::warn!("marking {checksum} as incomplete: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refs_of_deployments_are_told_from_others() {
        assert!(is_of_deployment("ostree/0/1/0"));
        for other in ["ostree/container/image/docker_3A__2F_x", "rpmostree/base/0", "ostree/0/1", "fedora/43/x86_64/x"]
        {
            assert!(!is_of_deployment(other), "{other}");
        }
    }
}
