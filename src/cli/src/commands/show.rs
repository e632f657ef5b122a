// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{json, show};

/// Shows all that is known of one deployment. What it takes on disk is left out where that cannot be told.
pub(crate) async fn run(context: &Context, named: &str) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (before, chosen) = context.chosen(&client, named).await?;
    let details = match context.details(&client, &chosen.id).await {
        Ok(details) => Some(details),
        // What the snapshot has of it is still something.
        Err(ClientError::Refused(Refusal::NotWithBackend { .. })) => None,
        Err(error) => return Err(error.into()),
    };
    let followed = chosen.image.as_ref().filter(|image| image.container().is_some());
    let trust = match followed {
        Some(image) => context.trust(&client, Some(&image.to_string())).await.ok(),
        None => None,
    };
    let usage = context.disk_usage(&client).await.ok();
    let usage = usage.as_ref().and_then(|usage| usage.deployments.iter().find(|usage| usage.id == chosen.id));
    if context.json {
        output::document(&json::shown(&chosen, details.as_ref(), trust.as_ref(), usage))?;
    } else {
        let known = show::Known { details: details.as_ref(), trust: trust.as_ref(), usage };
        output::results(context.terminal, &show::lines(&chosen, known, &before, &context.view))?;
    }
    Ok(Exit::Done)
}
