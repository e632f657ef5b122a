// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::SettingsChange;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{json, settings};
use crate::{following, output};

/// Sets what was said, and shows how everything is set then.
pub(crate) async fn run(context: &Context, change: SettingsChange) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    if change != SettingsChange::default() {
        following::answered(context, &client, client.configure(&change)).await?;
    }
    let snapshot = context.state(&client).await?.snapshot;
    if context.json {
        output::document(&json::settings(&snapshot.settings))?;
    } else {
        output::results(context.terminal, &settings::lines(&snapshot, &context.view))?;
    }
    Ok(Exit::Done)
}
