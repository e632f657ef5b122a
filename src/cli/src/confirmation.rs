// SPDX-License-Identifier: GPL-3.0-or-later
//! The person's yes to what changes the system.

use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::context::Context;
use crate::failure::Failure;
use crate::interrupts::Interrupts;
use crate::render::Line;
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
/// The person said no; [`Failure::Interrupted`] after Ctrl-C.
pub(crate) async fn ask(context: &Context, question: Question) -> Result<(), Failure> {
    output::remarks(context.terminal, &question.lines);
    // What was asked for before the question may have left Ctrl-C to this program.
    let mut interrupts = Interrupts::listen()?;
    let answer = tokio::select! {
        biased;
        answer = terminal::confirm(question.go_ahead) => answer?,
        () = interrupts.next() => {
            output::remarks(context.terminal, &[Line::default()]);
            return Err(Failure::Interrupted);
        }
    };
    match answer {
        true => Ok(()),
        false => Err(ClientError::Refused(Refusal::Cancelled).into()),
    }
}
