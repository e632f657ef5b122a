// SPDX-License-Identifier: GPL-3.0-or-later
//! The branches of remotes that the repository remembers. Each keeps its commit from being pruned.

use std::collections::HashSet;

use anyhow::Context as _;
use ostree::{Repo, gio};

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
    /// Commits that branches of this repository's own name, but not those that libostree makes for deployments.
    pub(crate) local: HashSet<String>,
}

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

/// Forgets the branches that name a commit of which `unneeded` is true. What is followed is asked for anew with the next
/// check.
///
/// # Errors
/// The repository cannot be written.
pub(crate) fn forget(repo: &Repo, unneeded: impl Fn(&str) -> bool) -> anyhow::Result<()> {
    for found in read(repo)?.remote.iter().filter(|found| unneeded(&found.checksum)) {
        repo.set_ref_immediate(Some(&found.remote), &found.branch, None, gio::Cancellable::NONE)
            .with_context(|| format!("forgetting {}:{}", found.remote, found.branch))?;
    }
    Ok(())
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
