// SPDX-License-Identifier: GPL-3.0-or-later
//! Asking a registry about an image: password, patience, Ctrl-C.

use std::time::Duration;

use gettextrs::gettext;
use isotope_client::{Client, ClientError};
use isotope_model::ImagePreview;

use crate::context::{Context, in_time};
use crate::failure::Failure;
use crate::interrupts::Interrupts;
use crate::output;
use crate::password_agent::PasswordAgent;
use crate::render::Line;

/// A service that takes longer than this for what it may take 75 seconds for does not answer.
const LONGEST_LOOKUP: Duration = Duration::from_secs(120);
/// How long somebody may take for a password.
const LONGEST_PASSWORD: Duration = Duration::from_secs(480);

/// What the registry tells of an image. The person may be asked for a password, and sees that an answer takes its time.
///
/// # Errors
/// Why there is no answer; [`Failure::Interrupted`] after Ctrl-C.
pub(crate) async fn preview(context: &Context, client: &Client, image: &str) -> Result<ImagePreview, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let agent = match context.ask {
        true => PasswordAgent::start(context.terminal, context.view.verbose, client.connection()).await,
        false => None,
    };
    let waiting = match agent {
        // What turns round would write over the question for the password.
        None if context.terminal.error_styles => context.waiting(question()),
        _ if context.terminal.errors => {
            output::remarks(context.terminal, &[Line::dim(question())]);
            None
        }
        _ => None,
    };
    let longest = LONGEST_LOOKUP + if context.ask { LONGEST_PASSWORD } else { Duration::ZERO };
    let answer = unless_interrupted(&mut interrupts, in_time(longest, client.preview(image))).await;
    drop(waiting);
    if let Some(agent) = agent {
        agent.end().await;
        if answer.is_none() {
            // What the terminal shows of Ctrl-C, or of the question for the password, is left without an end of line.
            output::remarks(context.terminal, &[Line::default()]);
        }
    }
    Ok(answer.ok_or(Failure::Interrupted)??)
}

/// The same, as far as it is free: nobody is asked for a password.
///
/// # Errors
/// As with [`preview`].
pub(crate) async fn free_preview(context: &Context, client: &Client, image: &str) -> Result<ImagePreview, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let client = client.clone().interactive(false);
    let waiting = context.waiting(question());
    let answer = unless_interrupted(&mut interrupts, in_time(LONGEST_LOOKUP, client.preview(image))).await;
    drop(waiting);
    Ok(answer.ok_or(Failure::Interrupted)??)
}

async fn unless_interrupted<T>(
    interrupts: &mut Interrupts,
    answer: impl Future<Output = Result<T, ClientError>>,
) -> Option<Result<T, ClientError>> {
    tokio::select! {
        biased;
        () = interrupts.next() => None,
        answer = answer => Some(answer),
    }
}

fn question() -> String {
    gettext("Asking the registry, which may take a minute; Ctrl-C ends it")
}
