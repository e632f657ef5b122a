// SPDX-License-Identifier: GPL-3.0-or-later
//! The life of an operation: asked for, authorised, alone, told, ended.

use isotope_model::engine_protocol::{Order, Reply, Task};
use isotope_model::{OperationKind, OperationStatus, Outcome, Progress, Snapshot, StateToken};
use tokio::sync::mpsc;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

use crate::authorisation;
use crate::caller::Caller;
use crate::clock;
use crate::engine_link::EngineLink;
use crate::history::Recorder;
use crate::loss;
use crate::operation_object::OperationObject;
use crate::service_error::ServiceError;
use crate::state::State;

/// What a caller wants done.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// What the engine is asked.
    pub(crate) task: Task,
    /// The state that the caller saw.
    pub(crate) token: Option<StateToken>,
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
    let task = wanted.task.clone();
    let (mut engine, waiting) = authorisation::obtain(state, connection, &caller, wanted.task, wanted.token).await?;
    let before = state.refresh().await?;
    let path = state.reserve(kind)?;
    drop(waiting);
    let (cancel, cancelled) = mpsc::unbounded_channel();
    let started = clock::seconds_since_1970();
    let status =
        OperationStatus { kind, starter: caller.starter(), started, progress: Progress::default(), outcome: None };
    let object = OperationObject::new(state.clone(), status, cancel);
    if let Err(error) = state.publish(&path, object.clone()).await {
        state.release(path).await;
        return Err(error.into());
    }
    let record = Recorder::begin(state.history().clone(), &task, caller.starter(), started, &before);
    engine.orders.give(Order::Proceed).await;
    let run = Run { state: state.clone(), connection: connection.clone(), path: path.clone(), object, engine, before };
    tokio::spawn(run.follow(task, record, cancelled));
    Ok(path)
}

/// An operation that the engine works on.
struct Run {
    state: State,
    connection: zbus::Connection,
    path: OwnedObjectPath,
    object: OperationObject,
    engine: EngineLink,
    before: std::sync::Arc<Snapshot>,
}

impl Run {
    async fn follow(mut self, task: Task, mut record: Recorder, mut cancelled: mpsc::UnboundedReceiver<()>) {
        let mut cancelling = false;
        let outcome = loop {
            tokio::select! {
                reply = self.engine.replies.next() => match reply {
                    Ok(Some(Reply::Progress(progress))) => {
                        record.see(&progress);
                        self.show(|status| status.progress = progress).await;
                    }
                    Ok(Some(Reply::Finished(outcome))) => break Ok(outcome),
                    Ok(Some(Reply::Refused(refusal))) => break Ok(Outcome::Failed { refusal }),
                    Ok(Some(other)) => break Err(format!("unexpected: {other:?}")),
                    Ok(None) => break Err("the engine ended before it was done".to_owned()),
                    Err(error) => break Err(format!("{error:#}")),
                },
                // Once is enough, however often it is wished for.
                Some(()) = cancelled.recv(), if !cancelling => {
                    cancelling = true;
                    self.engine.orders.give(Order::Cancel).await;
                }
            }
        };
        // What clients read after the outcome is how the system stands since.
        let after = self.state.refresh().await;
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(detail) => loss::outcome(&task, self.object.phase(), &self.before, after.as_deref().ok(), detail),
        };
        if self.state.keeper().learn(&task, &outcome) {
            self.state.tell_snapshot().await;
        }
        tracing::info!("{task:?}: {outcome:?}");
        record.end(&outcome, after.as_deref().ok());
        self.show(|status| status.outcome = Some(outcome)).await;
        self.state.release(self.path).await;
    }

    async fn show(&self, change: impl FnOnce(&mut OperationStatus)) {
        self.object.change(change);
        if let Ok(emitter) = SignalEmitter::new(&self.connection, &self.path) {
            let _ = self.object.status_changed(&emitter).await;
        }
    }
}
