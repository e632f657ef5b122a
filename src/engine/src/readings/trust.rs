// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ImageReference, Refusal, Snapshot, Trust, resolve_image};

use crate::container_policy;
use crate::failure::Failure;
use crate::sysroot;

/// Works out who vouches for an image: the one that a person wrote, or the one that is followed.
///
/// # Errors
/// [`Refusal::MalformedReference`]; no image is followed; the sysroot cannot be read.
pub(crate) fn read(text: Option<&str>) -> Result<Trust, Failure> {
    let snapshot = sysroot::read_snapshot()?;
    let image = match text {
        Some(text) => resolve_image(&snapshot, text)?,
        None => followed(&snapshot)?,
    };
    let repo = sysroot::open().ok().map(|sysroot| sysroot.repo());
    Ok(container_policy::trust(&image, repo.as_ref()))
}

/// What an update would follow, whoever would make it.
fn followed(snapshot: &Snapshot) -> Result<ImageReference, Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    let deployment = snapshot.staged().or(snapshot.booted()).ok_or(Refusal::NotBooted)?;
    deployment.image.clone().ok_or(Refusal::NoUpdateSource { reference: String::new() })
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, DeploymentId, Host, classify};

    use super::*;

    fn host(images: &[(&str, bool)]) -> Snapshot {
        let deployment = |(serial, (image, staged)): (usize, &(&str, bool))| Deployment {
            image: ImageReference::from_refspec(image).ok(),
            staged: *staged,
            booted: !*staged,
            ..Deployment::new(DeploymentId::new("os", "1".repeat(64), serial as u32))
        };
        let mut deployments: Vec<_> = images.iter().enumerate().map(deployment).collect();
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    #[test]
    fn what_is_staged_is_followed_and_else_what_runs() {
        let told = |snapshot: &Snapshot| match followed(snapshot) {
            Ok(image) => image.to_string(),
            Err(refusal) => refusal.code(),
        };
        assert_eq!(told(&host(&[("r:kde", true), ("r:gnome", false)])), "r:kde");
        assert_eq!(told(&host(&[("r:gnome", false)])), "r:gnome");
        assert_eq!(told(&host(&[("?", false)])), "no-update-source");
        assert_eq!(told(&host(&[])), "not-booted");
        assert_eq!(told(&Snapshot::default()), "not-image-based");
    }
}
