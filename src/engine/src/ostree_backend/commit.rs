// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Context as _;
use ostree::glib;

use crate::foreign_text::shown;

/// What a commit says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommitFacts {
    /// The metadata key `version`.
    pub(crate) version: Option<String>,
    /// The time stamp, in seconds since 1970; zero counts as none.
    pub(crate) built: Option<u64>,
}

/// The longest version that is shown, in characters.
const LONGEST: usize = 100;

impl CommitFacts {
    /// Reads a commit object of the repository.
    ///
    /// # Errors
    /// It is not there, or damaged.
    pub(crate) fn load(repo: &ostree::Repo, checksum: &str) -> anyhow::Result<Self> {
        let (commit, _) = repo.load_commit(checksum).with_context(|| format!("reading commit {checksum}"))?;
        Ok(Self::of(&commit))
    }

    /// Reads a loaded commit.
    pub(crate) fn of(commit: &glib::Variant) -> Self {
        // The type is (a{sv}aya(say)sstayay): metadata first.
        let version = commit.try_child_value(0).and_then(|metadata| {
            let version = glib::VariantDict::new(Some(&metadata)).lookup::<String>("version").ok().flatten()?;
            Some(shown(&version, LONGEST))
        });
        let built = Some(ostree::commit_get_timestamp(commit)).filter(|seconds| *seconds > 0);
        Self { version: version.filter(|version: &String| !version.is_empty()), built }
    }
}
