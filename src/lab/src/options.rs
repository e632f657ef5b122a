// SPDX-License-Identifier: GPL-3.0-or-later
//! What a lab is made of.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

use serde::{Deserialize, Serialize};

use crate::{Installation, PolkitPreset};

/// What pulls and stages on the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// libostree itself: the machine follows a branch of the remote.
    #[default]
    Ostree,
    /// bootc: the machine follows a container image in the registry, and nobody insists on a signature.
    Bootc,
    /// The same with a policy that takes only what the lab's key has signed.
    BootcSigned,
    /// rpm-ostree's daemon: the machine follows a container image in the registry, and nobody insists on a signature.
    RpmOstree,
    /// rpm-ostree's daemon: the machine follows a branch of the remote.
    RpmOstreeBranch,
}

impl Backend {
    /// The word by which `isotope-lab create --backend` knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ostree => "ostree",
            Self::Bootc => "bootc",
            Self::BootcSigned => "bootc-signed",
            Self::RpmOstree => "rpm-ostree",
            Self::RpmOstreeBranch => "rpm-ostree-branch",
        }
    }

    /// The machine follows container images, and no branch.
    pub fn follows_containers(self) -> bool {
        matches!(self, Self::Bootc | Self::BootcSigned | Self::RpmOstree)
    }

    /// bootc pulls and stages on the machine.
    pub fn is_bootc(self) -> bool {
        matches!(self, Self::Bootc | Self::BootcSigned)
    }

    /// rpm-ostree pulls and stages on the machine.
    pub fn is_rpm_ostree(self) -> bool {
        matches!(self, Self::RpmOstree | Self::RpmOstreeBranch)
    }

    /// The machine knows the lab's remote.
    pub(crate) fn has_remotes(self) -> bool {
        !self.is_bootc()
    }
}

/// How a new lab is made.
#[derive(Clone, Debug)]
pub struct LabOptions {
    /// The lab's folder; it must not exist yet, or be empty.
    pub folder: PathBuf,
    /// What pulls and stages on the machine.
    pub backend: Backend,
    /// The machine has bootc, too, whatever its backend.
    pub with_bootc: bool,
    /// What of Isotope the machine has.
    pub installation: Installation,
    /// The supervisor pulls the plug and ends when the process that made the lab ends.
    pub end_with_parent: bool,
    /// How much random payload an image carries unless a publication says otherwise.
    pub payload_bytes: u64,
    /// The polkit rules of the machine.
    pub polkit: PolkitPreset,
    /// The size of the sysroot's file system.
    pub sysroot_bytes: u64,
    /// The size of a file system of its own for /boot; unless given, /boot is on the sysroot's.
    pub boot_bytes: Option<u64>,
}

impl Default for LabOptions {
    /// A lab in a folder of its own below the folder for temporary files, which ends with the process.
    fn default() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("isotope-lab-{}-{count}", std::process::id()));
        Self {
            folder,
            backend: Backend::default(),
            with_bootc: false,
            installation: Installation::default(),
            end_with_parent: true,
            payload_bytes: 4 << 20,
            polkit: PolkitPreset::Defaults,
            sysroot_bytes: 3 << 30,
            boot_bytes: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backends_tell_what_they_are() {
        let told = |backend: Backend| (backend.follows_containers(), backend.is_bootc(), backend.is_rpm_ostree());
        for (backend, name, expected) in [
            (Backend::Ostree, "ostree", (false, false, false)),
            (Backend::Bootc, "bootc", (true, true, false)),
            (Backend::BootcSigned, "bootc-signed", (true, true, false)),
            (Backend::RpmOstree, "rpm-ostree", (true, false, true)),
            (Backend::RpmOstreeBranch, "rpm-ostree-branch", (false, false, true)),
        ] {
            assert_eq!((serde_json::to_value(backend).unwrap(), told(backend)), (name.into(), expected));
            assert_eq!(backend.name(), name);
        }
    }
}
