// SPDX-License-Identifier: GPL-3.0-or-later
//! Deployments whose files may have been changed since they were made.

use std::path::Path;

use isotope_model::Unlocked;
use ostree::{Deployment, DeploymentUnlockedState, Repo};

/// Where libostree keeps what holds until the next restart. Source: rpm-ostree's `rust/src/live.rs`.
const STATES: &str = "run/ostree/deployment-state";
/// The file there that says that rpm-ostree has changed the running system.
const LIVE: &str = "rpmostree-is-live.stamp";
/// The commit that it was changed to, and the one that a change was broken off at.
const LIVE_REF: &str = "rpmostree/live-apply";
const IN_PROGRESS_REF: &str = "rpmostree/live-apply-inprogress";

/// How a deployment is unlocked; nothing where it is not.
pub(crate) fn of(deployment: &Deployment) -> Option<Unlocked> {
    match deployment.unlocked() {
        DeploymentUnlockedState::None => None,
        DeploymentUnlockedState::Development => Some(Unlocked::Development),
        DeploymentUnlockedState::Hotfix => Some(Unlocked::Hotfix),
        DeploymentUnlockedState::Transient => Some(Unlocked::Transient),
        _ => Some(Unlocked::Unknown),
    }
}

/// rpm-ostree has changed this commit's deployment while it runs. `root` is the folder that it all lies in.
pub(crate) fn is_applied_live(root: &Path, repo: &Repo, checksum: &str, serial: u32) -> bool {
    let stamp = root.join(STATES).join(format!("{checksum}.{serial}")).join(LIVE);
    let commit = |name| repo.resolve_rev(name, true).ok().flatten();
    // It can be taken back to what was started, and the file stays.
    stamp.exists() && (commit(LIVE_REF).as_deref() != Some(checksum) || commit(IN_PROGRESS_REF).is_some())
}

#[cfg(test)]
mod tests {
    use ostree::gio;

    use super::*;

    #[test]
    fn a_live_change_is_told_until_it_is_taken_back() {
        let none = gio::Cancellable::NONE;
        let root = tempfile::tempdir().unwrap();
        let repo = Repo::new_for_path(root.path().join("repo"));
        repo.create(ostree::RepoMode::Archive, none).unwrap();
        let (booted, other) = ("1".repeat(64), "2".repeat(64));
        let is_live = |checksum: &str, serial| is_applied_live(root.path(), &repo, checksum, serial);
        assert!(!is_live(&booted, 0));
        let state = root.path().join(STATES).join(format!("{booted}.0"));
        std::fs::create_dir_all(&state).unwrap();
        std::fs::write(state.join(LIVE), "").unwrap();
        assert!(is_live(&booted, 0));
        assert!(!is_live(&booted, 1) && !is_live(&other, 0));
        repo.set_ref_immediate(None, LIVE_REF, Some(&other), none).unwrap();
        assert!(is_live(&booted, 0));
        repo.set_ref_immediate(None, LIVE_REF, Some(&booted), none).unwrap();
        assert!(!is_live(&booted, 0));
        repo.set_ref_immediate(None, IN_PROGRESS_REF, Some(&other), none).unwrap();
        assert!(is_live(&booted, 0));
    }
}
