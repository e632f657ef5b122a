// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{config_diff, json};

/// Shows what differs between a deployment's /etc and what its image has there; of the one that runs, if none is named.
pub(crate) async fn run(context: &Context, named: Option<&str>) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let id = match named {
        Some(named) => context.chosen(&client, named).await?.1.id,
        None => {
            let snapshot = context.image_based(&client).await?;
            snapshot.booted().ok_or(ClientError::Refused(Refusal::NotBooted))?.id.clone()
        }
    };
    let changes = context.configuration_changes(&client, &id).await?;
    if context.json {
        output::document(&json::configuration_changes(&id, &changes))?;
    } else {
        output::results(context.terminal, &config_diff::lines(&changes))?;
    }
    Ok(Exit::Done)
}
