// SPDX-License-Identifier: GPL-3.0-or-later
//! The person's yes to what changes the system.

use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::context::Context;
use crate::failure::Failure;
use crate::render::question::Question;
use crate::{output, terminal};

/// Whether the person has to be asked, because no yes was given beforehand. `command` is what was typed.
///
/// # Errors
/// Nobody is there to be asked.
pub(crate) fn needed(context: &Context, given: bool, command: &[&str]) -> Result<bool, Failure> {
    if given {
        return Ok(false);
    }
    if !context.ask || !context.terminal.can_ask() {
        return Err(Failure::Unconfirmed { command: command.iter().copied().map(str::to_owned).collect() });
    }
    Ok(true)
}

/// Says what would be done, and asks.
///
/// # Errors
/// The person said no.
pub(crate) async fn ask(context: &Context, question: Question) -> Result<(), Failure> {
    output::remarks(context.terminal, &question.lines);
    match terminal::confirm(question.go_ahead).await? {
        true => Ok(()),
        false => Err(ClientError::Refused(Refusal::Cancelled).into()),
    }
}
