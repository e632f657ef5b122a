// SPDX-License-Identifier: GPL-3.0-or-later
//! What an image is, before anybody decides about it.

use isotope_model::engine_protocol::{Reply, Task};
use isotope_model::lookup_protocol::{LookupReply, LookupRequest, PublishedImage};
use isotope_model::{
    ContainerReference, Host, ImagePreview, ImageReference, Refusal, Snapshot, require_plausible_clock, resolve_image,
};

use crate::caller::Caller;
use crate::registry_question::stored_layers;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::{clock, lookup_link, polkit};

/// Asks the registry on a caller's behalf, and adds what the host says.
///
/// # Errors
/// The reference is none, or not of a registry; the caller may not, left, or wants another preview; what the registry
/// refuses.
pub(crate) async fn preview(
    state: &State,
    connection: &zbus::Connection,
    caller: &Caller,
    image: &str,
) -> Result<ImagePreview, ServiceError> {
    let snapshot = state.keeper().known_or_fresh().await?;
    let container = registry_image(&snapshot, image)?;
    let waiting = state.wait_for_authority(caller.uid)?;
    polkit::require(connection, caller, polkit::Action::Check).await?;
    let running = state.previews().begin(caller)?;
    drop(waiting);
    let preview = tokio::select! {
        preview = look(state, caller, &snapshot, container) => preview,
        () = caller.gone(connection) => Err(Refusal::Cancelled.into()),
        () = running.replaced() => Err(Refusal::Cancelled.into()),
    };
    drop(running);
    state.may_be_unused();
    preview
}

async fn look(
    state: &State,
    caller: &Caller,
    snapshot: &Snapshot,
    image: ContainerReference,
) -> Result<ImagePreview, ServiceError> {
    let task = Task::Trust { image: Some(image.to_string()) };
    let published = published(caller, snapshot, image).await?;
    let (trust, layers) = tokio::join!(state.readings().ask(state, caller, task), stored_layers());
    let layers = layers.inspect_err(|error| tracing::info!("the layers that are here: {error:#}")).ok();
    match trust? {
        Reply::Trust(trust) => Ok(ImagePreview::new(published, *trust, layers.as_deref())),
        other => Err(Refusal::WorkerLost { detail: format!("{other:?}") }.into()),
    }
}

/// What the registry tells of an image on a caller's behalf.
///
/// # Errors
/// What the registry refuses; the lookup was lost.
pub(crate) async fn published(
    caller: &Caller,
    snapshot: &Snapshot,
    image: ContainerReference,
) -> Result<PublishedImage, Refusal> {
    let anonymous = caller.uid != 0 && !is_of_a_known_vendor(snapshot, &image);
    match lookup_link::ask(&LookupRequest::Describe { image, anonymous }).await {
        Ok(LookupReply::Described(published)) => Ok(*published),
        Ok(LookupReply::Refused(refusal)) => Err(refusal),
        Ok(other) => Err(Refusal::WorkerLost { detail: format!("{other:?}") }),
        Err(error) => Err(Refusal::WorkerLost { detail: format!("{error:#}") }),
    }
}

fn registry_image(snapshot: &Snapshot, text: &str) -> Result<ContainerReference, Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    let container = resolve_image(snapshot, text)?.in_registry();
    let Host { backend, composefs, .. } = snapshot.host;
    let container = container.ok_or(Refusal::NotWithBackend { backend, composefs })?;
    require_plausible_clock(snapshot, clock::seconds_since_1970())?;
    Ok(container)
}

/// It lies beside an image that is installed here. Whoever may look for updates may use the credentials of this computer
/// for that, and not to read whatever else they open.
fn is_of_a_known_vendor(snapshot: &Snapshot, image: &ContainerReference) -> bool {
    let deployed = snapshot.deployments.iter().filter_map(|deployment| deployment.image.as_ref());
    let mut deployed = deployed.filter_map(ImageReference::in_registry);
    deployed.any(|known| namespace(&known) == namespace(image))
}

fn namespace(image: &ContainerReference) -> Option<&str> {
    image.repository().rsplit_once('/').map(|(namespace, _)| namespace)
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, DeploymentId};

    use super::*;

    fn registry(name: &str) -> ContainerReference {
        ContainerReference::from_origin(&format!("ostree-unverified-registry:{name}")).unwrap()
    }

    #[test]
    fn credentials_are_used_beside_what_is_installed_and_nowhere_else() {
        let deployment = |image: ImageReference| Deployment {
            image: Some(image),
            ..Deployment::new(DeploymentId::new("os", "1".repeat(64), 0))
        };
        let deployments = vec![
            deployment(ImageReference::from_refspec("r:b").unwrap()),
            deployment(ImageReference::from(&registry("quay.io/vendor/gnome:10"))),
        ];
        let snapshot = Snapshot { deployments, ..Snapshot::default() };
        let known = |name: &str| is_of_a_known_vendor(&snapshot, &registry(name));
        assert!(known("quay.io/vendor/gnome:11") && known("quay.io/vendor/kde"));
        for name in ["quay.io/other/gnome:10", "ghcr.io/vendor/gnome", "quay.io/vendor/deeper/kde", "quay.io/vendor"] {
            assert!(!known(name), "{name}");
        }
    }
}
