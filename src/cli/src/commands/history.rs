// SPDX-License-Identifier: GPL-3.0-or-later
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{history, json};

/// Shows what was done and how the computer was started, the newest first.
pub(crate) async fn run(context: &Context, limit: u32) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let entries = context.history(&client, limit).await?;
    if context.json {
        output::document(&json::history(&entries))?;
    } else {
        output::results(context.terminal, &history::lines(&entries, &context.view))?;
    }
    Ok(Exit::Done)
}
