// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::update_source;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// Downloads and stages one version of the followed image, once the person has agreed to it.
pub(crate) async fn run(context: &Context, version: &str, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let image = update_source(&before).map_err(ClientError::Refused)?;
    if confirmation::needed(context, agreed, &["deploy", version])? {
        confirmation::ask(context, question::deploy(version, image, &before, &context.view)).await?;
    }
    let wanted = named(version);
    let request = client.deploy(&wanted, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, request).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// A version as it stands; a checksum in the letters that checksums are written in.
fn named(version: &str) -> String {
    match version.len() == 64 && version.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => version.to_ascii_lowercase(),
        false => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_checksum_is_written_in_other_letters() {
        assert_eq!(named(&"A1".repeat(32)), "a1".repeat(32));
        for version in ["10.2-RC1", "ABCD", ""] {
            assert_eq!(named(version), version);
        }
    }
}
