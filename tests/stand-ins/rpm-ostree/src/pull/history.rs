// SPDX-License-Identifier: GPL-3.0-or-later
//! Finding a commit of a branch by its version or checksum.

use anyhow::{Context, Result, bail};
use ostree::Repo;

use super::branch::{Extent, Wanted, pull};
use crate::commits::Commit;
use crate::origin::split;
use crate::work::Setting;

/// The checksum of what `revision` stands for.
pub(crate) fn resolve(setting: &Setting, refspec: &str, revision: &str) -> Result<String> {
    let plain = revision.strip_prefix("revision=").unwrap_or(revision);
    let is_checksum = plain.len() == 64 && plain.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_checksum {
        setting.reporter.message(format!("Validating checksum '{plain}'"));
        let found = search(setting, refspec, |commit| commit.checksum == plain)?;
        found.with_context(|| format!("Checksum {plain} not found in {refspec}"))
    } else {
        let version = plain.strip_prefix("version=").unwrap_or(plain);
        setting.reporter.message(format!("Resolving version '{version}'"));
        let found = search(setting, refspec, |commit| commit.text("version").as_deref() == Some(version))?;
        found.with_context(|| format!("Version {version} not found in {refspec}"))
    }
}

/// From the newest to the oldest commit that the remote has.
fn search(setting: &Setting, refspec: &str, wanted: impl Fn(&Commit) -> bool) -> Result<Option<String>> {
    let (remote, branch) = split(refspec)?;
    let repo = setting.repo();
    let newest = pull(setting, &Wanted { remote, branch, extent: Extent::Commits(-1), ..Wanted::default() })?;
    let mut next = Some(newest);
    while let Some(checksum) = next {
        let Some(commit) = load(&repo, &checksum)? else { return Ok(None) };
        if wanted(&commit) {
            return Ok(Some(checksum));
        }
        next = commit.parent().map(str::to_owned);
    }
    Ok(None)
}

/// Histories end where the remote's end.
fn load(repo: &Repo, checksum: &str) -> Result<Option<Commit>> {
    match Commit::load(repo, checksum) {
        Ok(commit) => Ok(Some(commit)),
        Err(error) if error.downcast_ref::<ostree::glib::Error>().is_some() => Ok(None),
        Err(error) => bail!(error),
    }
}
