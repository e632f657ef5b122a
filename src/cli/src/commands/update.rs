// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::UpdateOptions;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following;

/// Downloads and stages the update; with `expect`, that image or none.
pub(crate) async fn run(context: &Context, expect: Option<String>) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let options = UpdateOptions { token: Some(before.token.clone()), expected: expect, ..UpdateOptions::default() };
    let outcome = following::run(context, &client, &before, client.update(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}
