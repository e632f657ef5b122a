// SPDX-License-Identifier: GPL-3.0-or-later
//! What a lab's folder holds and what it remembers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::surroundings::Surroundings;
use crate::{Backend, Installation, PolkitPreset};

/// The stateroot of the machine, and the name of its remote.
pub(crate) const STATEROOT: &str = "lab";
/// The remote's name in the sysroot.
pub(crate) const REMOTE: &str = "lab";
/// The same server under another name, whose signatures the machine does not ask for.
pub(crate) const UNSIGNED_REMOTE: &str = "unsigned";

/// The lab's memory, in `lab.json`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Configuration {
    pub(crate) installation: Installation,
    pub(crate) payload_bytes: u64,
    pub(crate) polkit: PolkitPreset,
    #[serde(default)]
    pub(crate) surroundings: Surroundings,
    #[serde(default)]
    pub(crate) backend: Backend,
    /// The machine's `bootc`.
    #[serde(default)]
    pub(crate) bootc: Option<PathBuf>,
    /// The machine's `rpm-ostree`.
    #[serde(default)]
    pub(crate) rpm_ostree: Option<PathBuf>,
    /// The port that the remote had last, so that it stays the same where possible.
    pub(crate) port: u16,
}

/// The paths of a lab.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn sysroot(&self) -> PathBuf {
        self.0.join("sysroot")
    }

    pub(crate) fn sysroot_image(&self) -> PathBuf {
        self.0.join("sysroot.ext4")
    }

    /// Where the boot entries are, seen from outside.
    pub(crate) fn boot(&self) -> PathBuf {
        self.sysroot().join("boot")
    }

    pub(crate) fn boot_image(&self) -> PathBuf {
        self.0.join("boot.ext4")
    }

    /// The untouched files of what was damaged on the remote.
    pub(crate) fn undamaged(&self) -> PathBuf {
        self.0.join("undamaged")
    }

    pub(crate) fn remote(&self) -> PathBuf {
        self.0.join("remote")
    }

    /// What the registry stores.
    pub(crate) fn registry(&self) -> PathBuf {
        self.0.join("registry")
    }

    /// Container images as they were made, before they are pushed.
    pub(crate) fn images(&self) -> PathBuf {
        self.0.join("images")
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join("keys")
    }

    /// What every image has in common.
    pub(crate) fn base_tree(&self) -> PathBuf {
        self.0.join("base")
    }

    /// What every container image has besides.
    pub(crate) fn container_tree(&self) -> PathBuf {
        self.0.join("container-base")
    }

    /// For temporary files.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.0.join("tmp")
    }

    pub(crate) fn run(&self) -> PathBuf {
        self.0.join("run")
    }

    /// What the machine is put together from at each boot.
    pub(crate) fn machine(&self) -> PathBuf {
        self.0.join("machine")
    }

    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.0.join("log").join(format!("{name}.log"))
    }

    pub(crate) fn control_socket(&self) -> PathBuf {
        self.0.join("control.sock")
    }

    pub(crate) fn read_configuration(&self) -> Result<Configuration> {
        let path = self.0.join("lab.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} is no lab", self.0.display()))?;
        serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))
    }

    pub(crate) fn write_configuration(&self, configuration: &Configuration) -> Result<()> {
        let path = self.0.join("lab.json");
        let new = self.0.join("lab.json.new");
        std::fs::write(&new, serde_json::to_vec_pretty(configuration)?)?;
        std::fs::rename(&new, &path).with_context(|| format!("cannot write {}", path.display()))
    }
}
