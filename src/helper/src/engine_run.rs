// SPDX-License-Identifier: GPL-3.0-or-later
//! Listening to an engine that works on an operation, to its end.

use isotope_model::engine_protocol::{Order, Reply};
use isotope_model::{OperationStatus, Outcome, Progress};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

use crate::engine_link::EngineLink;
use crate::operation_object::OperationObject;
use crate::state::State;

/// An operation's object, in everybody's sight.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The connection that it is told over.
    pub(crate) connection: zbus::Connection,
    /// Where it is.
    pub(crate) path: OwnedObjectPath,
    /// It.
    pub(crate) object: OperationObject,
}

impl Shown {
    /// Puts a reserved operation on the bus; it is released where that cannot be done. Also returns what tells of a wish to
    /// cancel it.
    ///
    /// # Errors
    /// The bus is gone.
    pub(crate) async fn publish(
        state: &State,
        connection: &zbus::Connection,
        path: OwnedObjectPath,
        status: OperationStatus,
    ) -> zbus::Result<(Self, UnboundedReceiver<()>)> {
        let (cancel, cancelled) = unbounded_channel();
        let object = OperationObject::new(state.clone(), status, cancel);
        if let Err(error) = state.publish(&path, object.clone()).await {
            state.release(path).await;
            return Err(error);
        }
        Ok((Self { connection: connection.clone(), path, object }, cancelled))
    }

    /// Changes what it shows, and tells.
    pub(crate) async fn show(&self, change: impl FnOnce(&mut OperationStatus)) {
        self.object.change(change);
        if let Ok(emitter) = SignalEmitter::new(&self.connection, &self.path) {
            let _ = self.object.status_changed(&emitter).await;
        }
    }
}

/// Shows an engine's progress until it is done, and passes on a wish to cancel.
///
/// # Errors
/// What is known of an engine that ended before it was done, or said what it was not asked.
pub(crate) async fn listen(
    engine: &mut EngineLink,
    cancelled: &mut UnboundedReceiver<()>,
    shown: &Shown,
    mut see: impl FnMut(&Progress),
) -> Result<Outcome, String> {
    let mut cancelling = false;
    loop {
        tokio::select! {
            reply = engine.replies.next() => match reply {
                Ok(Some(Reply::Progress(progress))) => {
                    see(&progress);
                    shown.show(|status| status.progress = progress).await;
                }
                Ok(Some(Reply::Finished(outcome))) => return Ok(outcome),
                Ok(Some(Reply::Refused(refusal))) => return Ok(Outcome::Failed { refusal }),
                Ok(Some(other)) => return Err(format!("unexpected: {other:?}")),
                Ok(None) => return Err("the engine ended before it was done".to_owned()),
                Err(error) => return Err(format!("{error:#}")),
            },
            // Once is enough, however often it is wished for.
            Some(()) = cancelled.recv(), if !cancelling => {
                cancelling = true;
                engine.orders.give(Order::Cancel).await;
            }
        }
    }
}
