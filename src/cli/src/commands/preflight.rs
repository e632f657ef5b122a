// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::Refusal;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{json, preflight};
use crate::{chosen_image, lookup, output};

/// Shows everything there is to know before a switch to an image, or without one, before a restart into what is staged.
/// Changes nothing. With `reset`, of a switch that takes back what rpm-ostree has changed.
pub(crate) async fn run(context: &Context, typed: Option<&str>, reset: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.image_based(&client).await?;
    if typed.is_none() && before.staged().is_none() {
        return Err(ClientError::Refused(Refusal::NothingStaged).into());
    }
    let catalogs = context.catalogs(&client).await.ok();
    let asked = match typed {
        Some(typed) => Some(chosen_image::of(context, &client, &before, catalogs.as_ref(), typed).await?.asked),
        None => None,
    };
    let found = lookup::preflight(context, &client, asked.as_deref()).await?;
    if context.json {
        output::document(&json::preflight(&found))?;
    } else {
        let known = preflight::Known { typed, reset, catalogs: catalogs.as_ref() };
        output::results(context.terminal, &preflight::lines(&found, known, &before, &context.view))?;
    }
    Ok(Exit::of_preflight(&found, reset))
}
