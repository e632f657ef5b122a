// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::Catalogs;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{catalog, json};

/// Shows all that is known of one entry, and how to switch to it.
pub(crate) async fn run(context: &Context, id: &str) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let snapshot = context.image_based(&client).await?;
    let catalogs = context.catalogs(&client).await?;
    let Some(entry) = catalogs.catalogs.entry(id) else {
        return Err(Failure::UnknownEntry { id: id.into(), candidates: candidates(&catalogs.catalogs, id) });
    };
    if context.json {
        output::document(&json::catalog::shown(entry, &catalogs, &snapshot))?;
    } else {
        output::results(context.terminal, &catalog::show::lines(entry, &catalogs, &snapshot, &context.view))?;
    }
    Ok(Exit::Done)
}

/// The entries in whose id or name the text stands.
fn candidates(catalogs: &Catalogs, text: &str) -> Vec<String> {
    let text = text.to_lowercase();
    let meant = catalogs.entries.iter().filter(|entry| {
        let names = entry.name.translations.values().chain([&entry.name.english, &entry.id]);
        !text.is_empty() && names.into_iter().any(|name| name.to_lowercase().contains(&text))
    });
    meant.map(|entry| entry.id.clone()).collect()
}
