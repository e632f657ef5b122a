// SPDX-License-Identifier: GPL-3.0-or-later
//! What this computer tells before a switch; one file per kind of fact. Nothing is changed, and nothing is kept.

mod boot_room;
mod published;
mod refusal;
mod scratch_folder;
mod scratch_repo;
mod tree;

use std::path::PathBuf;

use isotope_model::{
    Deployment, HostFacts, ImageReference, Processor, Refusal, Snapshot, TreeFacts, Trust, resolve_image,
};
use ostree::{Repo, Sysroot};

use self::published::Found;
use self::tree::Here;
use crate::authority;
use crate::container_policy;
use crate::deployment_reader;
use crate::failure::Failure;
use crate::free_space::{self, SYSROOT};
use crate::ostree_backend::commit_tree::CommitTree;
use crate::ostree_backend::kernel_files::KernelFiles;
use crate::ostree_backend::pull::Source;
use crate::session::Session;
use crate::sysroot;

/// Gathers what there is to know of a switch to an image; without one, of what is staged.
///
/// # Errors
/// [`Refusal::MalformedReference`], [`Refusal::NothingStaged`]; the host cannot be read; a cancel. Whatever else cannot be
/// known is left out.
pub(crate) fn gather(session: &Session<'_>, image: Option<&str>) -> Result<HostFacts, Failure> {
    let snapshot = sysroot::read_snapshot()?;
    let sysroot = if snapshot.host.composefs { None } else { Some(sysroot::open()?) };
    let repo = sysroot.as_ref().map(Sysroot::repo);
    session.check_state(&snapshot, repo.as_ref())?;
    let host = Host { session, snapshot: &snapshot, sysroot, repo };
    let facts = match image {
        Some(text) => host.of_image(text)?,
        None => host.of_staged()?,
    };
    session.require_not_cancelled()?;
    Ok(facts)
}

/// What facts are gathered from.
struct Host<'s> {
    session: &'s Session<'s>,
    snapshot: &'s Snapshot,
    /// There is none where the deployments are composefs images.
    sysroot: Option<Sysroot>,
    repo: Option<Repo>,
}

impl Host<'_> {
    fn of_image(&self, text: &str) -> Result<HostFacts, Failure> {
        let image = resolve_image(self.snapshot, text)?;
        let refusal = refusal::of(self.session, self.snapshot, text, &image, self.repo.as_ref())?;
        let (found, unpublished) = match self.ask(&image, refusal.as_ref()) {
            Some(Ok(found)) => (Some(found), None),
            Some(Err(failure)) => match failure.into_refusal() {
                Refusal::Cancelled => return Err(Refusal::Cancelled.into()),
                refusal => (None, Some(refusal)),
            },
            None => (None, None),
        };
        let kernel = found.as_ref().and_then(|found| found.kernel.clone());
        let boot = self.sysroot.as_ref().and_then(|sysroot| boot_room::read(sysroot, self.snapshot, &image, kernel));
        let tree = match (&found, self.sysroot.as_ref()) {
            (Some(Found { commit, tree: Some(tree), .. }), Some(_)) => self.tree(tree, commit.checksum.clone()),
            (None, Some(_)) => deployed(self.snapshot, &image).and_then(|deployment| self.tree_of(deployment)),
            _ => None,
        };
        let published = found.map(|found| found.commit);
        Ok(HostFacts { refusal, published, unpublished, boot, tree, ..self.plain(image) })
    }

    fn of_staged(&self) -> Result<HostFacts, Failure> {
        let staged = self.snapshot.staged().ok_or(Refusal::NothingStaged)?;
        let image = staged.image.clone().unwrap_or(ImageReference::Unknown);
        let kernel = self.repo.as_ref().and_then(|repo| KernelFiles::of(repo, staged.id.checksum()));
        let boot = self.sysroot.as_ref().and_then(|sysroot| boot_room::read(sysroot, self.snapshot, &image, kernel));
        Ok(HostFacts { boot, tree: self.tree_of(staged), ..self.plain(image) })
    }

    /// What needs no look at the image.
    fn plain(&self, image: ImageReference) -> HostFacts {
        let image_of = |one: Option<&Deployment>| one.and_then(|one| one.image.clone());
        let mut present = [image_of(self.snapshot.staged()), image_of(self.snapshot.booted())].into_iter().flatten();
        let followed = present.next();
        let runs = present.next().filter(|runs| Some(runs) != followed.as_ref());
        let cpu = std::fs::read_to_string("/proc/cpuinfo").ok();
        HostFacts {
            trust: self.trust(&image),
            present: followed.iter().chain(&runs).map(|image| self.trust(image)).collect(),
            processor: cpu.as_deref().and_then(Processor::of_cpuinfo),
            system: free_space::of(SYSROOT).ok(),
            ..HostFacts::unknown(image)
        }
    }

    fn trust(&self, image: &ImageReference) -> Trust {
        container_policy::trust(image, self.repo.as_ref())
    }

    /// Asks the remote of an image that could be followed; nothing where there is none.
    fn ask(&self, image: &ImageReference, refusal: Option<&Refusal>) -> Option<Result<Found, Failure>> {
        let (ImageReference::Ostree { remote, branch }, Some(system)) = (image, &self.repo) else { return None };
        if refusal.is_some_and(refusal::is_final) {
            return None;
        }
        let source = Source { remote: remote.clone(), branch: branch.clone() };
        Some(published::ask(system, &source, self.session.cancellable()))
    }

    fn tree_of(&self, deployment: &Deployment) -> Option<TreeFacts> {
        let tree = CommitTree::of_commit(self.repo.as_ref()?, deployment.id.checksum());
        let tree = tree.inspect_err(|error| tracing::warn!("{}: {error:#}", deployment.id)).ok()?;
        self.tree(&tree, deployment.image_checksum().to_owned())
    }

    fn tree(&self, target: &CommitTree, image_checksum: String) -> Option<TreeFacts> {
        let facts = self.here().and_then(|here| tree::facts(&here, target, image_checksum, self.session.cancellable()));
        facts.inspect_err(|error| tracing::warn!("the content of the image is not compared: {error:#}")).ok()
    }

    fn here(&self) -> anyhow::Result<Here> {
        let (Some(sysroot), Some(repo)) = (&self.sysroot, &self.repo) else { anyhow::bail!("no sysroot") };
        let Some(booted) = sysroot.booted_deployment() else { anyhow::bail!("no booted deployment") };
        let asks = self.session.request.caller.as_ref();
        let user = asks.map(|caller| self.session.runtime.block_on(authority::user(&self.session.bus, caller)));
        Ok(Here {
            image: CommitTree::of_commit(repo, &booted.csum())?,
            image_etc: deployment_reader::directory(sysroot, &booted).join("usr/etc"),
            etc: PathBuf::from("/etc"),
            everything: matches!(user, Some(Ok(0))),
        })
    }
}

/// The newest deployment of a container image, the staged one first. Of an OSTree branch there is none: what it has now only
/// its remote can tell.
fn deployed<'s>(snapshot: &'s Snapshot, image: &ImageReference) -> Option<&'s Deployment> {
    let wanted = image.container()?;
    let follows = |deployment: &&Deployment| {
        let follows = deployment.image.as_ref().and_then(ImageReference::container);
        follows.is_some_and(|follows| follows.image() == wanted.image())
    };
    let newer = |one: &'s Deployment, other: &'s Deployment| if other.built > one.built { other } else { one };
    snapshot.staged().filter(follows).or_else(|| snapshot.written().filter(follows).reduce(newer))
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentId;

    use super::*;

    #[test]
    fn of_a_container_image_the_newest_deployment_counts_and_of_a_branch_none() {
        let container = |reference: &str| ImageReference::Container { reference: reference.into() };
        let (kde, checked) =
            ("ostree-unverified-registry:example.org/kde:1", "ostree-image-signed:registry:example.org/kde:1");
        let deployment = |digit: &str, image: ImageReference, built: Option<u64>| Deployment {
            image: Some(image),
            built,
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        };
        let branch = ImageReference::from_refspec("r:kde").unwrap();
        let mut snapshot = Snapshot {
            deployments: vec![
                deployment("1", container("ostree-unverified-registry:example.org/gnome:1"), Some(9)),
                deployment("2", container(kde), None),
                deployment("3", container(kde), Some(2)),
                deployment("4", container(checked), Some(3)),
                deployment("5", container(kde), Some(3)),
                deployment("6", branch.clone(), Some(9)),
            ],
            ..Snapshot::default()
        };
        let found = |snapshot: &Snapshot, image: &ImageReference| {
            deployed(snapshot, image).map(|found| found.id.checksum()[..1].to_owned())
        };
        assert_eq!(found(&snapshot, &container(kde)).as_deref(), Some("4"), "whoever checks it, it is the same");
        assert_eq!(found(&snapshot, &container("ostree-unverified-registry:example.org/kde:2")), None);
        assert_eq!(found(&snapshot, &branch), None);
        let staged = Deployment { staged: true, ..deployment("7", container(kde), Some(1)) };
        snapshot.deployments.insert(0, staged);
        assert_eq!(found(&snapshot, &container(kde)).as_deref(), Some("7"));
    }
}
