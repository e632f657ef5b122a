// SPDX-License-Identifier: GPL-3.0-or-later
//! What the repository keeps of container images: a ref for each image that was pulled, and one for each of its layers.
//! bootc and rpm-ostree remove what nothing needs with their next update; this does it when a person asks for it.
//!
//! Source: `container/store.rs` of ostree-ext.

use std::collections::HashSet;

use anyhow::Context as _;
use isotope_model::{ContainerReference, Deployment, ImageReference, Snapshot, is_digest};
use ostree::{Repo, gio};

use super::merge_commit;
use crate::ostree_backend::refs::{IMAGES, LAYERS, LocalRef, Refs};

/// The commit of an image that was pulled, deployed or not.
pub(crate) fn pulled<'r>(refs: &'r Refs, image: &ContainerReference) -> Option<&'r str> {
    let found = refs.images.iter().find(|stored| is_ref_of(&stored.name, image));
    found.map(|stored| stored.checksum.as_str())
}

fn is_ref_of(name: &str, image: &ContainerReference) -> bool {
    let expected = match image.digest() {
        // bootc leaves out a tag that a digest makes meaningless.
        Some(digest) => image.image().replace(image.name(), &format!("{}@{digest}", image.repository())),
        None => image.image(),
    };
    name.strip_prefix(IMAGES).and_then(unescape) == Some(expected)
}

/// The digest of the layer that a ref keeps.
pub(crate) fn layer_digest(name: &str) -> Option<String> {
    name.strip_prefix(LAYERS).and_then(unescape).filter(|digest| is_digest(digest))
}

/// The name of an image from that of its ref, where letters that a ref cannot have stand as `_HEX_`, and `__` for `_`.
/// Source: ostree-ext's `refescape.rs`.
fn unescape(name: &str) -> Option<String> {
    let mut parts = name.split('_');
    let mut image = parts.next()?.to_owned();
    while let Some(escaped) = parts.next() {
        match escaped {
            "" => image.push('_'),
            digits => image.push(char::from_u32(u32::from_str_radix(digits, 16).ok()?)?),
        }
        image.push_str(parts.next()?);
    }
    Some(image)
}

/// The names of the refs that keep the layers of the image that a commit was made from.
pub(crate) fn layers_of(repo: &Repo, checksum: &str) -> HashSet<String> {
    let image = merge_commit::of_commit(repo, checksum).ok().flatten().unwrap_or_default();
    image.layers.iter().map(merge_commit::Layer::ref_name).collect()
}

/// Forgets the images that are not deployed, and the layers that no deployed image has. With `only` just what the image of
/// that commit had. The ref of an image that is followed goes back to the newest deployment of it: bootc looks for one. The
/// caller prunes.
///
/// # Errors
/// The repository cannot be written.
pub(crate) fn forget(repo: &Repo, refs: &Refs, snapshot: &Snapshot, only: Option<&str>) -> anyhow::Result<()> {
    let checksums: HashSet<&str> = snapshot.deployments.iter().map(Deployment::image_commit).collect();
    let needed: HashSet<String> = checksums.iter().flat_map(|checksum| layers_of(repo, checksum)).collect();
    let candidates = only.map(|checksum| layers_of(repo, checksum));
    let images = refs.images.iter().filter(|image| {
        !checksums.contains(image.checksum.as_str()) && only.is_none_or(|checksum| image.checksum == checksum)
    });
    let layers = refs.layers.iter().filter(|layer| {
        !needed.contains(&layer.name) && candidates.as_ref().is_none_or(|names| names.contains(&layer.name))
    });
    let set = |name: &str, checksum: Option<&str>| {
        let written = repo.set_ref_immediate(None, name, checksum, gio::Cancellable::NONE);
        written.with_context(|| format!("writing the ref {name}"))
    };
    // Images first: what is interrupted here leaves layers that the next time finds, and no image without its layers.
    for LocalRef { name, .. } in images {
        set(name, newest_of(snapshot, name))?;
    }
    for LocalRef { name, .. } in layers {
        set(name, None)?;
    }
    Ok(())
}

/// The commit of the first deployment, in boot order, that follows the image of a ref.
fn newest_of<'s>(snapshot: &'s Snapshot, name: &str) -> Option<&'s str> {
    let follows = |deployment: &&Deployment| {
        let image = deployment.image.as_ref().and_then(ImageReference::container);
        image.is_some_and(|image| is_ref_of(name, &image))
    };
    snapshot.deployments.iter().find(follows).map(Deployment::image_commit)
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentId;

    use super::*;

    fn refs(names: &[&str]) -> Refs {
        let images =
            names.iter().map(|name| LocalRef { name: format!("{IMAGES}{name}"), checksum: name.to_uppercase() });
        Refs { images: images.collect(), ..Refs::default() }
    }

    #[test]
    fn a_pulled_image_is_found_by_its_name() {
        let stored = "docker_3A__2F__2F_127_2E_0_2E_0_2E_1_3A_5000/lab/a__gnome_3A_stable";
        let refs = refs(&["docker_3A__2F__2F_quay_2E_io/o/kde_3A_10", stored]);
        let found = |text: &str| pulled(&refs, &ContainerReference::from_origin(text).unwrap()).map(str::to_owned);
        let expected = Some(stored.to_uppercase());
        assert_eq!(found("ostree-unverified-registry:127.0.0.1:5000/lab/a_gnome:stable"), expected);
        assert_eq!(found("ostree-image-signed:docker://127.0.0.1:5000/lab/a_gnome:stable"), expected);
        assert_eq!(found("ostree-unverified-registry:127.0.0.1:5000/lab/a_gnome:testing"), None);
    }

    #[test]
    fn the_digest_of_a_layer_is_in_the_name_of_its_ref() {
        let digest = format!("sha256:{}", "1".repeat(64));
        let layer = merge_commit::Layer { digest: digest.clone(), bytes: 1 };
        assert_eq!(layer_digest(&layer.ref_name()), Some(digest));
        for name in ["ostree/container/blob/sha256_3A_1", "ostree/container/image/x", "ostree/container/blob/_Z_"] {
            assert_eq!(layer_digest(name), None, "{name}");
        }
    }

    #[test]
    fn the_ref_of_a_followed_image_goes_back_to_its_first_deployment() {
        let deployment = |digit: &str, image: &str| Deployment {
            image: Some(ImageReference::Container { reference: format!("ostree-unverified-registry:q.io/o/{image}") }),
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        };
        let deployments = vec![deployment("1", "kde"), deployment("2", "gnome"), deployment("3", "gnome")];
        let snapshot = Snapshot { deployments, ..Snapshot::default() };
        let of = |image: &str| newest_of(&snapshot, &format!("{IMAGES}docker_3A__2F__2F_q_2E_io/o/{image}"));
        assert_eq!(of("gnome"), Some("2".repeat(64).as_str()));
        assert_eq!(of("xfce"), None);
    }

    #[test]
    fn what_is_no_name_of_an_image_is_none() {
        for name in ["a_", "a_zz_b", "a_110000_b", "a_3A"] {
            assert_eq!(unescape(name), None, "{name}");
        }
        assert_eq!(unescape("plain").as_deref(), Some("plain"));
    }
}
