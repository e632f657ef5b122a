// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::Outcome;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::Line;
use crate::{following, output};

/// Stops what runs, whoever has started it, and waits for what comes of that.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    let Some(operation) = client.current_operation().await? else {
        output::remarks(context.terminal, &[Line::plain(gettext("Nothing is running."))]);
        return Ok(Exit::Done);
    };
    let kind = operation.status().await?.kind;
    output::remarks(context.terminal, &[Line::plain(gettext("Cancelling. That may take a while."))]);
    let stopped = async {
        operation.cancel().await?;
        Ok(operation)
    };
    let outcome = following::run(context, &client, &before, kind, stopped).await?;
    Ok(match outcome {
        Outcome::Cancelled { .. } => Exit::Done,
        outcome @ (Outcome::Failed { .. } | Outcome::Unknown) => Exit::of_outcome(&outcome),
        outcome => {
            output::remarks(context.terminal, &[Line::plain(gettext("It was too late to cancel that."))]);
            Exit::of_outcome(&outcome)
        }
    })
}
