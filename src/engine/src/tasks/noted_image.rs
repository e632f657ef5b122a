// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ContainerReference, Deployment, ImageReference, Snapshot, followed_deployment};

use crate::bootc_backend::merge_commit::{self, ImageFacts};
use crate::bootc_backend::stored_images;
use crate::ostree_backend::refs::Refs;

/// What checks have noted of this very image and of no other, the last one first: at the commit that was pulled last for it,
/// and at those of deployments that follow it.
pub(super) fn noted_of(
    repo: &ostree::Repo,
    refs: &Refs,
    before: &Snapshot,
    container: &ContainerReference,
) -> Vec<ImageFacts> {
    let commits = commits_of(refs, before, container);
    let noted = commits.iter().filter_map(|commit| merge_commit::cached_update(repo, commit).ok().flatten());
    noted.filter(|facts| facts.digest.is_some()).collect()
}

fn commits_of<'s>(refs: &'s Refs, before: &'s Snapshot, container: &ContainerReference) -> Vec<&'s str> {
    let follows = |deployment: &&Deployment| {
        let image = deployment.image.as_ref().and_then(ImageReference::container);
        image.is_some_and(|image| image.image() == container.image())
    };
    let deployed = [followed_deployment(before), before.booted()].into_iter().flatten().filter(follows);
    stored_images::pulled(refs, container).into_iter().chain(deployed.map(Deployment::image_commit)).collect()
}

#[cfg(test)]
mod tests {
    use isotope_model::{Backend, DeploymentId, Host};

    use super::*;
    use crate::ostree_backend::refs::{IMAGES, LocalRef};

    #[test]
    fn what_was_noted_of_another_image_is_not_looked_at() {
        let reference = |name: &str| format!("ostree-unverified-registry:q.io/o/{name}");
        let deployment = |digit: &str, name: &str| Deployment {
            image: Some(ImageReference::Container { reference: reference(name) }),
            base_checksum: Some(format!("base{digit}")),
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        };
        let queued = deployment("2", "gnome");
        let booted = Deployment { booted: true, ..deployment("1", "kde") };
        let host = Host { backend: Backend::RpmOstree, ..Host::default() };
        let before = Snapshot { host, deployments: vec![queued, booted], ..Snapshot::default() };
        let stored = |name: &str| LocalRef {
            name: format!("{IMAGES}docker_3A__2F__2F_q_2E_io/o/{name}"),
            checksum: name.to_uppercase(),
        };
        let refs = Refs { images: ["xfce", "gnome", "kde"].map(stored).into(), ..Refs::default() };
        let commits = |text: &str| {
            let container = ContainerReference::from_origin(text).unwrap();
            commits_of(&refs, &before, &container).join(" ")
        };
        assert_eq!(commits(&reference("gnome")), "GNOME base2");
        assert_eq!(commits("ostree-image-signed:docker://q.io/o/kde"), "KDE base1");
        assert_eq!(commits(&reference("xfce")), "XFCE");
        assert_eq!(commits(&reference("cosmic")), "");
    }
}
