// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{AutomaticPin, ImageReference, Layered, Unlocked};

/// Names one deployment on a host: stateroot, commit checksum, and the serial number that tells apart several
/// deployments of one commit. Written `stateroot/checksum.serial`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DeploymentId {
    stateroot: String,
    checksum: String,
    serial: u32,
}

/// The text is not `stateroot/checksum.serial`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a deployment id: {0:?}")]
pub struct InvalidDeploymentId(String);

impl DeploymentId {
    /// Builds an id from its parts, as libostree gives them.
    pub fn new(stateroot: impl Into<String>, checksum: impl Into<String>, serial: u32) -> Self {
        Self { stateroot: stateroot.into(), checksum: checksum.into(), serial }
    }

    /// The stateroot (libostree also says "osname").
    pub fn stateroot(&self) -> &str {
        &self.stateroot
    }

    /// The checksum: of the commit, 64 hexadecimal digits, or the fs-verity digest of a composefs image, 64 or 128.
    pub fn checksum(&self) -> &str {
        &self.checksum
    }

    /// The serial number.
    pub fn serial(&self) -> u32 {
        self.serial
    }
}

impl fmt::Display for DeploymentId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}.{}", self.stateroot, self.checksum, self.serial)
    }
}

impl FromStr for DeploymentId {
    type Err = InvalidDeploymentId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidDeploymentId(text.chars().take(200).collect());
        let (stateroot, rest) = text.rsplit_once('/').ok_or_else(invalid)?;
        let (checksum, serial) = rest.split_once('.').ok_or_else(invalid)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+');
        if stateroot.is_empty() || stateroot.len() > 255 || !stateroot.chars().all(plain) {
            return Err(invalid());
        }
        if !matches!(checksum.len(), 64 | 128) || !checksum.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(invalid());
        }
        if serial.is_empty() || !serial.bytes().all(|b| b.is_ascii_digit()) {
            return Err(invalid());
        }
        Ok(Self::new(stateroot, checksum, serial.parse().map_err(|_| invalid())?))
    }
}

impl From<DeploymentId> for String {
    fn from(id: DeploymentId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for DeploymentId {
    type Error = InvalidDeploymentId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

/// One bootable system image on a host, as libostree and the image itself describe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Deployment {
    /// Which deployment this is.
    pub id: DeploymentId,
    /// `PRETTY_NAME` of the image's os-release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `VARIANT` of the image's os-release, for example `GNOME`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The version that the commit or the image's os-release names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When the image was built, in seconds since 1970 (the commit's own time stamp).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// What this deployment follows, from its origin file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<ImageReference>,
    /// The digest of the container image that it was made from, `sha256:…`; absent where it was made from none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The checksum of the image's own commit, where rpm-ostree has made this deployment's commit of it on this computer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_checksum: Option<String>,
    /// What rpm-ostree has changed in it.
    #[serde(default, skip_serializing_if = "Layered::is_empty")]
    pub layered: Layered,
    /// Its files may have been changed since it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unlocked: Option<Unlocked>,
    /// rpm-ostree has added packages to it while it runs.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub applied_live: bool,
    /// The computer runs it now.
    #[serde(default)]
    pub booted: bool,
    /// It becomes the default when the computer shuts down.
    #[serde(default)]
    pub staged: bool,
    /// It is written and stands before the booted one in the boot order.
    #[serde(default)]
    pub queued: bool,
    /// The first one after the booted one: what a rollback goes to.
    #[serde(default)]
    pub rollback: bool,
    /// It is kept by every clean-up.
    #[serde(default)]
    pub pinned: bool,
    /// It is pinned because a switch left it as the way back, and nobody pinned it by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_pin: Option<AutomaticPin>,
    /// Staged, but held back from being finalised at shutdown.
    #[serde(default)]
    pub finalization_locked: bool,
}

impl Deployment {
    /// A deployment of which nothing but the id is known.
    pub fn new(id: DeploymentId) -> Self {
        Self {
            id,
            name: None,
            variant: None,
            version: None,
            built: None,
            image: None,
            digest: None,
            base_checksum: None,
            layered: Layered::default(),
            unlocked: None,
            applied_live: false,
            booted: false,
            staged: false,
            queued: false,
            rollback: false,
            pinned: false,
            automatic_pin: None,
            finalization_locked: false,
        }
    }

    /// What tells this image from all others: the digest of the container image that it was made from, else the checksum
    /// of its commit, as it is published. It is what [`crate::AvailableUpdate::checksum`] is compared with.
    pub fn image_checksum(&self) -> &str {
        self.digest.as_deref().unwrap_or_else(|| self.image_commit())
    }

    /// The checksum of the commit that the image brought: its own, unless rpm-ostree has made another one of it here.
    pub fn image_commit(&self) -> &str {
        self.base_checksum.as_deref().unwrap_or_else(|| self.id.checksum())
    }

    /// The version, or as a last resort the first twelve digits of the checksum, so that there is always a name to
    /// tell deployments apart by.
    pub fn label(&self) -> &str {
        match &self.version {
            Some(version) => version,
            None => self.id.checksum().get(..12).unwrap_or_else(|| self.id.checksum()),
        }
    }
}

/// Fills in `queued` and `rollback` from the order and the `booted` and `staged` marks, as libostree orders them:
/// first what boots next, the booted one, then older ones. Other stateroots are neither.
pub fn classify(deployments: &mut [Deployment]) {
    let Some(booted) = deployments.iter().position(|deployment| deployment.booted) else { return };
    let Some(stateroot) = deployments.get(booted).map(|deployment| deployment.id.stateroot().to_owned()) else {
        return;
    };
    let mut rollback_found = false;
    for (index, deployment) in deployments.iter_mut().enumerate() {
        let same = deployment.id.stateroot() == stateroot;
        deployment.queued = same && !deployment.staged && index < booted;
        deployment.rollback = same && !deployment.staged && index > booted && !rollback_found;
        rollback_found |= deployment.rollback;
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn deployment(digit: char) -> Deployment {
        Deployment {
            version: Some(format!("1.{digit}")),
            ..Deployment::new(DeploymentId::new("os", digit.to_string().repeat(64), 0))
        }
    }

    #[test]
    fn an_id_survives_being_written_and_read() {
        let id = DeploymentId::new("fedora-silverblue", "a1".repeat(32), 3);
        assert_eq!(id.to_string().parse(), Ok(id));
        let composefs = DeploymentId::new("default", "a1".repeat(64), 0);
        assert_eq!(composefs.to_string().parse(), Ok(composefs));
    }

    #[test]
    fn malformed_ids_are_refused() {
        let sum = "0".repeat(64);
        for text in ["", "os", "os/", &format!("os/{sum}"), &format!("/{sum}.0"), &format!("os/{sum}.x"), "os/abc.0"] {
            assert!(text.parse::<DeploymentId>().is_err(), "{text}");
        }
        assert!(format!("os/{sum}.+1").parse::<DeploymentId>().is_err());
        assert!(format!("o\ns/{sum}.1").parse::<DeploymentId>().is_err());
    }

    #[test]
    fn the_first_one_after_the_booted_one_is_the_rollback() {
        let mut order = vec![deployment('1'), deployment('2'), deployment('3'), deployment('4')];
        order[0].staged = true;
        order[1].booted = true;
        classify(&mut order);
        assert!(!order[0].queued && order[2].rollback && !order[3].rollback);
    }

    #[test]
    fn one_before_the_booted_one_is_queued() {
        let mut order = vec![deployment('1'), deployment('2')];
        order[1].booted = true;
        classify(&mut order);
        assert!(order[0].queued && !order[0].rollback && !order[1].queued);
    }

    #[test]
    fn another_stateroot_is_neither_queued_nor_rollback() {
        let mut order = vec![deployment('1'), deployment('2'), deployment('3')];
        order[0].booted = true;
        order[1].id = DeploymentId::new("other", "2".repeat(64), 0);
        classify(&mut order);
        assert!(!order[1].rollback && order[2].rollback);
    }
}
