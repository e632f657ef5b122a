// SPDX-License-Identifier: GPL-3.0-or-later
//! One file per kind of request, and what all of them go through: possible at all, allowed, alone.

mod check;
mod roll_back;
mod update;

use std::rc::Rc;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::engine_protocol::{Order, Reply, Request, Task};
use isotope_model::{CancelledWith, Outcome, Refusal, RollbackPlan, Snapshot, update_source};
use tokio::runtime::Runtime;

use crate::authority;
use crate::connection::{Connection, Orders};
use crate::failure::Failure;
use crate::operation_lock::OperationLock;
use crate::progress_reporter::ProgressReporter;
use crate::session::{Session, ended, expect_token};
use crate::sysroot;

/// An authorisation is used at once or not at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves a request that needs authority. The reply is the last one.
///
/// # Errors
/// The helper is gone, or the bus cannot be reached.
pub(crate) fn run(
    connection: &Connection,
    mut orders: Orders,
    runtime: &Runtime,
    request: &Request,
) -> anyhow::Result<Reply> {
    let bus = runtime.block_on(zbus::Connection::system()).context("the system bus")?;
    let allowed = match runtime.block_on(authorise(&bus, &mut orders, request)) {
        Ok(allowed) => allowed,
        Err(failure) => return Ok(Reply::Refused(failure.into_refusal())),
    };
    if request.task == Task::AuthoriseCancel {
        return Ok(Reply::Authorised);
    }
    connection.send(&Reply::Authorised)?;
    let order = runtime.block_on(async { tokio::time::timeout(PATIENCE, orders.next()).await });
    if order != Ok(Order::Proceed) {
        return Ok(Reply::Finished(Outcome::Cancelled { left: CancelledWith::NothingChanged }));
    }
    let reporter = Rc::new(ProgressReporter::new(connection.clone()));
    let session = Session { request, reporter, runtime, bus, orders, allowed };
    Ok(Reply::Finished(perform(&session)))
}

/// Finds out whether the request makes sense now, and whether the caller may have it.
async fn authorise(
    bus: &zbus::Connection,
    orders: &mut Orders,
    request: &Request,
) -> Result<authority::Authority, Failure> {
    let caller = request.caller.as_ref().context("a request without a caller")?;
    let snapshot = sysroot::read_snapshot()?;
    expect_token(request.token.as_ref(), &snapshot)?;
    possible(&request.task, &snapshot)?;
    let needed = authority::needed(&request.task, &snapshot);
    tokio::select! {
        answer = needed.ask(bus, caller) => answer.map(|()| needed),
        // Nothing but a cancel is ordered before the request is authorised.
        _ = orders.next() => {
            authority::withdraw(bus).await;
            Err(Refusal::Cancelled.into())
        }
    }
}

/// Nobody is asked for a password for what cannot be done.
fn possible(task: &Task, snapshot: &Snapshot) -> Result<(), Failure> {
    match task {
        Task::Check | Task::Update { .. } => update_source(snapshot).map(|_| ())?,
        Task::RollBack { expected } => {
            let plan = RollbackPlan::of(snapshot)?;
            if expected.as_ref().is_some_and(|expected| *expected != plan.boots_next) {
                return Err(Refusal::StateChanged.into());
            }
        }
        Task::Status | Task::AuthoriseCancel => {}
    }
    Ok(())
}

fn perform(session: &Session<'_>) -> Outcome {
    let _alone = match OperationLock::take(session.cancellable()) {
        Ok(lock) => lock,
        Err(failure) => return ended(failure, None),
    };
    match &session.request.task {
        Task::Check => check::check(session),
        Task::Update { expected } => update::update(session, expected.as_deref()),
        Task::RollBack { expected } => roll_back::roll_back(session, expected.as_ref()),
        Task::Status | Task::AuthoriseCancel => Outcome::Unknown,
    }
}
