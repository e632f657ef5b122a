// SPDX-License-Identifier: GPL-3.0-or-later
//! The versions that a branch has had: its commits, from the newest back.

use isotope_model::{PublishedVersion, Refusal};
use ostree::Repo;
use ostree::gio;

use super::commit::CommitFacts;
use super::pull::{Source, fetch_history};

/// How far back versions are looked for, in commits.
const FURTHEST: u32 = 64;

/// Asks the remote for the versions of a branch, the newest first; those that only this computer still has are among them.
///
/// # Errors
/// What a pull can fail with, in the model's words.
pub(crate) fn list(
    repo: &Repo,
    source: &Source,
    cancellable: &gio::Cancellable,
) -> Result<Vec<PublishedVersion>, Refusal> {
    let mut next = Some(fetch_history(repo, source, FURTHEST, cancellable)?);
    let mut versions = Vec::new();
    while let Some(checksum) = next.take() {
        // Where a remote keeps no older commits, the history ends.
        let Ok((commit, _)) = repo.load_commit(&checksum) else { break };
        let CommitFacts { version, built } = CommitFacts::of(&commit);
        next = ostree::commit_get_parent(&commit).map(|parent| parent.to_string());
        versions.push(PublishedVersion { checksum, version, built });
        if versions.len() > FURTHEST as usize {
            break;
        }
    }
    Ok(versions)
}

/// The one that a person asked for, by its version or by its checksum.
///
/// # Errors
/// [`Refusal::VersionNotFound`].
pub(crate) fn choose(versions: Vec<PublishedVersion>, wanted: &str) -> Result<PublishedVersion, Refusal> {
    let is_wanted = |one: &PublishedVersion| one.version.as_deref() == Some(wanted) || one.checksum == wanted;
    let not_found = || Refusal::VersionNotFound { version: wanted.chars().take(100).collect() };
    versions.into_iter().find(is_wanted).ok_or_else(not_found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(digit: &str, name: &str) -> PublishedVersion {
        PublishedVersion { checksum: digit.repeat(64), version: Some(name.to_owned()), built: None }
    }

    #[test]
    fn a_version_is_chosen_by_name_or_checksum_and_the_newest_of_one_name_first() {
        let offered = || vec![version("3", "10.2"), version("2", "10.1"), version("1", "10.1")];
        assert_eq!(choose(offered(), "10.1").unwrap().checksum, "2".repeat(64));
        assert_eq!(choose(offered(), &"1".repeat(64)).unwrap().version.as_deref(), Some("10.1"));
        assert_eq!(choose(offered(), "9"), Err(Refusal::VersionNotFound { version: "9".into() }));
    }
}
