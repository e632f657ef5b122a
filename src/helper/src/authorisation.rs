// SPDX-License-Identifier: GPL-3.0-or-later
//! Having the engine ask polkit on a caller's behalf.

use isotope_model::engine_protocol::{Reply, Request, Task};
use isotope_model::{Refusal, StateToken};

use crate::caller::Caller;
use crate::engine_link::EngineLink;
use crate::service_error::ServiceError;
use crate::state::{State, Waiting};

/// Waits until the caller is authorised for a task, as long as it stays on the bus. The engine that asked is ready to
/// be told to proceed; the place among those who wait is given up with the second value.
///
/// # Errors
/// Whatever the engine refuses with; the caller left; too many wait already.
pub(crate) async fn obtain(
    state: &State,
    connection: &zbus::Connection,
    caller: &Caller,
    task: Task,
    token: Option<StateToken>,
) -> Result<(EngineLink, Waiting), ServiceError> {
    let waiting = state.wait_for_authority(caller.uid)?;
    let mut engine = EngineLink::ask(&Request { task, caller: Some(caller.for_engine()), token }).await?;
    tokio::select! {
        reply = engine.replies.next() => match reply? {
            Some(Reply::Authorised) => Ok((engine, waiting)),
            Some(Reply::Refused(refusal)) => Err(refusal.into()),
            other => Err(Refusal::WorkerLost { detail: format!("{other:?}") }.into()),
        },
        // Dropping the engine's connection withdraws the password dialog.
        () = caller.gone(connection) => Err(Refusal::Cancelled.into()),
    }
}
