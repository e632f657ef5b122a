// SPDX-License-Identifier: GPL-3.0-or-later
//! What each deployment takes for itself, and what nothing needs. Files of deployments are hard links to objects of the
//! repository, so it is objects that are counted: each by the number of deployments that reach it.

use std::collections::HashMap;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use isotope_model::{Backend, DeploymentUsage, DiskUsage, StateToken};
use ostree::{Deployment, ObjectName, ObjectType, Repo, Sysroot, gio};

use crate::bootc_backend::stored_images;
use crate::deployment_reader;
use crate::failure::Failure;
use crate::free_space::{self, BOOT, SYSROOT};
use crate::ostree_backend::refs;
use crate::ostree_backend::room::{blocks, bytes_in, folder_name};
use crate::readings::leftovers;
use crate::sysroot;

const OBJECTS: &str = "/sysroot/ostree/repo/objects";
/// Every object, loose or packed. Source: `OstreeRepoListObjectsFlags` in libostree's `ostree-repo.h`.
const ALL: u32 = 1 << 2;

/// Adds everything up.
///
/// # Errors
/// The sysroot or its repository cannot be read.
pub(crate) fn read() -> Result<DiskUsage, Failure> {
    let sysroot = sysroot::open()?;
    let system = free_space::of(SYSROOT).context(SYSROOT)?;
    let boot = if free_space::boot_is_separate() { free_space::of(BOOT).ok() } else { None };
    let snapshot = sysroot::snapshot_of(&sysroot)?;
    let deployments = sysroot.deployments();
    let owners = Owners::of(&sysroot.repo(), &deployments, snapshot.host.backend)?;
    let own = owners.own_bytes();
    let usage = deployments.iter().enumerate().map(|(index, deployment)| {
        let objects = own.get(&index).copied().unwrap_or_default();
        Ok(DeploymentUsage {
            id: deployment_reader::id(deployment)?,
            own_bytes: objects.saturating_add(checkout_bytes(&sysroot, deployment)),
            boot_bytes: boot_bytes(&deployments, deployment),
        })
    });
    let deployments = usage.collect::<anyhow::Result<Vec<_>>>()?;
    let clean_up_bytes = owners.unneeded_bytes(&sysroot.repo())?.saturating_add(leftovers::bytes(&sysroot));
    Ok(DiskUsage { token: StateToken::of(&snapshot.deployments), deployments, clean_up_bytes, system, boot })
}

/// Which deployments reach an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    /// One, by its place in the list.
    One(usize),
    /// Several, or something that stays when a deployment goes.
    Many,
    /// Only a branch that a clean-up forgets. With a deployment besides, removing that one frees nothing.
    Forgettable,
}

impl Owner {
    /// Who has what this one and another one reach.
    fn and(self, other: Self) -> Self {
        if self == other { self } else { Self::Many }
    }
}

#[derive(Debug)]
struct Owners {
    of: HashMap<ObjectName, Owner>,
}

impl Owners {
    fn of(repo: &Repo, deployments: &[Deployment], backend: Backend) -> anyhow::Result<Self> {
        let mut owners = Self { of: HashMap::new() };
        let mut places: HashMap<String, Owner> = HashMap::new();
        for (index, deployment) in deployments.iter().enumerate() {
            let owner = places.entry(deployment.csum().to_string()).or_insert(Owner::One(index));
            // Two deployments of one commit: neither frees it.
            *owner = if *owner == Owner::One(index) { *owner } else { Owner::Many };
        }
        let layers: Vec<_> =
            places.iter().map(|(commit, owner)| (stored_images::layers_of(repo, commit), *owner)).collect();
        let refs = refs::read(repo)?;
        for found in &refs.remote {
            let forgettable = refs::may_forget(backend) && refs::is_system(repo, &found.checksum);
            let owner = if forgettable { Owner::Forgettable } else { Owner::Many };
            places.entry(found.checksum.clone()).or_insert(owner);
        }
        if matches!(backend, Backend::Bootc | Backend::RpmOstree) {
            let users = |name: &str| {
                let mut users = layers.iter().filter(|(names, _)| names.contains(name)).map(|(_, owner)| *owner);
                let first = users.next().unwrap_or(Owner::Forgettable);
                if users.any(|other| other != first) { Owner::Many } else { first }
            };
            for layer in refs.layers {
                let owner = users(&layer.name);
                places.entry(layer.checksum).and_modify(|known| *known = known.and(owner)).or_insert(owner);
            }
            for image in refs.images {
                places.entry(image.checksum).or_insert(Owner::Forgettable);
            }
        } else {
            let stay = refs.layers.into_iter().chain(refs.images).map(|kept| kept.checksum);
            places.extend(stay.map(|checksum| (checksum, Owner::Many)));
        }
        for checksum in refs.local {
            places.insert(checksum, Owner::Many);
        }
        for (checksum, owner) in &places {
            owners.add(repo, checksum, *owner)?;
        }
        Ok(owners)
    }

    fn add(&mut self, repo: &Repo, checksum: &str, owner: Owner) -> anyhow::Result<()> {
        let reached = repo.traverse_commit(checksum, 0, gio::Cancellable::NONE);
        for object in reached.with_context(|| format!("the objects of {checksum}"))? {
            self.of.entry(object).and_modify(|known| *known = known.and(owner)).or_insert(owner);
        }
        Ok(())
    }

    /// What each deployment alone reaches, in bytes, by its place in the list.
    fn own_bytes(&self) -> HashMap<usize, u64> {
        let mut own: HashMap<usize, u64> = HashMap::new();
        for (object, owner) in &self.of {
            if let Owner::One(index) = owner {
                let bytes = own.entry(*index).or_default();
                *bytes = bytes.saturating_add(object_bytes(object));
            }
        }
        own
    }

    /// Objects that no deployment needs and no branch that stays.
    fn unneeded_bytes(&self, repo: &Repo) -> anyhow::Result<u64> {
        let all = repo.list_objects(ALL, gio::Cancellable::NONE).context("listing objects")?;
        let needed = |object: &&ObjectName| self.of.get(object).is_some_and(|owner| *owner != Owner::Forgettable);
        let unneeded = all.keys().filter(|object| !needed(object));
        Ok(unneeded.map(object_bytes).fold(0, u64::saturating_add))
    }
}

/// What an object takes on disk.
fn object_bytes(object: &ObjectName) -> u64 {
    let kind = match object.object_type() {
        ObjectType::File => "file",
        ObjectType::DirTree => "dirtree",
        ObjectType::DirMeta => "dirmeta",
        ObjectType::Commit => "commit",
        _ => return 0,
    };
    let Some((folder, rest)) = object.checksum().split_at_checked(2) else { return 0 };
    let path = |kind: &str| Path::new(OBJECTS).join(folder).join(format!("{rest}.{kind}"));
    let detached = if kind == "commit" { blocks(&path("commitmeta")) } else { 0 };
    blocks(&path(kind)).saturating_add(detached)
}

/// What a deployment takes besides objects: its folders, and files that are no links to objects, such as its /etc.
fn checkout_bytes(sysroot: &Sysroot, deployment: &Deployment) -> u64 {
    let directory = deployment_reader::directory(sysroot, deployment);
    let mut origin = directory.clone().into_os_string();
    origin.push(".origin");
    let device = fs::symlink_metadata(&directory).map(|metadata| metadata.dev()).unwrap_or_default();
    unlinked_bytes(&directory, device).saturating_add(blocks(&PathBuf::from(origin)))
}

/// What the files of one file system take below a path, but for those that are links to objects.
pub(super) fn unlinked_bytes(path: &Path, device: u64) -> u64 {
    let Ok(metadata) = fs::symlink_metadata(path) else { return 0 };
    if metadata.dev() != device {
        return 0;
    }
    let own = metadata.blocks().saturating_mul(512);
    if !metadata.is_dir() {
        return if metadata.nlink() == 1 { own } else { 0 };
    }
    let children = fs::read_dir(path).into_iter().flatten().flatten();
    children.map(|child| unlinked_bytes(&child.path(), device)).fold(own, u64::saturating_add)
}

/// The kernel of a deployment in /boot, where no other deployment uses it.
fn boot_bytes(deployments: &[Deployment], deployment: &Deployment) -> u64 {
    let name = folder_name(deployment);
    let users = deployments.iter().filter(|other| folder_name(other) == name).count();
    if deployment.is_staged() || users > 1 {
        return 0;
    }
    bytes_in(&Path::new(BOOT).join("ostree").join(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_links_to_objects_are_not_counted_twice() {
        let folder = tempfile::tempdir().unwrap();
        let (object, checkout) = (folder.path().join("object"), folder.path().join("checkout"));
        fs::write(&object, vec![1; 50_000]).unwrap();
        fs::create_dir(&checkout).unwrap();
        let device = fs::symlink_metadata(&checkout).unwrap().dev();
        let empty = unlinked_bytes(&checkout, device);
        fs::hard_link(&object, checkout.join("linked")).unwrap();
        assert_eq!(unlinked_bytes(&checkout, device), empty);
        fs::write(checkout.join("own"), vec![1; 50_000]).unwrap();
        assert!(unlinked_bytes(&checkout, device) >= empty + 50_000);
        assert_eq!(unlinked_bytes(&checkout, device + 1), 0, "another file system is not counted");
    }
}
