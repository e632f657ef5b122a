// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{
    ContainerReference, ImageReference, Outcome, Phase, Refusal, Snapshot, Transport, is_digest, update_source,
};

use super::super::source;
use super::once_alone;
use super::pull::Pull;
use crate::failure::Failure;
use crate::mount_namespace;
use crate::ostree_backend::{download_size, room, versions};
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;
use crate::sysroot;

/// Of a container image only a digest names a version.
///
/// # Errors
/// [`Refusal::VersionNotFound`].
pub(crate) fn require_digest(snapshot: &Snapshot, version: &str) -> Result<(), Refusal> {
    match update_source(snapshot)?.container() {
        Some(_) if !is_digest(version) => {
            Err(Refusal::VersionNotFound { version: version.chars().take(100).collect() })
        }
        _ => Ok(()),
    }
}

/// Downloads and stages a version of what is followed.
pub(crate) fn deploy(session: &Session<'_>, version: &str) -> Outcome {
    once_alone(session, |before| match update_source(before)? {
        branch @ ImageReference::Ostree { .. } => of_branch(session, before, branch, version),
        image => of_container(session, before, image, version),
    })
}

/// The version is looked up in the history of the branch. The next update goes on from the newest one again.
fn of_branch(
    session: &Session<'_>,
    before: &Snapshot,
    branch: &ImageReference,
    version: &str,
) -> Result<Option<Outcome>, Failure> {
    session.reporter.phase(Phase::Checking);
    mount_namespace::make_sysroot_writable()?;
    let repo = sysroot::open()?.repo();
    let source = source::of_image(branch)?;
    let offered = versions::list(&repo, &source, session.cancellable())?;
    let checksum = versions::choose(offered, version)?.checksum;
    require_another(before, &checksum)?;
    room::require_for_download(download_size::of_pull(&repo, &source, &checksum, session.cancellable()))?;
    session.require_not_cancelled()?;
    let (call, expected) = (Call::Deploy { revision: &checksum }, Some(checksum.as_str()));
    Pull { call, target: branch, expected, before, way_back: None }.make(session)
}

/// The new deployment follows the digest, until another switch.
fn of_container(
    session: &Session<'_>,
    before: &Snapshot,
    image: &ImageReference,
    version: &str,
) -> Result<Option<Outcome>, Failure> {
    require_digest(before, version)?;
    require_another(before, version)?;
    let not_found = || Refusal::VersionNotFound { version: version.to_owned() };
    let followed = image.container().filter(|image| image.transport() == Transport::Registry).ok_or_else(not_found)?;
    let name = format!("{}@{version}", followed.repository());
    let pinned = ContainerReference::new(followed.verification().clone(), Transport::Registry, &name);
    let target = ImageReference::from(&pinned.map_err(|_| not_found())?);
    session.reporter.phase(Phase::Checking);
    // What is named may be an index of images for several processors, whose digest no deployment has.
    let call = Call::Deploy { revision: version };
    Pull { call, target: &target, expected: None, before, way_back: None }.make(session)
}

fn require_another(before: &Snapshot, checksum: &str) -> Result<(), Refusal> {
    match before.next().filter(|next| next.image_checksum() == checksum) {
        Some(next) => Err(Refusal::AlreadyDefault { deployment: next.id.clone() }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Backend, Deployment, DeploymentId, Host};

    use super::*;

    #[test]
    fn a_version_of_a_container_image_is_a_digest() {
        let follows = |image: ImageReference| {
            let id = DeploymentId::new("os", "1".repeat(64), 0);
            let booted = Deployment { booted: true, image: Some(image), ..Deployment::new(id) };
            let host = Host { image_based: true, backend: Backend::RpmOstree, ..Host::default() };
            Snapshot { host, deployments: vec![booted], ..Snapshot::default() }
        };
        let container = follows(ImageReference::Container { reference: "ostree-unverified-registry:q.io/o:1".into() });
        assert!(require_digest(&container, &format!("sha256:{}", "a".repeat(64))).is_ok());
        assert_eq!(require_digest(&container, "43"), Err(Refusal::VersionNotFound { version: "43".into() }));
        let branch = follows(ImageReference::from_refspec("r:b").unwrap());
        assert!(require_digest(&branch, "43").is_ok());
    }
}
