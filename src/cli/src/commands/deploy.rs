// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{Client, ClientError};
use isotope_model::{
    CancelledWith, OperationKind, Outcome, PublishedVersion, Refusal, is_digest, possible, update_source,
};

use super::update::follows_container;
use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{Line, question};
use crate::{confirmation, following, output};

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
    let of_a_container = Some(of_a_container(version)).filter(|_| follows_container(&before));
    if of_a_container.as_deref().is_some_and(|digest| !is_digest(digest)) {
        let repository = image.container().map(|container| container.repository().to_owned()).unwrap_or_default();
        output::remarks(context.terminal, &[Line::plain(by_digest().replace("{image}", &repository))]);
        return Ok(Exit::NotPossible);
    }
    let ask = confirmation::needed(context, agreed, &["deploy", version])?;
    let wanted = match of_a_container {
        Some(asked) => question::Wanted { asked, version: None },
        None => wanted(context, &client, version).await?,
    };
    if ask {
        confirmation::ask(context, question::deploy(&wanted, image, &before, &context.view)).await?;
    }
    let request = client.deploy(&wanted.asked, Some(before.token.clone()));
    let outcome = following::run(context, &client, &before, OperationKind::Deploy, request).await?;
    Ok(Exit::of_outcome(&outcome))
}

fn by_digest() -> String {
    // Translators: leave the commands as they are.
    gettext(
        "Here a version is installed by its digest, which “isotopectl inspect {image}:TAG” tells. To follow a tag instead: \
         isotopectl switch {image}:TAG",
    )
}

/// A version of a container image is named by its digest, also without the name of what made that.
fn of_a_container(typed: &str) -> String {
    let digest = typed.to_ascii_lowercase();
    let digits = digest.strip_prefix("sha256:").unwrap_or(&digest);
    match digits.len() == WHOLE && digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        true => format!("sha256:{digits}"),
        false => typed.to_owned(),
    }
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
    fn a_digest_is_one_also_without_its_beginning() {
        let digits = "Ab".repeat(32);
        let digest = format!("sha256:{}", "ab".repeat(32));
        for typed in [&digits, &digest, &format!("SHA256:{digits}")] {
            assert_eq!(of_a_container(typed), digest);
        }
        for typed in ["10.3", "sha256:ab", &"g".repeat(64)] {
            assert_eq!(of_a_container(typed), typed);
        }
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
