// SPDX-License-Identifier: GPL-3.0-or-later
//! What a check found, remembered over restarts of the service in its state directory.

use isotope_model::{AvailableUpdate, Snapshot, update_source};
use serde::{Deserialize, Serialize};

use crate::state_file;

/// What the remote named when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastCheck {
    /// When, in seconds since 1970.
    pub(crate) time: u64,
    /// The image that the followed branch named.
    pub(crate) found: AvailableUpdate,
}

const FILE: &str = "last-check.json";

impl LastCheck {
    /// What the last run of the service wrote; nothing where that is not to be read.
    pub(crate) fn load() -> Option<Self> {
        state_file::load(FILE)
    }

    /// Writes it, whole or not at all. A host where that fails only forgets.
    pub(crate) fn save(&self) {
        if let Err(error) = state_file::save(FILE, self) {
            tracing::warn!("what the check found is not remembered: {FILE}: {error}");
        }
    }

    /// Adds to a reading of the sysroot what it says about this host, which may follow another image since.
    pub(crate) fn complete(remembered: Option<&Self>, mut snapshot: Snapshot) -> Snapshot {
        let followed = update_source(&snapshot).ok().cloned();
        if let Some(check) = remembered.filter(|check| followed.as_ref() == Some(&check.found.image)) {
            let there = check.found.checksum.as_str();
            let here = snapshot.deployments.iter().any(|deployment| deployment.image_checksum() == there);
            let starts = [snapshot.booted(), snapshot.next(), snapshot.staged()].into_iter().flatten();
            let newer = starts
                .filter(|deployment| deployment.image.as_ref() == Some(&check.found.image))
                .any(|deployment| check.found.built.is_some() && deployment.built > check.found.built);
            snapshot.last_checked = Some(check.time);
            snapshot.available = Some(check.found.clone()).filter(|_| !here && !newer);
        }
        snapshot
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Backend, Deployment, DeploymentId, Host, ImageReference};

    use super::*;

    fn check(digit: &str, branch: &str) -> LastCheck {
        let image = ImageReference::from_refspec(branch).unwrap();
        let checksum = digit.repeat(64);
        let found = AvailableUpdate { image, checksum, version: None, built: None, download_bytes: None };
        LastCheck { time: 5, found }
    }

    fn host(digit: &str, branch: &str) -> Snapshot {
        let booted = Deployment {
            image: ImageReference::from_refspec(branch).ok(),
            booted: true,
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        };
        let host = Host { image_based: true, backend: Backend::Ostree, ..Host::default() };
        Snapshot { host, deployments: vec![booted], ..Snapshot::default() }
    }

    #[test]
    fn another_checksum_is_an_update_and_the_same_is_none() {
        let newer = LastCheck::complete(Some(&check("2", "r:b")), host("1", "r:b"));
        assert!(newer.available.is_some() && newer.last_checked == Some(5));
        let same = LastCheck::complete(Some(&check("1", "r:b")), host("1", "r:b"));
        assert!(same.available.is_none() && same.last_checked == Some(5));
    }

    #[test]
    fn what_was_found_for_another_image_says_nothing() {
        let snapshot = LastCheck::complete(Some(&check("2", "r:other")), host("1", "r:b"));
        assert!(snapshot.available.is_none() && snapshot.last_checked.is_none());
    }
}
