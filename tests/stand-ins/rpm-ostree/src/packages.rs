// SPDX-License-Identifier: GPL-3.0-or-later
//! Packages of a commit, as its package database lists them, and how two commits differ.

use std::collections::BTreeMap;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use anyhow::{Context, Result, ensure};
use ostree::glib::Variant;
use ostree::glib::prelude::ToVariant;
use ostree::{Repo, RepoCheckoutAtOptions, RepoCheckoutMode, gio};

use crate::versions::compare;

/// Where the database is in a tree.
pub(crate) const DATABASE: &str = "/usr/share/rpm";

/// A package but for its name: version and architecture.
pub(crate) type Details = (String, String);
/// A package that differs: its name, how, and what it was or is: name, version, architecture.
pub(crate) type Row = (String, u32, Vec<(&'static str, [String; 3])>);
/// The packages by name.
pub(crate) type Packages = BTreeMap<String, Details>;

/// How two commits differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    pub(crate) added: Vec<(String, Details)>,
    pub(crate) removed: Vec<(String, Details)>,
    pub(crate) upgraded: Vec<(String, Details, Details)>,
    pub(crate) downgraded: Vec<(String, Details, Details)>,
}

/// Reads the database of a commit. Commits do not change: each is asked once.
pub(crate) fn of_commit(repo: &Repo, commit: &str) -> Result<Packages> {
    static KNOWN: Mutex<BTreeMap<String, Packages>> = Mutex::new(BTreeMap::new());
    if let Some(packages) = KNOWN.lock().ok().and_then(|known| known.get(commit).cloned()) {
        return Ok(packages);
    }
    let scratch = tempfile::tempdir_in(scratch_folder(repo)?)?;
    check_out(repo, commit, scratch.path())?;
    let packages = list(&scratch.path().join("rpm"))?;
    if let Ok(mut known) = KNOWN.lock() {
        known.insert(commit.to_owned(), packages.clone());
    }
    Ok(packages)
}

/// Copies the database of a commit into the folder, as `rpm`.
pub(crate) fn check_out(repo: &Repo, commit: &str, folder: &Path) -> Result<()> {
    let folder = std::fs::File::open(folder)?;
    let options = RepoCheckoutAtOptions {
        mode: RepoCheckoutMode::User,
        // rpm may write into it.
        force_copy: true,
        subpath: Some(PathBuf::from(DATABASE)),
        ..RepoCheckoutAtOptions::default()
    };
    repo.checkout_at(Some(&options), folder.as_raw_fd(), "rpm", commit, gio::Cancellable::NONE)
        .with_context(|| format!("Loading package list of {commit}"))
}

/// A folder on the repository's file system.
pub(crate) fn scratch_folder(repo: &Repo) -> Result<PathBuf> {
    Ok(std::fs::read_link(format!("/proc/self/fd/{}", repo.dfd()))?.join("tmp"))
}

fn list(database: &Path) -> Result<Packages> {
    let mut command = Command::new("rpm");
    command.arg("--dbpath").arg(database);
    command.args(["-qa", "--queryformat", "%{NAME}\\t%{EVR}\\t%{ARCH}\\n"]);
    let output = command.output().context("Running rpm")?;
    ensure!(output.status.success(), "rpm: {}", String::from_utf8_lossy(&output.stderr).trim());
    let mut packages = Packages::new();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let [name, version, architecture] = line.split('\t').collect::<Vec<_>>()[..] {
            packages.insert(name.to_owned(), (version.to_owned(), architecture.to_owned()));
        }
    }
    Ok(packages)
}

impl Difference {
    pub(crate) fn of_commits(repo: &Repo, old: &str, new: &str) -> Result<Self> {
        if old == new {
            return Ok(Self::default());
        }
        Ok(Self::new(&of_commit(repo, old)?, &of_commit(repo, new)?))
    }

    fn new(old: &Packages, new: &Packages) -> Self {
        let mut difference = Self::default();
        for (name, was) in old {
            match new.get(name) {
                None => difference.removed.push((name.clone(), was.clone())),
                Some(is) => match compare(&was.0, &is.0) {
                    std::cmp::Ordering::Less => difference.upgraded.push((name.clone(), was.clone(), is.clone())),
                    std::cmp::Ordering::Greater => difference.downgraded.push((name.clone(), was.clone(), is.clone())),
                    std::cmp::Ordering::Equal => {}
                },
            }
        }
        let added = new.iter().filter(|(name, _)| !old.contains_key(*name));
        difference.added = added.map(|(name, is)| (name.clone(), is.clone())).collect();
        difference
    }

    /// As it is in the property `CachedUpdate`.
    pub(crate) fn to_cached(&self) -> Variant {
        let single = |list: &[(String, Details)]| -> Variant {
            let rows: Vec<(u32, String, String, String)> =
                list.iter().map(|(name, (v, a))| (0, name.clone(), v.clone(), a.clone())).collect();
            rows.to_variant()
        };
        let pairs = |list: &[(String, Details, Details)]| -> Variant {
            let rows: Vec<(u32, String, Details, Details)> =
                list.iter().map(|(name, was, is)| (0, name.clone(), was.clone(), is.clone())).collect();
            rows.to_variant()
        };
        let dictionary = ostree::glib::VariantDict::new(None);
        dictionary.insert_value("upgraded", &pairs(&self.upgraded));
        dictionary.insert_value("downgraded", &pairs(&self.downgraded));
        dictionary.insert_value("removed", &single(&self.removed));
        dictionary.insert_value("added", &single(&self.added));
        dictionary.end()
    }

    /// As the methods answer: name, kind, and the packages themselves.
    pub(crate) fn to_rows(&self) -> Vec<Row> {
        let package =
            |name: &String, (version, architecture): &Details| [name.clone(), version.clone(), architecture.clone()];
        let mut rows = Vec::new();
        for (name, is) in &self.added {
            rows.push((name.clone(), 0, vec![("NewPackage", package(name, is))]));
        }
        for (name, was) in &self.removed {
            rows.push((name.clone(), 1, vec![("PreviousPackage", package(name, was))]));
        }
        for (kind, list) in [(2, &self.upgraded), (3, &self.downgraded)] {
            for (name, was, is) in list {
                let both = vec![("PreviousPackage", package(name, was)), ("NewPackage", package(name, is))];
                rows.push((name.clone(), kind, both));
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_have_the_types_and_the_order_of_the_recordings() {
        let packages = |list: &[(&str, &str)]| -> Packages {
            list.iter().map(|(name, v)| ((*name).to_owned(), ((*v).to_owned(), "noarch".to_owned()))).collect()
        };
        let old = packages(&[("gedit", "40.0-6"), ("glibc", "2.34-100"), ("same", "1-1"), ("down", "2-1")]);
        let new = packages(&[("glibc", "2.34-125"), ("same", "1-1"), ("down", "1-1"), ("zed", "1-1")]);
        let difference = Difference::new(&old, &new);
        let kinds: Vec<_> = difference.to_rows().iter().map(|row| (row.0.clone(), row.1)).collect();
        assert_eq!(kinds, [("zed".into(), 0), ("gedit".into(), 1), ("glibc".into(), 2), ("down".into(), 3)]);
        let cached = ostree::glib::VariantDict::new(Some(&difference.to_cached()));
        for (key, kind) in [
            ("added", "a(usss)"),
            ("removed", "a(usss)"),
            ("upgraded", "a(us(ss)(ss))"),
            ("downgraded", "a(us(ss)(ss))"),
        ] {
            assert_eq!(cached.lookup_value(key, None).unwrap().type_().as_str(), kind);
        }
    }
}
