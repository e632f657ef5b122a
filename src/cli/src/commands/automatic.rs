// SPDX-License-Identifier: GPL-3.0-or-later
//! What `isotope-automatic.service` does: look for an update, or download it as well, where nothing speaks against that.
//! Every end is one line in the journal. It never restarts the computer.

mod gone_back;
mod passing_over;

use gettextrs::gettext;
use isotope_client::{Client, ClientError, Operation, UpdateOptions};
use isotope_model::{AutomaticMode, HistoryEntry, OperationKind, Outcome, Snapshot, UpdateMode};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::automatic::{Passed, line};
use crate::render::{Line, automatic, json};
use crate::surroundings::Surroundings;
use passing_over::Before;

/// So many entries of history are looked back at: all that the service keeps.
const LOOKED_BACK: u32 = 1_000;

/// Does what the computer is set to do by itself.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let client = context.connect().await?.interactive(false);
    let state = context.state(&client).await?;
    let history = context.history(&client, LOOKED_BACK).await?;
    let surroundings = Surroundings::read(client.connection()).await;
    let before = Before { state: &state, surroundings, history: &history, now: context.view.now };
    if let Some(passed) = before.passed_over() {
        return tell_passed(context, &passed);
    }
    let found = match passing_over::finds_out_only_by_updating(&state) {
        true => Ok(Outcome::OnlyUpdateTells),
        false => ended(client.check().await).await?,
    };
    match found {
        Err(passed) => tell_passed(context, &passed),
        Ok(found) if state.snapshot.settings.automatic == AutomaticMode::Download && is_wanted(&found) => {
            download(context, &client, found, &history).await
        }
        Ok(found) => tell(context, &client, OperationKind::Check, found, &state.snapshot).await,
    }
}

fn is_wanted(found: &Outcome) -> bool {
    matches!(found, Outcome::UpdateAvailable { .. } | Outcome::OnlyUpdateTells)
}

async fn download(
    context: &Context,
    client: &Client,
    found: Outcome,
    history: &[HistoryEntry],
) -> Result<Exit, Failure> {
    let snapshot = context.state(client).await?.snapshot;
    if let Some(passed) = passing_over::not_downloaded(&found, &snapshot, history) {
        return tell_passed(context, &passed);
    }
    let expected = match found {
        Outcome::UpdateAvailable { update } => Some(update.checksum),
        _ => None,
    };
    let token = Some(snapshot.token.clone());
    let options = UpdateOptions { token, expected, mode: UpdateMode::Stage, soft_restart: false };
    match ended(client.update(options).await).await? {
        Err(passed) => tell_passed(context, &passed),
        Ok(outcome) => tell(context, client, OperationKind::Update, outcome, &snapshot).await,
    }
}

/// How it ended, unless somebody or something was faster.
async fn ended(operation: Result<Operation, ClientError>) -> Result<Result<Outcome, Passed>, ClientError> {
    let outcome = match operation {
        Ok(operation) => operation.follow(|_| {}).await,
        Err(error) => Err(error),
    };
    let overtaken = match &outcome {
        Ok(Outcome::Failed { refusal }) | Err(ClientError::Refused(refusal)) => passing_over::overtaken(refusal),
        _ => None,
    };
    overtaken.map_or_else(|| outcome.map(Ok), |passed| Ok(Err(passed)))
}

fn tell_passed(context: &Context, passed: &Passed) -> Result<Exit, Failure> {
    if context.json {
        output::document(&json::automatic_passed(&passed.code()))?;
    } else {
        output::results(context.terminal, &[Line::plain(automatic::passed(passed))])?;
    }
    Ok(Exit::Done)
}

/// Says how it ended. One that somebody cancelled is no failure: somebody wanted that.
async fn tell(
    context: &Context,
    client: &Client,
    kind: OperationKind,
    outcome: Outcome,
    before: &Snapshot,
) -> Result<Exit, Failure> {
    let after = context.state(client).await.map_or_else(|_| before.clone(), |state| (*state.snapshot).clone());
    if context.json {
        output::document(&json::ended(&outcome, &after))?;
    } else if let Outcome::Failed { refusal } = &outcome {
        let error = ClientError::Refused(refusal.clone());
        output::remarks(context.terminal, &crate::render::problem::of_error(&error, &context.view));
        if kind == OperationKind::Update {
            output::results(context.terminal, &[Line::plain(gettext("The update was not made."))])?;
        }
    } else {
        output::results(context.terminal, &[line(&outcome, &after)])?;
    }
    Ok(match outcome {
        Outcome::Cancelled { .. } => Exit::Done,
        outcome => Exit::of_outcome(&outcome),
    })
}
