// SPDX-License-Identifier: GPL-3.0-or-later
//! The remotes that this host knows. Source: `ostree.repo-config(5)`.

use isotope_model::Refusal;

/// The host knows this remote.
///
/// # Errors
/// [`Refusal::UnknownRemote`].
pub(crate) fn require(repo: &ostree::Repo, remote: &str) -> Result<(), Refusal> {
    match repo.remote_list().iter().any(|known| known.as_str() == remote) {
        true => Ok(()),
        false => Err(Refusal::UnknownRemote { remote: remote.to_owned() }),
    }
}

/// Nothing is pulled from this remote that is not signed with a key that the host trusts for it.
pub(crate) fn demands_signature(repo: &ostree::Repo, remote: &str) -> bool {
    verifies_gpg(repo, remote) || verifies_otherwise(repo, remote)
}

/// Commits of this remote need a GPG signature.
pub(crate) fn verifies_gpg(repo: &ostree::Repo, remote: &str) -> bool {
    repo.remote_get_gpg_verify(remote).unwrap_or(false)
}

/// Commits of this remote need a signature of libostree's own kinds: `sign-verify` is `true` or names the kinds.
pub(crate) fn verifies_otherwise(repo: &ostree::Repo, remote: &str) -> bool {
    let option = repo.remote_option(remote, "sign-verify", None).ok().flatten();
    option.is_some_and(|value| !value.is_empty() && value != "false" && value != "0" && value != "no")
}
