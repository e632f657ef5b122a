// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::is_digest;

use crate::failure::quoted;
use crate::image_name::Version;
use crate::limits;
use crate::manifest::{Content, Manifest};
use crate::repository::Repository;

/// What lies beside an image.
#[derive(Debug, Default)]
pub(crate) struct Attachments {
    /// A sigstore signature that hosts read; absent where the registry does not tell.
    pub(crate) signed: Option<bool>,
    /// The kinds of what refers to it.
    pub(crate) kinds: Vec<String>,
}

/// Asks for it. What cannot be found out is unknown: the image can be told of all the same.
pub(crate) async fn of(repository: &Repository, image: &str, named: &str) -> Attachments {
    let (signed, referrers) = tokio::join!(signed(repository, image, named), repository.referrers(image));
    Attachments { signed, kinds: referrers.map(|list| kinds(&list)).unwrap_or_default() }
}

/// Hosts look for a signature of the image, and take one of the list that names it as well.
async fn signed(repository: &Repository, image: &str, named: &str) -> Option<bool> {
    let found = repository.has(&signature_of(image)?).await;
    if found == Some(true) || image == named {
        return found;
    }
    match (found, repository.has(&signature_of(named)?).await) {
        (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

/// The tag of the signature of what has this digest.
fn signature_of(digest: &str) -> Option<Version> {
    let tag = digest.replacen(':', "-", 1);
    is_digest(digest).then(|| Version::Tag(format!("{tag}.sig")))
}

fn kinds(list: &Manifest) -> Vec<String> {
    let Content::Index(index) = &list.content else { return Vec::new() };
    let named = index.manifests.iter().filter_map(|entry| entry.artifact_type.as_deref());
    let mut kinds: Vec<String> = named.filter(|name| !name.is_empty() && name.len() <= 255).map(quoted).collect();
    kinds.sort();
    kinds.dedup();
    kinds.truncate(limits::KINDS);
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_once() {
        let entry =
            |kind: &str| serde_json::json!({ "mediaType": "m", "digest": "d", "size": 1, "artifactType": kind });
        let text =
            serde_json::json!({ "schemaVersion": 2, "manifests": [entry("b"), entry("a"), entry("b"), entry("")] });
        let content = Content::read(None, text.to_string().as_bytes()).unwrap();
        assert_eq!(kinds(&Manifest { digest: String::new(), content }), ["a", "b"]);
    }

    #[test]
    fn signatures_lie_under_a_tag() {
        let digest = format!("sha256:{}", "0".repeat(64));
        assert_eq!(signature_of(&digest), Some(Version::Tag(format!("sha256-{}.sig", "0".repeat(64)))));
        assert_eq!(signature_of("sha256:../.."), None);
    }
}
