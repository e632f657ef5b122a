// SPDX-License-Identifier: GPL-3.0-or-later
//! What a lab is made of, and where the project's own files come from.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::PolkitPreset;

/// The program of this crate, as it is called in the folder of programs and on the machine.
pub(crate) const LAB_PROGRAM: &str = "isotope-lab";
/// Isotope's programs: name, package, and where the machine has them below /usr.
const PROGRAMS: [(&str, &str, &str); 4] = [
    ("isotope-helper", "isotope-helper", "libexec/isotope-helper"),
    ("isotope-engine", "isotope-engine", "libexec/isotope-engine"),
    ("isotopectl", "isotopectl", "bin/isotopectl"),
    (LAB_PROGRAM, "isotope-lab", "libexec/isotope-lab"),
];

/// Where the programs and data files come from that the lab installs on its machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// The folder with `isotope-helper`, `isotope-engine`, `isotopectl` and `isotope-lab`.
    pub programs: PathBuf,
    /// The project's `data` folder.
    pub data: PathBuf,
}

impl Default for Installation {
    /// The build that the running program is part of, and the workspace's data folder.
    fn default() -> Self {
        let mut programs = std::env::current_exe().unwrap_or_default();
        programs.pop();
        if programs.ends_with("deps") || programs.ends_with("examples") {
            programs.pop();
        }
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        Self { programs, data: data.canonicalize().unwrap_or(data) }
    }
}

impl Installation {
    /// The programs and where the machine has them below /usr.
    pub(crate) fn programs(&self) -> Result<Vec<(PathBuf, &'static str)>> {
        let mut found = Vec::new();
        for (name, package, place) in PROGRAMS {
            let path = self.programs.join(name);
            if !path.is_file() {
                bail!("{} is missing; build it with `cargo build -p {package}`", path.display());
            }
            found.push((path, place));
        }
        Ok(found)
    }

    /// The lab's own program.
    pub(crate) fn lab_program(&self) -> Result<PathBuf> {
        let path = self.programs.join(LAB_PROGRAM);
        if !path.is_file() {
            bail!("{} is missing; build it with `cargo build -p isotope-lab`", path.display());
        }
        Ok(path)
    }
}

/// How a new lab is made.
#[derive(Clone, Debug)]
pub struct LabOptions {
    /// The lab's folder; it must not exist yet, or be empty.
    pub folder: PathBuf,
    /// Where programs and data files come from.
    pub installation: Installation,
    /// The supervisor pulls the plug and ends when the process that made the lab ends.
    pub end_with_parent: bool,
    /// How much random payload an image carries unless a publication says otherwise.
    pub payload_bytes: u64,
    /// The polkit rules of the machine.
    pub polkit: PolkitPreset,
    /// The size of the sysroot's file system.
    pub sysroot_bytes: u64,
}

impl Default for LabOptions {
    /// A lab in a folder of its own below the folder for temporary files, which ends with the process.
    fn default() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("isotope-lab-{}-{count}", std::process::id()));
        Self {
            folder,
            installation: Installation::default(),
            end_with_parent: true,
            payload_bytes: 4 << 20,
            polkit: PolkitPreset::Defaults,
            sysroot_bytes: 3 << 30,
        }
    }
}
