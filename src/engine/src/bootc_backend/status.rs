// SPDX-License-Identifier: GPL-3.0-or-later
//! What `bootc status --format=json --format-version=1` tells. Hosts with an OSTree sysroot are read through libostree;
//! this is for those without one, bootc's composefs hosts.
//!
//! Source: bootc's `docs/src/host-v1.schema.json`. Whatever is absent, of another type, or not known is carried as
//! unknown.

use isotope_model::{ContainerReference, Deployment, DeploymentId, ImageReference, classify};
use serde_json::{Map, Value};

use super::image;
use super::image_facts;
use crate::foreign_text;

/// The longest status that is taken, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// The stateroot that stands in the ids of deployments that have none.
const STATEROOT: &str = "default";

/// The text is no status.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StatusError {
    /// It is no JSON.
    #[error("bootc's status is no JSON")]
    NotJson(#[from] serde_json::Error),
    /// It is some other JSON.
    #[error("bootc's status is of kind {0:?}")]
    OtherKind(String),
    /// It is longer than any status.
    #[error("bootc's status has {0} bytes")]
    TooLong(usize),
}

/// How a host stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BootcStatus {
    /// The computer runs a deployment of bootc's.
    pub(crate) bootc_host: bool,
    /// What the next update follows.
    pub(crate) followed: Option<ContainerReference>,
    /// The deployments in boot order, the staged one first.
    pub(crate) entries: Vec<BootEntry>,
    /// The rollback deployment boots next.
    pub(crate) rollback_queued: bool,
    /// Something lies over /usr: whether that can be written, where it is known.
    pub(crate) usr_overlay: Option<UsrOverlay>,
    /// The disk cannot be written, as on a live medium.
    pub(crate) read_only: bool,
}

/// What lies over /usr.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct UsrOverlay {
    /// It can be written.
    pub(crate) writable: bool,
    /// It is gone after a restart.
    pub(crate) transient: bool,
}

/// Which place a deployment has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It becomes the default at shutdown.
    Staged,
    /// The computer runs it.
    Booted,
    /// A rollback goes to it.
    Rollback,
    /// None of them; it is pinned, or of another stateroot.
    Other,
}

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BootEntry {
    /// Its place.
    pub(crate) place: Place,
    /// The image that it was made from; absent where it was changed with rpm-ostree, or made from none.
    pub(crate) image: Option<EntryImage>,
    /// What a check found for it once. It may be older than what is here: it is never cleared.
    pub(crate) cached_update: Option<EntryImage>,
    /// Something was done to it that bootc cannot carry over.
    pub(crate) incompatible: bool,
    /// It is kept by every clean-up.
    pub(crate) pinned: bool,
    /// Starting it needs no restart of the hardware.
    pub(crate) soft_reboot_capable: bool,
    /// It is staged, but held back.
    pub(crate) download_only: bool,
    /// Where its image is kept; absent where that is not known.
    pub(crate) store: Option<Store>,
    /// What it is on disk.
    pub(crate) backing: Backing,
}

/// Where images are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Store {
    /// In the OSTree repository.
    OstreeContainer,
    /// Somewhere that this version does not know.
    Unknown(String),
}

/// What a deployment is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Backing {
    /// A deployment of libostree.
    Ostree(DeploymentId),
    /// A composefs image.
    Composefs {
        /// The fs-verity digest that names it.
        verity: String,
        /// How it is started: `Bls`, `Uki`, …
        boot_type: Option<String>,
        /// What starts it: `grub`, `systemd`, …
        bootloader: Option<String>,
    },
    /// Something that this version does not know.
    Unknown,
}

/// An image, as bootc describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EntryImage {
    /// Its reference, and what checks it; absent where that is of a kind that is not known.
    pub(crate) reference: Option<ContainerReference>,
    /// Its name, as bootc writes it.
    pub(crate) name: String,
    /// The digest of its manifest for this architecture.
    pub(crate) digest: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
    /// When it was built, in seconds since 1970.
    pub(crate) built: Option<u64>,
    /// The architecture that it is made for.
    pub(crate) architecture: Option<String>,
}

impl BootcStatus {
    /// Reads a status.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn parse(text: &str) -> Result<Self, StatusError> {
        if text.len() > LONGEST {
            return Err(StatusError::TooLong(text.len()));
        }
        let value: Value = serde_json::from_str(text)?;
        let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
        if kind != "BootcHost" {
            return Err(StatusError::OtherKind(kind.chars().take(100).collect()));
        }
        Ok(Self::of(&value))
    }

    fn of(value: &Value) -> Self {
        let empty = Map::new();
        let status = value.get("status").and_then(Value::as_object).unwrap_or(&empty);
        let flag = |key: &str| status.get(key).and_then(Value::as_bool).unwrap_or(false);
        let entry = |key: &str, place| status.get(key).and_then(|value| BootEntry::of(value, place));
        let rollback_queued = flag("rollbackQueued");
        let (booted, rollback) = (entry("booted", Place::Booted), entry("rollback", Place::Rollback));
        let (first, second) = if rollback_queued { (rollback, booted) } else { (booted, rollback) };
        let others = status.get("otherDeployments").and_then(Value::as_array).into_iter().flatten();
        let others = others.filter_map(|value| BootEntry::of(value, Place::Other));
        let entries = entry("staged", Place::Staged).into_iter().chain(first).chain(second).chain(others).collect();
        Self {
            bootc_host: status.get("type").and_then(Value::as_str) == Some("bootcHost"),
            followed: value.pointer("/spec/image").and_then(image::of_status),
            entries,
            rollback_queued,
            usr_overlay: status.get("usrOverlay").and_then(Value::as_object).map(|overlay| UsrOverlay {
                writable: overlay.get("accessMode").and_then(Value::as_str) == Some("readWrite"),
                transient: overlay.get("persistence").and_then(Value::as_str) == Some("transient"),
            }),
            read_only: flag("readOnly"),
        }
    }

    /// The deployment in this place.
    #[cfg(test)]
    pub(crate) fn entry(&self, place: Place) -> Option<&BootEntry> {
        self.entries.iter().find(|entry| entry.place == place)
    }

    /// The deployments in the model's form. One of which not even a name is known is left out.
    pub(crate) fn deployments(&self) -> Vec<Deployment> {
        let mut deployments: Vec<_> = self.entries.iter().filter_map(BootEntry::deployment).collect();
        classify(&mut deployments);
        deployments
    }
}

impl BootEntry {
    fn of(value: &Value, place: Place) -> Option<Self> {
        let fields = value.as_object()?;
        let flag = |key: &str| fields.get(key).and_then(Value::as_bool).unwrap_or(false);
        let image = |key: &str| fields.get(key).and_then(EntryImage::of);
        Some(Self {
            place,
            image: image("image"),
            cached_update: image("cachedUpdate"),
            incompatible: flag("incompatible"),
            pinned: flag("pinned"),
            soft_reboot_capable: flag("softRebootCapable"),
            download_only: flag("downloadOnly"),
            store: fields.get("store").and_then(word).map(|store| match store.as_str() {
                "ostreeContainer" => Store::OstreeContainer,
                _ => Store::Unknown(store),
            }),
            backing: Backing::of(fields),
        })
    }

    /// The id of the deployment, where it has one.
    pub(crate) fn id(&self) -> Option<DeploymentId> {
        match &self.backing {
            Backing::Ostree(id) => Some(id.clone()),
            Backing::Composefs { verity, .. } => id(STATEROOT, verity, 0),
            Backing::Unknown => None,
        }
    }

    fn deployment(&self) -> Option<Deployment> {
        let image = self.image.as_ref();
        Some(Deployment {
            version: image.and_then(|image| image.version.clone()),
            built: image.and_then(|image| image.built),
            image: image.map(EntryImage::image_reference),
            digest: image.and_then(|image| image.digest.clone()),
            booted: self.place == Place::Booted,
            staged: self.place == Place::Staged,
            pinned: self.pinned,
            finalization_locked: self.place == Place::Staged && self.download_only,
            ..Deployment::new(self.id()?)
        })
    }
}

impl Backing {
    fn of(entry: &Map<String, Value>) -> Self {
        let part = |key: &str| entry.get(key).and_then(Value::as_object);
        if let Some(ostree) = part("ostree") {
            let text = |key: &str| ostree.get(key).and_then(Value::as_str).unwrap_or_default();
            let serial =
                ostree.get("deploySerial").and_then(Value::as_u64).and_then(|serial| u32::try_from(serial).ok());
            let id = serial.and_then(|serial| id(text("stateroot"), text("checksum"), serial));
            return id.map_or(Self::Unknown, Self::Ostree);
        }
        let Some(composefs) = part("composefs") else { return Self::Unknown };
        match composefs.get("verity").and_then(Value::as_str) {
            Some(verity) if id(STATEROOT, verity, 0).is_some() => Self::Composefs {
                verity: verity.to_owned(),
                boot_type: composefs.get("bootType").and_then(word),
                bootloader: composefs.get("bootloader").and_then(word),
            },
            _ => Self::Unknown,
        }
    }
}

impl EntryImage {
    fn of(value: &Value) -> Option<Self> {
        let image = value.get("image")?;
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        Some(Self {
            reference: image::of_status(image),
            name: image.get("image").and_then(word)?,
            digest: text("imageDigest").and_then(image_facts::digest),
            version: text("version").and_then(image_facts::version),
            built: text("timestamp").and_then(image_facts::time),
            architecture: value.get("architecture").and_then(word),
        })
    }

    fn image_reference(&self) -> ImageReference {
        self.reference.as_ref().map_or(ImageReference::Unknown, ImageReference::from)
    }
}

fn id(stateroot: &str, checksum: &str, serial: u32) -> Option<DeploymentId> {
    DeploymentId::new(stateroot, checksum, serial).to_string().parse().ok()
}

/// A text that is shown or compared, at a length that can be.
fn word(value: &Value) -> Option<String> {
    value.as_str().map(|text| foreign_text::shown(text, 1024))
}

#[cfg(test)]
pub(super) mod tests;
