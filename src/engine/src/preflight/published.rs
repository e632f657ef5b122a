// SPDX-License-Identifier: GPL-3.0-or-later
//! What an OSTree remote tells of a branch, and as much of its content as shows what it means for this computer.

pub(super) mod budget;
#[cfg(test)]
mod tests;

use isotope_model::{PublishedCommit, Refusal};
use ostree::glib::VariantDict;
use ostree::{Repo, gio};

use self::budget::{Allowance, Budget};
use super::scratch_repo::ScratchRepo;
use super::tree::{NAMES_NEEDED, NEEDED};
use crate::failure::Failure;
use crate::foreign_text::shown;
use crate::ostree_backend::commit::CommitFacts;
use crate::ostree_backend::commit_tree::{CommitTree, Node};
use crate::ostree_backend::download_size;
use crate::ostree_backend::kernel_files::{KernelFiles, MODULES};
use crate::ostree_backend::pull::{Source, fetch_commit, fetch_folders};

/// A folder of this name is in no image. To fetch it is to fetch the names beside it, and nothing that is in them.
const NOTHING: &str = ".isotope-preflight";
/// Kernels were kept here once, and libostree still looks. Source: its `ostree-sysroot-deploy.c`.
const OLD_PLACES: [&str; 2] = ["usr/lib/ostree-boot", "boot"];
/// The most kernels of a commit that are looked at.
const MOST_KERNELS: usize = 8;
/// The longest foreign text that is told, in characters.
const LONGEST: usize = 40;

/// What was found.
#[derive(Debug)]
pub(super) struct Found {
    /// What the remote tells.
    pub(super) commit: PublishedCommit,
    /// The kernel, if it is known.
    pub(super) kernel: Option<KernelFiles>,
    /// The content that was fetched, as far as that is needed; nothing where it could not be.
    pub(super) tree: Option<CommitTree>,
    /// Has the content.
    _repo: ScratchRepo,
}

/// Asks the remote. `system` is not written to.
///
/// # Errors
/// The network, the signature, the disk, a cancel.
pub(super) fn ask(system: &Repo, source: &Source, cancellable: &gio::Cancellable) -> Result<Found, Failure> {
    let budget = Budget::begin(Allowance::default(), cancellable)?;
    let scratch = ScratchRepo::beside(system, budget.cancellable());
    look(scratch.map_err(|error| budget.explained(Failure::from(error).into_refusal()))?, source, &budget)
}

fn look(scratch: ScratchRepo, source: &Source, budget: &Budget) -> Result<Found, Failure> {
    let (repo, cancellable) = (scratch.repo(), budget.cancellable());
    let checksum = fetch_commit(repo, source, cancellable).map_err(|refusal| budget.explained(refusal))?;
    let CommitFacts { version, built } = CommitFacts::load(repo, &checksum)?;
    let mut commit = PublishedCommit {
        version,
        built,
        architecture: metadata::<String>(repo, &checksum, "ostree.architecture").map(|name| shown(&name, LONGEST)),
        // Before anything of it is here.
        download_bytes: download_size::of_pull(repo, source, &checksum, cancellable),
        unpacked_bytes: download_size::unpacked(repo, &checksum, cancellable),
        bootable: None,
        checksum,
    };
    let fetch = |folders: &[String]| {
        let rest = budget.rest(&scratch)?;
        let fetched = fetch_folders(repo, source, &commit.checksum, folders, rest, cancellable);
        // libostree tells how far it is once a second only.
        fetched.map_err(|refusal| budget.explained(refusal)).and_then(|()| budget.rest(&scratch).map(drop))
    };
    let tree = match is_here(fetch(&content()))? {
        true => Some(CommitTree::of_commit(repo, &commit.checksum)?),
        false => None,
    };
    if let Some(kernels) = tree.as_ref().map(kernels).filter(|kernels| !kernels.is_empty()) {
        is_here(fetch(&kernels))?;
    }
    let kernel = KernelFiles::of_folders(repo, &commit.checksum);
    commit.bootable = tree.as_ref().and_then(is_bootable).or_else(|| {
        let said = metadata::<bool>(repo, &commit.checksum, "ostree.bootable");
        said.filter(|bootable| *bootable)
    });
    Ok(Found { commit, kernel, tree, _repo: scratch })
}

/// What tells of login screens, users, configuration, and where kernels are.
fn content() -> Vec<String> {
    let names = NAMES_NEEDED.into_iter().chain(OLD_PLACES).chain([MODULES]).map(names_in);
    NEEDED.iter().map(|path| format!("/{path}")).chain(names).collect()
}

/// What tells which files the kernels are.
fn kernels(tree: &CommitTree) -> Vec<String> {
    let versions = tree.list(MODULES).unwrap_or_default();
    let folders = versions.iter().filter(|(_, node)| matches!(node, Node::Folder(_))).take(MOST_KERNELS);
    folders.map(|(version, _)| names_in(&format!("{MODULES}/{version}"))).collect()
}

fn names_in(folder: &str) -> String {
    format!("/{folder}/{NOTHING}")
}

/// What cannot be fetched stays unknown.
///
/// # Errors
/// A cancel.
fn is_here(fetched: Result<(), Refusal>) -> Result<bool, Refusal> {
    match fetched {
        Ok(()) => Ok(true),
        Err(Refusal::Cancelled) => Err(Refusal::Cancelled),
        Err(refusal) => {
            tracing::warn!("what an image contains stays unknown: {refusal:?}");
            Ok(false)
        }
    }
}

/// The content has a kernel; nothing where that cannot be told.
fn is_bootable(tree: &CommitTree) -> Option<bool> {
    let versions = tree.list(MODULES).ok()?;
    let mut unknown = versions.len() > MOST_KERNELS;
    for node in versions.values().take(MOST_KERNELS) {
        let Node::Folder(version) = node else { continue };
        match tree.children(version) {
            Ok(children) if children.contains_key("vmlinuz") => return Some(true),
            Ok(_) => {}
            Err(_) => unknown = true,
        }
    }
    let old = OLD_PLACES.iter().map(|place| tree.list(place).ok());
    let old: Option<Vec<_>> = old.collect();
    let has_old = old?.iter().any(|children| children.keys().any(|name| name.starts_with("vmlinuz")));
    if unknown && !has_old { None } else { Some(has_old) }
}

/// What a commit says of itself.
fn metadata<T: ostree::glib::variant::FromVariant>(repo: &Repo, checksum: &str, key: &str) -> Option<T> {
    let (commit, _) = repo.load_commit(checksum).ok()?;
    // The type is (a{sv}aya(say)sstayay): metadata first.
    VariantDict::new(Some(&commit.try_child_value(0)?)).lookup::<T>(key).ok().flatten()
}
