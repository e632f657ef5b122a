// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{Client, ClientError};
use isotope_model::{Snapshot, Trust, resolve_image, strict_form, update_source};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::output;
use crate::render::{json, trust};

/// Shows who vouches for an image, by this computer's own rules; of the one that is followed, also the way to have it
/// checked.
pub(crate) async fn run(context: &Context, image: Option<&str>) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let snapshot = context.image_based(&client).await?;
    if let Some(image) = image {
        resolve_image(&snapshot, image).map_err(ClientError::Refused)?;
    }
    let told = context.trust(&client, image).await?;
    if context.json {
        output::document(&json::trust(&told))?;
    } else {
        let strict = strict(context, &client, &snapshot, &told).await;
        output::results(context.terminal, &trust::lines(&told, strict.as_ref(), &context.view))?;
    }
    Ok(Exit::Done)
}

/// Who would vouch for the followed image in the form that demands a rule. Nothing for other images.
async fn strict(context: &Context, client: &Client, snapshot: &Snapshot, told: &Trust) -> Option<Trust> {
    update_source(snapshot).ok().filter(|followed| **followed == told.image)?;
    let strict = strict_form(&told.image)?;
    let trust = context.trust(client, Some(&strict.to_string())).await;
    Some(trust.unwrap_or_else(|_| Trust::unknown(strict)))
}
