// SPDX-License-Identifier: GPL-3.0-or-later
//! Isotope as a package would have installed it: the tree that a machine of the lab gets.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The program of this crate.
pub(crate) const LAB_PROGRAM: &str = "isotope-lab";
/// Names another tree.
const VARIABLE: &str = "ISOTOPE_TREE";
/// What makes the usual one.
const MAKER: &str = "build-aux/install-tree";
/// Below the tree, what a lab cannot do without.
const NEEDED: [&str; 9] = [
    "usr/bin/isotope-lab",
    "usr/bin/isotopectl",
    "usr/libexec/isotope-engine",
    "usr/libexec/isotope-helper",
    "usr/libexec/isotope-lookup",
    "usr/lib/systemd/system/isotope-boot.service",
    "usr/lib/systemd/system/isotope-engine.socket",
    "usr/lib/systemd/system/isotope-lookup.socket",
    "usr/lib/sysusers.d/isotope.conf",
];

/// An installed tree. The machine has everything below its `/usr`, and nothing of the project's from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installation {
    /// Its root: the `--destdir` of `meson install`.
    pub tree: PathBuf,
}

impl Default for Installation {
    /// The tree that `ISOTOPE_TREE` names; or the one that the running program stands in; or `installed` in the folder
    /// that cargo built the running program in.
    fn default() -> Self {
        if let Some(tree) = std::env::var_os(VARIABLE).filter(|tree| !tree.is_empty()) {
            return Self { tree: std::path::absolute(&tree).unwrap_or_else(|_| tree.into()) };
        }
        Self { tree: tree_of(&std::env::current_exe().unwrap_or_default()) }
    }
}

impl Installation {
    /// The programs that people start.
    pub fn bindir(&self) -> PathBuf {
        self.tree.join("usr/bin")
    }

    /// The programs that are started for them.
    pub fn libexecdir(&self) -> PathBuf {
        self.tree.join("usr/libexec")
    }

    /// Nothing is missing.
    pub(crate) fn check(&self) -> Result<()> {
        match NEEDED.iter().find(|name| !self.tree.join(name).is_file()) {
            Some(missing) => {
                bail!("{} has no {missing}; run {MAKER}, which makes the tree", self.tree.display());
            }
            None => Ok(()),
        }
    }

    /// The lab's own program.
    pub(crate) fn lab_program(&self) -> PathBuf {
        self.bindir().join(LAB_PROGRAM)
    }

    /// A unit of the service manager.
    pub(crate) fn unit(&self, name: &str) -> PathBuf {
        self.tree.join("usr/lib/systemd/system").join(name)
    }
}

fn tree_of(program: &Path) -> PathBuf {
    let folder = program.parent().unwrap_or(Path::new("/"));
    for place in ["usr/bin", "usr/libexec"] {
        if folder.ends_with(place) {
            return folder.ancestors().nth(2).unwrap_or(folder).to_path_buf();
        }
    }
    let deeper = folder.ends_with("deps") || folder.ends_with("examples");
    folder.ancestors().nth(if deeper { 2 } else { 1 }).unwrap_or(folder).join("installed")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_finds_its_tree() {
        for (program, tree) in [
            ("/tree/usr/bin/isotope-lab", "/tree"),
            ("/tree/usr/libexec/isotope-helper", "/tree"),
            ("/usr/bin/isotope-lab", "/"),
            ("/source/target/debug/deps/machine-0123", "/source/target/installed"),
            ("/source/target/debug/isotope-lab", "/source/target/installed"),
        ] {
            assert_eq!(tree_of(Path::new(program)), Path::new(tree), "{program}");
        }
    }

    #[test]
    fn what_is_missing_is_said_with_what_makes_it() {
        let folder = tempfile::tempdir().unwrap();
        let said = Installation { tree: folder.path().to_owned() }.check().unwrap_err().to_string();
        assert!(said.contains("usr/bin/isotope-lab") && said.contains(MAKER), "{said}");
    }
}
