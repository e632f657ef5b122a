// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{
    AvailableUpdate, ContainerReference, Deployment, ImageReference, Outcome, Phase, Refusal, Snapshot,
    followed_deployment, require_newer, update_source,
};
use ostree::gio;

use super::super::noted_image::noted_of;
use super::super::source;
use super::run::{End, Run};
use super::{daemon, once_alone};
use crate::bootc_backend::merge_commit::{self, ImageFacts};
use crate::bootc_backend::stored_images;
use crate::failure::Failure;
use crate::mount_namespace;
use crate::ostree_backend::commit::CommitFacts;
use crate::ostree_backend::{download_size, refs};
use crate::rpm_ostree_backend::cached_update::CachedUpdate;
use crate::rpm_ostree_backend::daemon::Daemon;
use crate::rpm_ostree_backend::errors::MethodError;
use crate::rpm_ostree_backend::proxies::OsProxy;
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;
use crate::sysroot;

/// What there is to be had, compared with what is here.
#[derive(Debug)]
pub(super) enum Found {
    /// A newer image.
    Newer(AvailableUpdate),
    /// What is here.
    Nothing,
    /// rpm-ostree does not tell which image it has found, or whether it has found any.
    Unknown,
}

/// Has rpm-ostree ask what the followed image names now. Deployments are not touched.
pub(crate) fn check(session: &Session<'_>) -> Outcome {
    once_alone(session, |before| {
        Ok(match look(session, before)? {
            None => None,
            Some(Found::Newer(update)) => Some(Outcome::UpdateAvailable { update }),
            Some(Found::Nothing) => Some(Outcome::UpToDate),
            Some(Found::Unknown) => Some(Outcome::OnlyUpdateTells),
        })
    })
}

/// Has rpm-ostree look for a newer image; nothing where something else was at work.
///
/// # Errors
/// The network, the signature; [`Refusal::Older`]; rpm-ostree cannot be reached; a cancel.
pub(super) fn look(session: &Session<'_>, before: &Snapshot) -> Result<Option<Found>, Failure> {
    let image = update_source(before)?;
    session.reporter.phase(Phase::Checking);
    let reference = image.to_string();
    let run = Run { call: Call::Check, reference: &reference, expected: None };
    match run.follow(session)? {
        None => return Ok(None),
        Some(End { refusal: Some(refusal), .. }) => return Err(refusal.into()),
        Some(End { refusal: None, .. }) => {}
    }
    let cached = session.runtime.block_on(cached_update(&daemon(session), &reference))?;
    let found = judge(before, cached, session.cancellable())?;
    session.require_not_cancelled()?;
    Ok(Some(found))
}

/// What rpm-ostree has noted of its last check.
///
/// # Errors
/// It cannot be reached; a cancel.
pub(super) async fn cached_update(daemon: &Daemon<'_>, reference: &str) -> Result<Option<CachedUpdate>, Refusal> {
    let ask = async |os: &OsProxy<'_>| Ok(CachedUpdate::of(&os.cached_update().await?));
    daemon.ask(reference, ask).await.map_err(MethodError::into_refusal)
}

/// What that means for what is here.
///
/// # Errors
/// [`Refusal::Older`]; the repository cannot be read.
pub(super) fn judge(
    before: &Snapshot,
    cached: Option<CachedUpdate>,
    cancellable: &gio::Cancellable,
) -> Result<Found, Failure> {
    let image = update_source(before)?;
    let here = followed_deployment(before).ok_or(Refusal::NotBooted)?;
    if cached.as_ref().is_some_and(|cached| !cached.is_of(here)) {
        // It tells of another image, and nothing of this one.
        return Ok(Found::Unknown);
    }
    match image.container() {
        None => of_branch(before, here, image, cached, cancellable),
        Some(container) => of_container(before, here, image, &container, cached),
    }
}

fn of_branch(
    before: &Snapshot,
    here: &Deployment,
    image: &ImageReference,
    cached: Option<CachedUpdate>,
    cancellable: &gio::Cancellable,
) -> Result<Found, Failure> {
    // It is told of what runs: where another one is followed, that there is nothing says nothing of that.
    let nothing = || if here.booted { Found::Nothing } else { Found::Unknown };
    let Some(cached) = cached else { return Ok(nothing()) };
    let only_packages = cached.is_only_packages() && !here.staged;
    let CachedUpdate { checksum: Some(checksum), version, built, .. } = cached else { return Ok(nothing()) };
    if checksum == here.image_checksum() {
        // What was layered is newer, and no checksum names that.
        return Ok(if only_packages { Found::Unknown } else { Found::Nothing });
    }
    mount_namespace::make_sysroot_writable()?;
    let repo = sysroot::open()?.repo();
    let facts = CommitFacts::load(&repo, &checksum).ok();
    let built = built.or_else(|| facts.as_ref()?.built);
    require_newer(before, image, built)?;
    let source = source::of_image(image)?;
    let download_bytes = download_size::of_pull(&repo, &source, &checksum, cancellable);
    let version = version.or_else(|| facts?.version);
    Ok(Found::Newer(AvailableUpdate { image: image.clone(), checksum, version, built, download_bytes }))
}

/// rpm-ostree tells the version of an image, but not its digest: what it pulls with has noted that.
fn of_container(
    before: &Snapshot,
    here: &Deployment,
    image: &ImageReference,
    container: &ContainerReference,
    cached: Option<CachedUpdate>,
) -> Result<Found, Failure> {
    // Of what is staged it tells something else.
    let told = cached.filter(|cached| cached.deployment.is_none());
    let repo = sysroot::open()?.repo();
    let refs = refs::read(&repo)?;
    let pulled = stored_images::pulled(&refs, container);
    let known = Known {
        noted: noted_of(&repo, &refs, before, container),
        pulled: pulled.and_then(|commit| merge_commit::of_commit(&repo, commit).ok().flatten()),
    };
    let (digest, facts) = match known.found(here, told.as_ref()) {
        Which::This(digest, facts) => (digest, facts),
        Which::Nothing => return Ok(Found::Nothing),
        Which::Unknown => return Ok(Found::Unknown),
    };
    require_newer(before, image, facts.built)?;
    let is_here = |name: &str| refs.layers.iter().any(|layer| layer.name == name);
    let missing = facts.missing_bytes(|layer| is_here(&layer.ref_name()));
    Ok(Found::Newer(AvailableUpdate {
        image: image.clone(),
        checksum: digest,
        download_bytes: missing.or_else(|| told.as_ref()?.download_bytes),
        version: facts.version.or_else(|| told?.version),
        built: facts.built,
    }))
}

/// What the repository knows of the followed image.
#[derive(Debug, Default)]
struct Known {
    /// What checks have noted of it, the last one first.
    noted: Vec<ImageFacts>,
    /// What was pulled of it last.
    pulled: Option<ImageFacts>,
}

/// Which image a check has found.
#[derive(Debug, PartialEq, Eq)]
enum Which {
    /// The one of this digest.
    This(String, ImageFacts),
    /// What is here.
    Nothing,
    /// Nobody can tell.
    Unknown,
}

impl Known {
    /// Works it out, with what rpm-ostree tells of its check.
    fn found(self, here: &Deployment, told: Option<&CachedUpdate>) -> Which {
        let version = told.and_then(|told| told.version.as_deref());
        let may_be_it = |facts: &ImageFacts| match (version, facts.version.as_deref()) {
            (Some(version), Some(noted)) => noted == version,
            (Some(_), None) => true,
            // A note may be from long ago.
            (None, _) => is_newer(facts, here),
        };
        let is_here = |facts: &ImageFacts| facts.digest.as_deref() == Some(here.image_checksum());
        // It finds nothing too where an image was pulled once and is not deployed, for instance because it was discarded.
        let is_authority = told.is_none() && here.layered.is_empty();
        let pulled = self.pulled.filter(|pulled| !is_here(pulled) && (is_authority || may_be_it(pulled)));
        let noted = match is_authority {
            true => pulled,
            false => self.noted.into_iter().find(may_be_it).or(pulled),
        };
        match noted.and_then(|facts| Some((facts.digest.clone()?, facts))) {
            Some((digest, _)) if digest == here.image_checksum() => Which::Nothing,
            Some((digest, facts)) => Which::This(digest, facts),
            None if is_authority => Which::Nothing,
            // It compares with what runs, also where that version is staged already.
            None if here.staged && version.is_some() && here.version.as_deref() == version => Which::Nothing,
            None => Which::Unknown,
        }
    }
}

fn is_newer(facts: &ImageFacts, here: &Deployment) -> bool {
    let is_another = facts.digest.as_deref() != Some(here.image_checksum());
    is_another && facts.built.is_some_and(|built| here.built.is_some_and(|here| built > here))
}

#[cfg(test)]
mod tests;
