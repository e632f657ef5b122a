// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::commands;
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{json, problem, status};

/// A login manager that says nothing keeps nobody from seeing the rest.
const LONGEST: Duration = Duration::from_secs(1);

/// Shows how everything stands; with more of it, also what is where on disk. What cannot be told is left out.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let asking = client.clone();
    let restart = tokio::spawn(async move { commands::restart::scheduled(&asking, LONGEST).await });
    let state = context.state(&client).await?;
    if !state.snapshot.host.image_based {
        let error = ClientError::Refused(Refusal::NotImageBased);
        output::remarks(context.terminal, &problem::of_error(&error, &context.view));
        if context.json {
            output::document(&json::status(&state, status::Known::default()))?;
        }
        return Ok(Exit::NotImageBased);
    }
    let (usage, trust) = match context.view.verbose {
        true => (context.disk_usage(&client).await.ok(), context.trust(&client, None).await.ok()),
        false => (None, None),
    };
    let catalogs = context.catalogs(&client).await.ok();
    let restart = restart.await.unwrap_or_default();
    let known = status::Known { usage: usage.as_ref(), trust: trust.as_ref(), catalogs: catalogs.as_ref(), restart };
    if context.json {
        output::document(&json::status(&state, known))?;
    } else {
        output::results(context.terminal, &status::lines(&state, known, &context.view))?;
    }
    Ok(Exit::Done)
}
