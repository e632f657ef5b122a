// SPDX-License-Identifier: GPL-3.0-or-later
//! Asking for an operation, and seeing it to its end: password, progress, Ctrl-C, outcome.

use std::cell::RefCell;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::Fuse;
use gettextrs::gettext;
use isotope_client::{Client, ClientError, Operation};
use isotope_model::{OperationKind, Outcome, Refusal, Snapshot};

use crate::context::Context;
use crate::failure::Failure;
use crate::interrupts::Interrupts;
use crate::output;
use crate::password_agent::PasswordAgent;
use crate::progress_display::ProgressDisplay;
use crate::render::{Line, json, outcome, problem};

/// How long a request that was taken back with Ctrl-C may still take to be answered.
const LAST_ANSWER: Duration = Duration::from_secs(5);

/// What is asked for, as far as it matters for telling how it ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) kind: OperationKind,
    /// A restart that does not restart the hardware is to be prepared.
    pub(crate) soft_restart: bool,
}

impl From<OperationKind> for Asked {
    fn from(kind: OperationKind) -> Self {
        Self { kind, soft_restart: false }
    }
}

/// Sends the request, follows the operation to its end, and tells how it ended. `before` is how the host stood when the
/// person asked.
pub(crate) async fn run(
    context: &Context,
    client: &Client,
    before: &Snapshot,
    asked: impl Into<Asked>,
    request: impl Future<Output = Result<Operation, ClientError>>,
) -> Result<Outcome, Failure> {
    let outcome = ask(context, client, request).await?;
    let after = context.state(client).await.map_or_else(|_| before.clone(), |state| (*state.snapshot).clone());
    tell(context, &outcome, asked.into(), (before, &after))?;
    Ok(outcome)
}

/// Sends the request and follows the operation to its end.
pub(crate) async fn ask(
    context: &Context,
    client: &Client,
    request: impl Future<Output = Result<Operation, ClientError>>,
) -> Result<Outcome, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let (operation, unwanted) = match requested(context, client.connection(), &mut interrupts, request).await {
        Err(Failure::Service(error @ ClientError::Refused(Refusal::Busy { .. }))) => {
            let running = running(client).await.map(Box::new);
            return Err(Failure::Busy { error, running });
        }
        other => other?,
    };
    followed(context, &mut interrupts, &operation, unwanted).await
}

/// Sends a request that is answered at once, password included.
pub(crate) async fn answered<T>(
    context: &Context,
    client: &Client,
    request: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, Failure> {
    let mut interrupts = Interrupts::listen()?;
    Ok(requested(context, client.connection(), &mut interrupts, request).await?.0)
}

async fn running(client: &Client) -> Option<isotope_model::OperationStatus> {
    let status = async { client.current_operation().await.ok()??.status().await.ok() };
    let status = tokio::time::timeout(LAST_ANSWER, status).await.ok()??;
    Some(status).filter(|status| status.outcome.is_none())
}

/// The answer, and whether the person has thought better of it before that.
async fn requested<T>(
    context: &Context,
    connection: &zbus::Connection,
    interrupts: &mut Interrupts,
    request: impl Future<Output = Result<T, ClientError>>,
) -> Result<(T, bool), Failure> {
    let mut agent = match context.ask {
        true => PasswordAgent::start(context.terminal, context.view.verbose, connection).await,
        false => None,
    };
    tokio::pin!(request);
    let answer = tokio::select! {
        biased;
        () = interrupts.next() => None,
        answer = &mut request => Some(answer),
    };
    if let Some(agent) = agent.take() {
        agent.end().await;
        if answer.is_none() {
            // The question for the password is left without an end of line.
            output::remarks(context.terminal, &[Line::default()]);
        }
    }
    if let Some(answer) = answer {
        return Ok((answer?, false));
    }
    // Without its agent the question for the password ends; what the service makes of that is still to be heard.
    tokio::select! {
        biased;
        () = interrupts.next() => Err(Failure::Left),
        answer = &mut request => match answer {
            Ok(answer) => Ok((answer, true)),
            Err(ClientError::Refused(Refusal::Dismissed { .. } | Refusal::NotAuthorised { .. })) => {
                Err(ClientError::Refused(Refusal::Cancelled).into())
            }
            Err(error) => Err(error.into()),
        },
        () = tokio::time::sleep(LAST_ANSWER) => Err(Failure::Left),
    }
}

async fn followed(
    context: &Context,
    interrupts: &mut Interrupts,
    operation: &Operation,
    unwanted: bool,
) -> Result<Outcome, Failure> {
    let display = RefCell::new(ProgressDisplay::new(context.terminal, context.json));
    let following = operation.follow(|status| display.borrow_mut().show(status));
    let cancelling = Fuse::terminated();
    tokio::pin!(following, cancelling);
    let mut cancelled = unwanted;
    if unwanted {
        cancelling.set(operation.cancel().fuse());
    }
    loop {
        tokio::select! {
            biased;
            outcome = &mut following => {
                display.borrow_mut().end();
                return Ok(outcome?);
            }
            () = interrupts.next() => {
                if cancelled {
                    display.borrow_mut().end();
                    return Err(Failure::Left);
                }
                cancelled = true;
                display.borrow_mut().remark(&gettext("Cancelling. Ctrl-C again leaves without waiting."));
                cancelling.set(operation.cancel().fuse());
            }
            answer = &mut cancelling => match answer {
                Ok(()) | Err(ClientError::Refused(Refusal::AlreadyEnded)) => {}
                Err(error) => display.borrow_mut().aside(|| {
                    output::remarks(context.terminal, &problem::of_error(&error, &context.view));
                }),
            },
        }
    }
}

fn tell(
    context: &Context,
    outcome: &Outcome,
    asked: Asked,
    (before, after): (&Snapshot, &Snapshot),
) -> Result<(), Failure> {
    let lines = outcome::lines(outcome, asked, (before, after), &context.view);
    let failed = matches!(outcome, Outcome::Failed { .. });
    if failed {
        output::remarks(context.terminal, &lines);
    }
    if context.json {
        output::document(&json::ended(outcome, after))?;
    } else if !failed {
        output::results(context.terminal, &lines)?;
    }
    Ok(())
}
