// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{Client, ClientError};
use isotope_model::{CancelledWith, OperationKind, Outcome, PublishedVersion, Refusal, possible, update_source};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::question;
use crate::{confirmation, following};

/// The least digits of a checksum that are taken for its beginning: so many does a list of versions show.
const LEAST_DIGITS: usize = 12;
/// The digits of a whole checksum.
const WHOLE: usize = 64;

/// Downloads and stages one version of the followed image, once the person has agreed to it.
pub(crate) async fn run(context: &Context, version: &str, agreed: bool) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    possible(OperationKind::Deploy, &before).map_err(ClientError::Refused)?;
    let image = update_source(&before).map_err(ClientError::Refused)?;
    let ask = confirmation::needed(context, agreed, &["deploy", version])?;
    let wanted = wanted(context, &client, version).await?;
    if ask {
        confirmation::ask(context, question::deploy(&wanted, image, &before, &context.view)).await?;
    }
    let request = client.deploy(&wanted.asked, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::Deploy, request).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// What the service is asked for. Only what may be the beginning of a checksum is looked up first.
async fn wanted(context: &Context, client: &Client, typed: &str) -> Result<question::Wanted, Failure> {
    let digits = typed.to_ascii_lowercase();
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) || !(LEAST_DIGITS..=WHOLE).contains(&digits.len()) {
        return Ok(question::Wanted { asked: typed.to_owned(), version: None });
    }
    if digits.len() == WHOLE {
        return Ok(question::Wanted { asked: digits, version: None });
    }
    match following::ask(context, client, client.list_versions()).await? {
        Outcome::Versions { versions } => found(typed, &digits, &versions),
        Outcome::Failed { refusal } => Err(ClientError::Refused(refusal).into()),
        Outcome::Cancelled { left: CancelledWith::NothingChanged } => {
            Err(ClientError::Refused(Refusal::Cancelled).into())
        }
        // Whatever else came of it, the service itself can say whether there is such a version.
        _ => Ok(question::Wanted { asked: typed.to_owned(), version: None }),
    }
}

/// The version that is called so; else the one whose checksum begins so.
fn found(typed: &str, digits: &str, versions: &[PublishedVersion]) -> Result<question::Wanted, Failure> {
    if versions.iter().any(|offered| offered.version.as_deref() == Some(typed)) {
        return Ok(question::Wanted { asked: typed.to_owned(), version: None });
    }
    let begins: Vec<_> = versions.iter().filter(|offered| offered.checksum.starts_with(digits)).collect();
    match begins.as_slice() {
        [one] => Ok(question::Wanted { asked: one.checksum.clone(), version: one.version.clone() }),
        [] => Err(ClientError::Refused(Refusal::VersionNotFound { version: typed.to_owned() }).into()),
        several => Err(Failure::AmbiguousVersion {
            text: typed.to_owned(),
            candidates: several.iter().map(|one| (*one).clone()).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(checksum: &str, version: &str) -> PublishedVersion {
        PublishedVersion { checksum: format!("{checksum:0<64}"), version: Some(version.into()), built: None }
    }

    #[test]
    fn a_version_goes_before_a_checksum_and_a_checksum_has_to_be_the_only_one() {
        let versions = [
            offered("0123456789abc", "1"),
            offered("0123456789abd", "2"),
            offered("fedcba987654", "3"),
            offered("77", "fedcba987654"),
            offered("202511181200", "4"),
        ];
        let asked = |text: &str| match found(text, &text.to_ascii_lowercase(), &versions) {
            Ok(wanted) => format!("{} {:?}", &wanted.asked[..12], wanted.version),
            Err(Failure::AmbiguousVersion { candidates, .. }) => format!("{} of them", candidates.len()),
            Err(other) => other.to_string(),
        };
        assert_eq!(asked("0123456789ABD"), "0123456789ab Some(\"2\")");
        assert_eq!(asked("0123456789ab"), "2 of them");
        assert_eq!(asked("fedcba987654"), "fedcba987654 None");
        assert_eq!(asked("202511181200"), "202511181200 Some(\"4\")");
        assert!(asked("aaaaaaaaaaaa").contains("there is no version"), "{}", asked("aaaaaaaaaaaa"));
    }
}
