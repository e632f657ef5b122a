// SPDX-License-Identifier: GPL-3.0-or-later
//! Asking about an image what only its server knows: password, patience, Ctrl-C.

use std::time::Duration;

use gettextrs::gettext;
use isotope_client::{Client, ClientError};
use isotope_model::{DeploymentId, ImagePreview, PackageChanges, Preflight};

use crate::context::{Context, in_time};
use crate::failure::Failure;
use crate::interrupts::Interrupts;
use crate::output;
use crate::password_agent::PasswordAgent;
use crate::render::Line;

/// A service that takes longer than this for what it may take 75 seconds for does not answer.
const LONGEST_LOOKUP: Duration = Duration::from_secs(120);
/// The same for what it may take three minutes for.
const LONGEST_PREFLIGHT: Duration = Duration::from_secs(240);
/// How long somebody may take for a password.
const LONGEST_PASSWORD: Duration = Duration::from_secs(480);

/// What the registry tells of an image. The person may be asked for a password, and sees that an answer takes its time.
///
/// # Errors
/// Why there is no answer; [`Failure::Interrupted`] after Ctrl-C.
pub(crate) async fn preview(context: &Context, client: &Client, image: &str) -> Result<ImagePreview, Failure> {
    let question = gettext("Asking the registry, which may take a minute; Ctrl-C ends it");
    asked(context, client, question, LONGEST_LOOKUP, client.preview(image)).await
}

/// Everything there is to know before a switch to an image, or without one, before a restart into what is staged.
///
/// # Errors
/// As with [`preview`].
pub(crate) async fn preflight(context: &Context, client: &Client, image: Option<&str>) -> Result<Preflight, Failure> {
    asked(context, client, looking(image), LONGEST_PREFLIGHT, client.preflight(image)).await
}

/// The same, as far as it is free: nobody is asked for a password.
///
/// # Errors
/// As with [`preview`].
pub(crate) async fn free_preflight(
    context: &Context,
    client: &Client,
    image: Option<&str>,
) -> Result<Preflight, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let client = client.clone().interactive(false);
    let waiting = context.waiting(looking(image));
    let answer = unless_interrupted(&mut interrupts, in_time(LONGEST_PREFLIGHT, client.preflight(image))).await;
    drop(waiting);
    Ok(answer.ok_or(Failure::Interrupted)??)
}

/// Which packages differ between what runs and a deployment, or without one, the update that was found.
///
/// # Errors
/// As with [`preview`].
pub(crate) async fn package_changes(
    context: &Context,
    client: &Client,
    id: Option<&DeploymentId>,
) -> Result<PackageChanges, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let waiting = context.waiting(gettext("Asking rpm-ostree, which may have to be started first; Ctrl-C ends it"));
    let answer = in_time(LONGEST_PREFLIGHT, client.package_changes(id));
    let answer = unless_interrupted(&mut interrupts, answer).await;
    drop(waiting);
    Ok(answer.ok_or(Failure::Interrupted)??)
}

fn looking(image: Option<&str>) -> String {
    match image {
        Some(_) => gettext("Looking at the image, which may take a minute; Ctrl-C ends it"),
        None => gettext("Looking at what was prepared"),
    }
}

async fn asked<T>(
    context: &Context,
    client: &Client,
    question: String,
    longest: Duration,
    answer: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, Failure> {
    let mut interrupts = Interrupts::listen()?;
    let agent = match context.ask {
        true => PasswordAgent::start(context.terminal, context.view.verbose, client.connection()).await,
        false => None,
    };
    let waiting = match agent {
        // What turns round would write over the question for the password.
        None if context.terminal.error_styles => context.waiting(question),
        _ if context.terminal.errors => {
            output::remarks(context.terminal, &[Line::dim(question)]);
            None
        }
        _ => None,
    };
    let longest = longest + if context.ask { LONGEST_PASSWORD } else { Duration::ZERO };
    let answer = unless_interrupted(&mut interrupts, in_time(longest, answer)).await;
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
