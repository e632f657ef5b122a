// SPDX-License-Identifier: GPL-3.0-or-later
//! What a check found, remembered over restarts of the service in its state directory.

use isotope_model::lookup_protocol::PublishedLayer;
use isotope_model::{AvailableUpdate, Snapshot, Trust, update_source};
use serde::{Deserialize, Serialize};

use crate::{clock, state_file};

/// What the remote named when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastCheck {
    /// When, in seconds since 1970.
    pub(crate) time: u64,
    /// What was found.
    pub(crate) found: Found,
}

/// What the remote has under the name that is followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Found {
    /// The image.
    pub(crate) update: AvailableUpdate,
    /// What a registry's tag named, which need not be the digest of the image itself.
    #[serde(default)]
    pub(crate) named: Option<String>,
    /// Whether a signature lay beside it, where somebody has looked.
    #[serde(default)]
    pub(crate) signed: Option<bool>,
    /// Its layers, where a registry told them.
    #[serde(default)]
    pub(crate) layers: Vec<PublishedLayer>,
    /// What pulls images found it good by the rules for signatures.
    #[serde(default)]
    pub(crate) confirmed: bool,
}

const FILE: &str = "last-check.json";
impl From<AvailableUpdate> for Found {
    fn from(update: AvailableUpdate) -> Self {
        Self { update, named: None, signed: None, layers: Vec::new(), confirmed: false }
    }
}

impl Found {
    /// The same with what was known of this very image before. Only that it was not signed may have changed since.
    pub(crate) fn with_known(self, known: Option<&Self>) -> Self {
        let same =
            |known: &&Self| known.update.image == self.update.image && known.update.checksum == self.update.checksum;
        let Some(known) = known.filter(same) else { return self };
        Self {
            named: self.named.or_else(|| known.named.clone()),
            signed: self.signed.or(known.signed.filter(|signed| *signed)),
            layers: if self.layers.is_empty() { known.layers.clone() } else { self.layers },
            confirmed: self.confirmed || known.confirmed,
            update: self.update,
        }
    }
}

impl LastCheck {
    /// What the last run of the service wrote; nothing where that is not to be read.
    pub(crate) fn load() -> Option<Self> {
        state_file::load(FILE)
    }

    /// What is found now.
    pub(crate) fn now(found: Found) -> Self {
        Self { time: clock::seconds_since_1970(), found }
    }

    /// What a registry was found to have beside the image is added to what the rules of this host say about it.
    pub(crate) fn complete_trust(remembered: Option<&Self>, trust: Trust) -> Trust {
        let found = remembered.map(|check| &check.found).filter(|found| found.update.image == trust.image);
        match found.and_then(|found| found.signed) {
            Some(signed) => trust.with_signed(signed),
            None => trust,
        }
    }

    /// Writes it, whole or not at all. A host where that fails only forgets.
    pub(crate) fn save(&self) {
        if let Err(error) = state_file::save(FILE, self) {
            tracing::warn!("what the check found is not remembered: {FILE}: {error}");
        }
    }

    /// Forgets it: what was found is there no more.
    pub(crate) fn forget() {
        state_file::remove(FILE);
    }

    /// Adds to a reading of the sysroot what it says about this host, which may follow another image since.
    pub(crate) fn complete(remembered: Option<&Self>, mut snapshot: Snapshot) -> Snapshot {
        let followed = update_source(&snapshot).ok().cloned();
        if let Some(check) = remembered.filter(|check| followed.as_ref() == Some(&check.found.update.image)) {
            let there = check.found.update.checksum.as_str();
            let here = snapshot.deployments.iter().any(|deployment| deployment.image_checksum() == there);
            let starts = [snapshot.booted(), snapshot.next(), snapshot.staged()].into_iter().flatten();
            let newer = starts
                .filter(|deployment| deployment.image.as_ref() == Some(&check.found.update.image))
                .any(|deployment| check.found.update.built.is_some() && deployment.built > check.found.update.built);
            snapshot.last_checked = Some(check.time);
            snapshot.available = Some(check.found.update.clone()).filter(|_| !here && !newer);
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
        LastCheck { time: 5, found: found.into() }
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
    fn what_lies_beside_the_image_is_said_of_it_and_of_no_other() {
        let check = |signed| {
            let check = check("2", "r:b");
            LastCheck { found: Found { signed, ..check.found }, ..check }
        };
        let trust = |branch: &str| Trust::unknown(ImageReference::from_refspec(branch).unwrap());
        let signed = |signed, branch| LastCheck::complete_trust(Some(&check(signed)), trust(branch)).signed;
        assert_eq!(signed(Some(true), "r:b"), Some(true));
        assert_eq!(signed(Some(false), "r:b"), Some(false));
        assert_eq!((signed(None, "r:b"), signed(Some(true), "r:other")), (None, None));
        assert_eq!(LastCheck::complete_trust(None, trust("r:b")).signed, None);
    }

    #[test]
    fn what_was_found_for_another_image_says_nothing() {
        let snapshot = LastCheck::complete(Some(&check("2", "r:other")), host("1", "r:b"));
        assert!(snapshot.available.is_none() && snapshot.last_checked.is_none());
    }
}
