// SPDX-License-Identifier: GPL-3.0-or-later
//! Laying packages over a base: a commit of its own, whose parent is the base.

use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use ostree::glib::VariantDict;
use ostree::glib::prelude::Cast;
use ostree::{
    MutableTree, Repo, RepoCheckoutAtOptions, RepoCheckoutMode, RepoCommitModifier, RepoCommitModifierFlags,
    RepoDevInoCache, RepoFile, gio,
};

use crate::commits::{CLIENT_LAYER, Commit, LAYERED_PACKAGES};
use crate::packages::{self, Packages};
use crate::work::Setting;

/// As rpm-ostree 2026.2 writes it.
const CLIENT_LAYER_VERSION: u32 = 6;
/// Where a package leaves its file.
const FOLDER: &str = "usr/share/isotope-lab/layered";
/// The version that all packages of the lab have.
const VERSION: &str = "1.0-1";

/// The commit to deploy: the base, or one that is made from it.
pub(crate) fn assemble(setting: &Setting, base: &str, requested: &[String]) -> Result<String> {
    if requested.is_empty() {
        return Ok(base.to_owned());
    }
    let (repo, reporter) = (setting.repo(), &setting.reporter);
    reporter.task_begins(format!("Checking out tree {}", &base[..7]));
    let present = packages::of_commit(&repo, base);
    reporter.task_ends();
    let wanted = wanted(&present?, requested, setting)?;
    if wanted.is_empty() {
        return Ok(base.to_owned());
    }
    reporter.task_begins("Resolving dependencies");
    reporter.task_ends();
    reporter.count("Checking out packages", wanted.len());
    for step in ["Running pre scripts", "Running post scripts", "Running posttrans scripts"] {
        reporter.task_begins(step);
        reporter.task_ends();
    }
    reporter.task_begins("Writing rpmdb");
    let scratch = tempfile::tempdir_in(packages::scratch_folder(&repo)?)?;
    let installed = install(&repo, base, &wanted, scratch.path());
    reporter.task_ends();
    installed?;
    reporter.task_begins("Writing OSTree commit");
    let commit = write(&repo, base, &wanted, scratch.path());
    reporter.task_ends();
    commit
}

/// Without those that the base has.
fn wanted(present: &Packages, requested: &[String], setting: &Setting) -> Result<Vec<String>> {
    let plain = |name: &str| name.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c));
    let missing: Vec<&str> =
        requested.iter().map(String::as_str).filter(|name| name.starts_with("no-such-") || !plain(name)).collect();
    if !missing.is_empty() {
        bail!("Packages not found: {}", missing.join(", "));
    }
    let (inactive, wanted): (Vec<String>, Vec<String>) =
        requested.iter().cloned().partition(|name| present.contains_key(name));
    if !inactive.is_empty() {
        setting.reporter.message("Inactive requests:");
        for name in inactive {
            let (version, architecture) = &present[&name];
            setting.reporter.message(format!("  {name} (already provided by {name}-{version}.{architecture})"));
        }
    }
    Ok(wanted)
}

/// Makes the packages and installs them into a copy of the base's database.
fn install(repo: &Repo, base: &str, wanted: &[String], scratch: &Path) -> Result<()> {
    packages::check_out(repo, base, scratch)?;
    let mut files = Vec::new();
    for name in wanted {
        let (version, release) = VERSION.split_once('-').context("no version")?;
        let text = format!(
            "Name: {name}\nVersion: {version}\nRelease: {release}\nSummary: A package of the lab\nLicense: GPL-3.0-or-later\n\
             BuildArch: noarch\n%description\nLayered by the lab's stand-in for rpm-ostree.\n%files\n"
        );
        let specification = scratch.join(format!("{name}.spec"));
        std::fs::write(&specification, text)?;
        let mut build = Command::new("rpmbuild");
        build.args(["--quiet", "-bb"]).current_dir(scratch);
        for place in ["_topdir", "_rpmdir", "_builddir", "_tmppath"] {
            build.arg("--define").arg(format!("{place} {}", scratch.display()));
        }
        run(build.arg(&specification))?;
        files.push(scratch.join(format!("noarch/{name}-{VERSION}.noarch.rpm")));
    }
    let mut install = Command::new("rpm");
    install.arg("--dbpath").arg(scratch.join("rpm"));
    run(install.args(["--justdb", "--nodeps", "--noscripts", "--install"]).args(files))
}

fn run(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().with_context(|| format!("Running {name}"))?;
    ensure!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(())
}

/// The base's tree with the packages' files and their database, as a commit.
fn write(repo: &Repo, base: &str, wanted: &[String], scratch: &Path) -> Result<String> {
    let none = gio::Cancellable::NONE;
    let transaction = repo.auto_transaction(none)?;
    let known = RepoDevInoCache::new();
    let options = RepoCheckoutAtOptions {
        mode: RepoCheckoutMode::None,
        no_copy_fallback: true,
        force_copy_zerosized: true,
        devino_to_csum_cache: Some(known.clone()),
        ..RepoCheckoutAtOptions::default()
    };
    let folder = std::fs::File::open(scratch)?;
    repo.checkout_at(Some(&options), folder.as_raw_fd(), "root", base, none).context("Checking out the base")?;
    let root = scratch.join("root");
    let files = root.join(FOLDER);
    std::fs::create_dir_all(&files)?;
    for name in wanted {
        std::fs::write(files.join(name), format!("{name}-{VERSION}.noarch\n"))?;
    }
    let database = root.join(packages::DATABASE.trim_start_matches('/'));
    std::fs::remove_dir_all(&database)?;
    std::fs::rename(scratch.join("rpm"), &database)?;
    let modifier = RepoCommitModifier::new(RepoCommitModifierFlags::empty(), None);
    modifier.set_devino_cache(&known);
    let tree = MutableTree::new();
    repo.write_dfd_to_mtree(folder.as_raw_fd(), "root", &tree, Some(&modifier), none)?;
    let root = repo.write_mtree(&tree, none)?;
    let root = root.downcast::<RepoFile>().ok().context("The layered tree is no tree of the repository")?;
    let commit = repo.write_commit(Some(base), None, None, Some(&described(repo, base, wanted)?), &root, none)?;
    transaction.commit(none)?;
    Ok(commit.into())
}

fn described(repo: &Repo, base: &str, wanted: &[String]) -> Result<ostree::glib::Variant> {
    let metadata = VariantDict::new(None);
    metadata.insert(CLIENT_LAYER, true);
    metadata.insert("rpmostree.clientlayer_version", CLIENT_LAYER_VERSION);
    metadata.insert(LAYERED_PACKAGES, wanted.to_vec());
    metadata.insert("ostree.bootable", true);
    let base = Commit::load(repo, base)?;
    for key in ["ostree.linux", "version"] {
        if let Some(text) = base.text(key) {
            metadata.insert(key, text);
        }
    }
    Ok(metadata.end())
}
