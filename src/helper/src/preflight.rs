// SPDX-License-Identifier: GPL-3.0-or-later
//! What there is to know before a switch: the engine tells of the host and its remotes, the lookup of the registry, the
//! catalogs of the vendors; the model judges.

mod looking_engine;

use std::sync::Arc;
use std::time::Duration;

use isotope_model::engine_protocol::Task;
use isotope_model::{
    HostFacts, ImagePreview, ImageReference, Preflight, Refusal, Snapshot, SwitchFacts, require_plausible_clock,
    resolve_image,
};

use self::looking_engine::LookingEngine;
use crate::caller::Caller;
use crate::engine_link::EngineLink;
use crate::registry_question::stored_layers;
use crate::service_error::ServiceError;
use crate::state::State;
use crate::{authorisation, clock, image_preview};

/// The engine gives up a remote before that; what else is known is judged all the same.
const PATIENCE: Duration = Duration::from_secs(120);

/// Gathers and judges on a caller's behalf; without an image, for what is staged.
///
/// # Errors
/// The reference is none, or nothing is staged; the caller may not, left, or wants another one; the engine was lost. That
/// somebody could not be asked is a finding.
pub(crate) async fn ask(state: &State, caller: &Caller, text: Option<String>) -> Result<Preflight, ServiceError> {
    let connection = state.connection()?;
    let place = state.previews().engine(caller)?;
    let known = state.keeper().known_or_fresh().await?;
    let (snapshot, engine) = match authorised(state, caller, known, text.as_deref()).await {
        // The helper had not seen a change yet.
        Err(error) => match error.into_refusal() {
            Refusal::StateChanged => authorised(state, caller, state.refresh().await?, text.as_deref()).await?,
            refusal => return Err(refusal.into()),
        },
        Ok(authorised) => authorised,
    };
    let image = target(&snapshot, text.as_deref())?;
    let staged = text.is_none();
    let running = state.previews().begin(caller)?;
    let engine = LookingEngine::new(engine, place);
    let gathered = tokio::select! {
        gathered = gather(engine, caller, &snapshot, &image, staged) => gathered,
        () = caller.gone(connection) => Err(Refusal::Cancelled.into()),
        () = running.replaced() => Err(Refusal::Cancelled.into()),
    };
    drop(running);
    state.may_be_unused();
    let (host, preview) = gathered?;
    let catalogs = state.catalogs().known(snapshot.clone()).await.ok();
    let preview = preview.as_ref().map(Result::as_ref);
    let facts =
        SwitchFacts { snapshot: &snapshot, image: &image, host: &host, catalogs: catalogs.as_deref(), preview, staged };
    Ok(facts.judge())
}

/// An engine that was allowed to look, at the state that is judged.
async fn authorised(
    state: &State,
    caller: &Caller,
    snapshot: Arc<Snapshot>,
    text: Option<&str>,
) -> Result<(Arc<Snapshot>, EngineLink), ServiceError> {
    target(&snapshot, text)?;
    let task = Task::Preflight { image: text.map(str::to_owned) };
    let token = Some(snapshot.token.clone());
    let (engine, _) = authorisation::obtain(state, state.connection()?, caller, task, token).await?;
    Ok((snapshot, engine))
}

fn target(snapshot: &Snapshot, text: Option<&str>) -> Result<ImageReference, Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    match text {
        Some(text) => resolve_image(snapshot, text),
        None => snapshot.staged().and_then(|staged| staged.image.clone()).ok_or(Refusal::NothingStaged),
    }
}

/// What a registry tells, or why it tells nothing; absent where the image lies in none.
type Told = Option<Result<ImagePreview, Refusal>>;

async fn gather(
    mut engine: LookingEngine,
    caller: &Caller,
    snapshot: &Snapshot,
    image: &ImageReference,
    staged: bool,
) -> Result<(HostFacts, Told), ServiceError> {
    let container = image.in_registry().filter(|_| !staged);
    let published = async {
        let container = container?;
        if let Err(refusal) = require_plausible_clock(snapshot, clock::seconds_since_1970()) {
            return Some(Err(refusal));
        }
        let (published, layers) = tokio::join!(image_preview::published(caller, snapshot, container), stored_layers());
        Some(published.map(|published| (published, layers.ok())))
    };
    let (host, published) = tokio::join!(tokio::time::timeout(PATIENCE, engine.facts()), published);
    let host = match host {
        Ok(host) => host?,
        Err(_) => {
            let unpublished = Some(Refusal::Network { detail: "the remote did not answer in time".into() });
            HostFacts { unpublished, ..HostFacts::unknown(image.clone()) }
        }
    };
    let with_trust = |(published, layers): (_, Option<Vec<String>>)| {
        ImagePreview::new(published, host.trust.clone(), layers.as_deref())
    };
    let preview = published.map(|published| published.map(with_trust));
    Ok((host, preview))
}
