// SPDX-License-Identifier: GPL-3.0-or-later
//! The life of an operation: asked for, authorised, alone, told, ended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use isotope_model::engine_protocol::{Order, Task};
use isotope_model::{
    Backend, CancelledWith, OperationKind, OperationStatus, Outcome, Phase, Progress, Refusal, Snapshot, StateToken,
};
use tokio::sync::mpsc;
use zbus::zvariant::OwnedObjectPath;

use crate::authorisation;
use crate::caller::Caller;
use crate::clock;
use crate::engine_link::EngineLink;
use crate::engine_run::{self, Shown};
use crate::foreign_operations;
use crate::history::Recorder;
use crate::loss;
use crate::memory::Found;
use crate::polkit;
use crate::registry_question::{Answer, RegistryQuestion, stored_layers};
use crate::service_error::ServiceError;
use crate::state::{State, Waiting};

/// What a caller wants done.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// What the engine is asked.
    pub(crate) task: Task,
    /// The state that the caller saw.
    pub(crate) token: Option<StateToken>,
}

/// Whoever answers within this time was not asked for a password.
const MOMENT: Duration = Duration::from_millis(500);

/// What an engine has left behind is found within this time.
const JOINING: Duration = Duration::from_secs(15);
/// What the engine calls itself when it talks to rpm-ostree.
const ENGINE: &str = "isotope";

/// Who works on an operation.
enum Worker {
    /// An engine, which waits for the order to proceed.
    Engine(EngineLink),
    /// Nobody but a registry.
    Registry(Box<RegistryQuestion>),
}

/// Has an operation authorised and begun. Returns the path of its object.
///
/// # Errors
/// Whatever keeps it from beginning; nothing was changed then.
pub(crate) async fn start(
    state: &State,
    connection: &zbus::Connection,
    caller: Caller,
    wanted: Wanted,
) -> Result<OwnedObjectPath, ServiceError> {
    let kind = wanted.task.operation().unwrap_or(OperationKind::Unknown);
    state.require_free()?;
    let (worker, before, waiting) = authorise(state, connection, &caller, &wanted).await?;
    let path = state.reserve(kind)?;
    drop(waiting);
    let started = clock::seconds_since_1970();
    let (starter, progress) = (caller.starter(), Progress::default());
    let status = OperationStatus { kind, starter, started, title: None, progress, outcome: None };
    let (shown, cancelled) = Shown::publish(state, connection, path.clone(), status).await?;
    let record = Recorder::begin(state.history().clone(), &wanted.task, caller.starter(), started, &before);
    let run = Run { state: state.clone(), caller, wanted, shown, before, record, cancelled };
    tokio::spawn(run.follow(worker));
    Ok(path)
}

/// Finds who is to work on it, once the caller has the authority. The place among those who wait is given up with the last
/// value.
async fn authorise(
    state: &State,
    connection: &zbus::Connection,
    caller: &Caller,
    wanted: &Wanted,
) -> Result<(Worker, Arc<Snapshot>, Waiting), ServiceError> {
    let question = |known: &Snapshot| {
        RegistryQuestion::of(&wanted.task, wanted.token.as_ref(), known, state.keeper().last_check())
    };
    let known = state.keeper().known_or_fresh().await?;
    match question(&known)? {
        Some(_) => {
            let waiting = state.wait_for_authority(caller.uid)?;
            let asked = Instant::now();
            polkit::require(connection, caller, polkit::Action::Check).await?;
            let known = match asked.elapsed() < MOMENT && !state.keeper().is_read_by_a_program() {
                true => state.keeper().known_or_fresh().await?,
                // The host may have changed while a person was asked.
                false => state.refresh().await?,
            };
            let question = question(&known)?.ok_or(Refusal::StateChanged)?;
            Ok((Worker::Registry(Box::new(question)), known, waiting))
        }
        None => {
            let (task, token) = (wanted.task.clone(), wanted.token.clone());
            let (engine, waiting) = authorisation::obtain(state, connection, caller, task, token).await?;
            Ok((Worker::Engine(engine), state.refresh().await?, waiting))
        }
    }
}

/// An operation that is being worked on.
struct Run {
    state: State,
    caller: Caller,
    wanted: Wanted,
    shown: Shown,
    before: Arc<Snapshot>,
    record: Recorder,
    cancelled: mpsc::UnboundedReceiver<()>,
}

impl Run {
    async fn follow(mut self, worker: Worker) {
        let (outcome, after, told) = match worker {
            Worker::Engine(engine) => self.by_engine(engine).await,
            Worker::Registry(question) => self.by_registry(*question).await,
        };
        let learnt = self.state.keeper().learn(&self.wanted.task, &outcome, told);
        if self.measured().await || learnt {
            self.state.tell_snapshot().await;
        }
        let task = &self.wanted.task;
        match &outcome {
            Outcome::Tags { tags, .. } => tracing::info!("{task:?}: {} tags", tags.len()),
            outcome => tracing::info!("{task:?}: {outcome:?}"),
        }
        self.record.end(&outcome, after.as_deref());
        self.shown.show(|status| status.outcome = Some(outcome)).await;
        self.state.release(self.shown.path).await;
    }

    /// What an update would download is another amount once layers have come or gone, also with what was cancelled.
    async fn measured(&self) -> bool {
        let only_looks = matches!(self.wanted.task, Task::Check | Task::ListVersions);
        if only_looks || !self.state.keeper().knows_layers_of_an_update() {
            return false;
        }
        stored_layers().await.is_ok_and(|here| self.state.keeper().measure(&here))
    }

    async fn by_engine(&mut self, mut engine: EngineLink) -> End {
        engine.orders.give(Order::Proceed).await;
        let told = self.listen(&mut engine).await;
        let orphan = match &told {
            Err(detail) => self.by_orphan(detail).await,
            Ok(_) => None,
        };
        // What clients read after the outcome is how the system stands since.
        let after = self.state.refresh().await.ok();
        let outcome = told.unwrap_or_else(|detail| {
            let phase = if orphan.is_some() { Phase::CleaningUp } else { self.shown.object.phase() };
            let lost = loss::outcome(&self.wanted.task, phase, &self.before, after.as_deref(), detail);
            match (&lost, orphan) {
                (Outcome::Failed { refusal: Refusal::WorkerLost { .. } }, Some(outcome)) => outcome,
                _ => lost,
            }
        });
        (outcome, after, None)
    }

    /// rpm-ostree goes on with what it was told, also without the engine that told it: how that ends.
    async fn by_orphan(&mut self, lost: &str) -> Option<Outcome> {
        let pulls = matches!(self.wanted.task, Task::Update { .. } | Task::Switch { .. } | Task::Deploy { .. });
        if !pulls || self.before.host.backend != Backend::RpmOstree {
            return None;
        }
        let joined = tokio::time::timeout(JOINING, foreign_operations::join()).await.ok()?;
        let (mut engine, found) = joined.ok().flatten()?;
        // Somebody else's is shown as theirs.
        let is_ours = found.uid == Some(0) && found.program.as_deref() == Some(ENGINE);
        // A check, with which an update begins, is not the update.
        if !is_ours || matches!(found.kind, OperationKind::Check | OperationKind::CleanUp) {
            return None;
        }
        tracing::warn!("{lost}; rpm-ostree goes on, and is followed");
        self.listen(&mut engine).await.ok()
    }

    async fn listen(&mut self, engine: &mut EngineLink) -> Result<Outcome, String> {
        let record = &mut self.record;
        engine_run::listen(engine, &mut self.cancelled, &self.shown, |progress| record.see(progress)).await
    }

    async fn by_registry(&mut self, question: RegistryQuestion) -> End {
        let looking = Progress { phase: Phase::Checking, ..Progress::default() };
        self.record.see(&looking);
        self.shown.show(|status| status.progress = looking).await;
        let answer = tokio::select! {
            answer = question.ask() => answer,
            Some(()) = self.cancelled.recv() => return self.cancelled_before_anything(),
        };
        let (otherwise, found) = match answer {
            Answer::Told(outcome, found) => return (outcome, Some(self.before.clone()), found.map(|found| *found)),
            Answer::EngineDecides(otherwise, found) => (otherwise, found.map(|found| *found)),
        };
        tracing::info!("what the registry said is not enough: {otherwise:?}");
        let engine = match question.has_a_substitute() {
            true => tokio::select! {
                engine = engine_in_silence(&self.state, &self.shown.connection, &self.caller, &self.wanted) => engine,
                Some(()) = self.cancelled.recv() => return self.cancelled_before_anything(),
            },
            false => None,
        };
        let confirmed = engine.is_some();
        let (outcome, after) = match engine {
            Some(engine) => {
                let (outcome, after, _) = self.by_engine(engine).await;
                (outcome, after)
            }
            None => (otherwise, Some(self.before.clone())),
        };
        // What the engine found as well is remembered with what only a registry tells.
        let found = match &outcome {
            Outcome::UpdateAvailable { update } => found
                .filter(|found| found.update.checksum == update.checksum)
                .map(|found| Found { confirmed, update: update.clone(), ..found }),
            _ => None,
        };
        (outcome, after, found)
    }

    fn cancelled_before_anything(&self) -> End {
        (Outcome::Cancelled { left: CancelledWith::NothingChanged }, Some(self.before.clone()), None)
    }
}

/// An engine that does the same, without another question to a person: one was asked already.
async fn engine_in_silence(
    state: &State,
    connection: &zbus::Connection,
    caller: &Caller,
    wanted: &Wanted,
) -> Option<EngineLink> {
    let caller = Caller { interactive: false, ..caller.clone() };
    let (task, token) = (wanted.task.clone(), wanted.token.clone());
    match authorisation::obtain(state, connection, &caller, task, token).await {
        Ok((engine, _)) => Some(engine),
        Err(error) => {
            tracing::info!("the engine is not asked: {}", error.into_refusal());
            None
        }
    }
}

/// How an operation ended, how the host stands since, and what a registry told.
type End = (Outcome, Option<Arc<Snapshot>>, Option<Found>);
