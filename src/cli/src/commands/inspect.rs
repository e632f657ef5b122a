// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{check_switch, resolve_image, update_source};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{json, preview};
use crate::{lookup, output};

/// Shows what a registry tells of an image, and who vouches for it here; of the one that is followed, if none is named.
pub(crate) async fn run(context: &Context, image: Option<&str>) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let snapshot = context.image_based(&client).await?;
    let target = match image {
        Some(image) => resolve_image(&snapshot, image),
        None => update_source(&snapshot).cloned(),
    };
    let target = target.map_err(ClientError::Refused)?;
    let asked = image.map_or_else(|| target.to_string(), str::to_owned);
    let told = lookup::preview(context, &client, &asked).await?;
    if context.json {
        output::document(&json::preview(&told))?;
    } else {
        let typed = image.filter(|_| check_switch(&snapshot, &target).is_ok());
        output::results(context.terminal, &preview::lines(&told, typed, &context.view))?;
    }
    Ok(Exit::Done)
}
