// SPDX-License-Identifier: GPL-3.0-or-later
//! What there is to know before a computer follows another image: gathered as facts by the engine, the lookup and the
//! catalogs, and judged here by rules that know nothing else.

mod facts;
mod rules;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

pub use self::facts::{BootRoom, BrokenLink, HostFacts, PublishedCommit, TreeFacts};
pub use self::rules::SwitchFacts;
use crate::catalog::{CpuBaseline, Recognised, Status, Text};
use crate::{DeploymentId, ImagePreview, ImageReference, Layered, LayeredEffect, Refusal, StateToken, Trust, Unlocked};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The switch would fail, or the computer would not come up.
    Blocking,
    /// Something may be lost or work worse.
    Warning,
    /// Worth knowing.
    Note,
    /// Something that this version does not know, and that may be as grave as a warning.
    #[serde(other)]
    Unknown,
}

impl Severity {
    /// It is only worth knowing. What is not known may be anything.
    pub fn is_harmless(self) -> bool {
        self == Self::Note
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Concern {
    /// The switch would be refused.
    Refused {
        /// With this.
        refusal: Refusal,
    },
    /// The image could not be looked at.
    NotLookedAt {
        /// Why.
        refusal: Refusal,
    },
    /// The image is made for newer processors.
    Processor {
        /// What it needs.
        needs: CpuBaseline,
        /// What this computer has; absent where that is less than there is a name for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        has: Option<CpuBaseline>,
    },
    /// Who vouches for the image on this computer.
    Signature {
        /// That.
        trust: Box<Trust>,
    },
    /// Less is checked than before.
    WeakerCheck {
        /// Who vouches for what is followed so far.
        present: Box<Trust>,
        /// Who vouches for the image.
        target: Box<Trust>,
    },
    /// The deployment was changed on this computer with rpm-ostree.
    Layered {
        /// How.
        #[serde(flatten)]
        layered: Layered,
        /// What the switch means for that.
        #[serde(default)]
        effect: LayeredEffect,
    },
    /// The files of the running system were opened for changes, which the switch leaves behind.
    Unlocked {
        /// For how long.
        unlocked: Unlocked,
    },
    /// Packages were added to the running system without a restart.
    AppliedLive,
    /// What is staged is replaced.
    ReplacesStaged {
        /// It.
        deployment: DeploymentId,
        /// Its version.
        version: String,
    },
    /// The image is somebody else's than what runs.
    OtherVendor {
        /// Who publishes what runs.
        from: String,
        /// Who publishes the image.
        to: String,
    },
    /// The image has another desktop than what runs.
    OtherDesktop {
        /// What runs: `gnome`, …
        from: String,
        /// What the image has.
        to: String,
    },
    /// The image was built before what runs.
    Older {
        /// When the image was built, in seconds since 1970.
        built: u64,
        /// When what runs was built.
        here: u64,
    },
    /// The image is not looked after any more.
    Outdated {
        /// How it stands with it.
        status: Status,
        /// What takes its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        successor: Option<Text>,
        /// What to switch to instead.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reference: Option<String>,
    },
    /// Nobody promises that the image works or stays.
    Experimental,
    /// There is no way back from the image to another one.
    OneWay,
    /// There may be too little room: an estimate.
    LittleSpace {
        /// Where: `/` or `/boot`.
        place: String,
        /// Bytes that are likely to be needed there.
        needed: u64,
        /// Bytes that are free there.
        free: u64,
    },
    /// With the present deployment pinned there is no room in /boot for later updates.
    PinFillsBoot {
        /// Bytes that a later update is likely to need there.
        needed: u64,
        /// Bytes that are free there after the switch.
        free: u64,
    },
    /// Another program shows the login screen.
    OtherDisplayManager {
        /// The unit that does so now, for example `gdm.service`.
        from: String,
        /// The unit that does so in the image.
        to: String,
    },
    /// The image has no login screen, or none that would start.
    NoDisplayManager {
        /// The unit that shows it now.
        from: String,
    },
    /// The link that says which program shows the login screen was changed in /etc, and leads to nothing in the image.
    BrokenDisplayManager {
        /// The link.
        link: String,
        /// The unit that it names.
        unit: String,
    },
    /// The image's login screen runs as a user that this computer would not have.
    MissingUser {
        /// The user.
        user: String,
        /// The unit that needs it.
        unit: String,
    },
    /// Files of /etc that were changed on this computer and that the image brings in another form: this computer's stay.
    ConfigurationKept {
        /// Their paths.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paths: Vec<String>,
        /// How many more there are.
        #[serde(default)]
        more: u64,
    },
    /// What only the content of the image tells could not be looked at before it is downloaded.
    ContentUnknown,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// One thing to know before a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// What it is.
    #[serde(flatten)]
    pub concern: Concern,
}

/// Everything there is to know before a switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Preflight {
    /// The image.
    pub image: ImageReference,
    /// What it is in the words of the catalogs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recognised: Option<Recognised>,
    /// What was found, the gravest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// What the registry tells of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preview: Option<ImagePreview>,
    /// The digest of the container image, or the checksum of the commit: hand it back with the switch, to get this image
    /// and no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checksum: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was built, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub built: Option<u64>,
    /// Bytes to download, where that can be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub download_bytes: Option<u64>,
    /// The deployment that is pinned by the switch, unless that is declined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pins: Option<DeploymentId>,
    /// The state of the host that this was found for.
    #[serde(default)]
    pub token: StateToken,
}

impl Preflight {
    /// What keeps the switch from being made; with a `reset` of what rpm-ostree has changed on this computer, or without.
    pub fn blocking(&self, reset: bool) -> impl Iterator<Item = &Finding> {
        let resettable = self.resettable().is_some();
        let is_helped = move |finding: &Finding| match &finding.concern {
            Concern::Layered { effect, .. } => *effect == LayeredEffect::NeedsReset,
            // Taking it back changes something also where the image stays.
            Concern::Refused { refusal: Refusal::AlreadyFollowed { .. } } => resettable,
            _ => false,
        };
        self.of_severity(Severity::Blocking).filter(move |finding| !(reset && is_helped(finding)))
    }

    /// Something keeps the switch from being made.
    pub fn is_blocked(&self, reset: bool) -> bool {
        self.blocking(reset).next().is_some()
    }

    /// What rpm-ostree has changed on this computer, where the switch can take it back.
    pub fn resettable(&self) -> Option<(&Layered, LayeredEffect)> {
        self.findings.iter().find_map(|finding| match &finding.concern {
            Concern::Layered { layered, effect: effect @ (LayeredEffect::NeedsReset | LayeredEffect::CarriedOver) } => {
                Some((layered, *effect))
            }
            _ => None,
        })
    }

    /// The findings of this severity.
    pub fn of_severity(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |finding| finding.severity == severity)
    }
}
