// SPDX-License-Identifier: GPL-3.0-or-later
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{catalog, json};

/// Lists what this computer can be switched to, or all that is published.
pub(crate) async fn run(context: &Context, all: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let snapshot = context.image_based(&client).await?;
    let catalogs = context.catalogs(&client).await?;
    if context.json {
        output::document(&json::catalog::listed(&catalogs, &snapshot, all))?;
    } else {
        output::results(context.terminal, &catalog::list::lines(&catalogs, &snapshot, all, &context.view))?;
        output::remarks(context.terminal, &catalog::problems(&catalogs.catalogs.problems));
    }
    Ok(Exit::Done)
}
