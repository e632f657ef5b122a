// SPDX-License-Identifier: GPL-3.0-or-later
//! One connection to the lookup's socket: one question, one answer. Dropping it ends the lookup.

use std::time::Duration;

use anyhow::{Context as _, bail};
use isotope_model::lookup_protocol::{LONGEST_REPLY, LookupReply, LookupRequest, PublishedImage};
use isotope_model::names::LOOKUP_SOCKET;
use isotope_model::{Refusal, is_digest};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;

/// A lookup answers earlier, whatever the registry does.
const PATIENCE: Duration = Duration::from_secs(100);

/// The longest version, name of an architecture or tag, in bytes: what is longer is none.
const LONGEST_TEXT: usize = 512;
const MOST_TAGS: usize = 10_000;
const MOST_LAYERS: usize = 4096;

/// Has a lookup started, and asks it.
///
/// # Errors
/// The socket is not there or refuses this user; the lookup ends, takes too long or makes no sense. Nothing is known of the
/// registry then.
pub(crate) async fn ask(request: &LookupRequest) -> anyhow::Result<LookupReply> {
    tokio::time::timeout(PATIENCE, ask_there(request)).await.context("the lookup took too long")?
}

async fn ask_there(request: &LookupRequest) -> anyhow::Result<LookupReply> {
    let mut stream =
        UnixStream::connect(LOOKUP_SOCKET).await.with_context(|| format!("the lookup's socket {LOOKUP_SOCKET}"))?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await.context("asking the lookup")?;
    line.clear();
    let mut reader = BufReader::new(stream).take(LONGEST_REPLY);
    reader.read_until(b'\n', &mut line).await.context("the lookup")?;
    if !line.ends_with(b"\n") {
        bail!("the lookup ended without an answer");
    }
    let reply = serde_json::from_slice(&line).context("an answer of the lookup")?;
    match believed(reply, request) {
        Some(reply) => Ok(reply),
        None => bail!("the lookup's answer makes no sense"),
    }
}

/// The lookup parses what the internet answers: what it says is remembered and shown only where it may be true, and is an
/// answer to what was asked.
fn believed(reply: LookupReply, request: &LookupRequest) -> Option<LookupReply> {
    let image = match request {
        LookupRequest::Newer { image, .. } | LookupRequest::Describe { image, .. } | LookupRequest::Tags { image } => {
            image
        }
    };
    let reply = match reply {
        LookupReply::Refused(refusal) => return Some(LookupReply::Refused(told_of(refusal, image.to_string())?)),
        reply => reply,
    };
    let answers = match (&reply, request) {
        (LookupReply::UpToDate { named } | LookupReply::Unchanged { named }, LookupRequest::Newer { .. }) => {
            is_digest(named)
        }
        (LookupReply::Described(image), LookupRequest::Newer { .. } | LookupRequest::Describe { .. }) => {
            is_image(image)
        }
        (LookupReply::Tags(tags), LookupRequest::Tags { .. }) => {
            tags.tags.len() <= MOST_TAGS && tags.tags.iter().all(|tag| is_short(tag))
        }
        _ => false,
    };
    answers.then_some(reply)
}

fn is_image(image: &PublishedImage) -> bool {
    let texts =
        image.version.iter().chain(&image.architecture).chain(&image.architectures).chain(&image.artifact_types);
    let mut digests = [&image.digest, &image.named].into_iter().chain(image.layers.iter().map(|layer| &layer.digest));
    let labels = |text: &String| !text.chars().any(char::is_control);
    digests.all(|digest| is_digest(digest))
        && texts.into_iter().all(|text| is_short(text))
        && image.layers.len() <= MOST_LAYERS
        && image.labels.iter().all(|(name, value)| labels(name) && labels(value))
}

fn is_short(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && !text.chars().any(char::is_control)
}

/// What a registry can be the reason of, about the image that was asked for; nothing for anything else.
fn told_of(refusal: Refusal, reference: String) -> Option<Refusal> {
    let detail = |text: String| text.chars().filter(|letter| !letter.is_control()).take(LONGEST_TEXT).collect();
    let name = |text: Option<String>| text.filter(|text| is_short(text));
    Some(match refusal {
        Refusal::Network { detail: text } => Refusal::Network { detail: detail(text) },
        Refusal::Corrupted { detail: text } => Refusal::Corrupted { detail: detail(text) },
        Refusal::Failed { detail: text } => Refusal::Failed { detail: detail(text) },
        Refusal::ImageNotFound { detail: text, .. } => Refusal::ImageNotFound { reference, detail: detail(text) },
        Refusal::AccessDenied { detail: text, .. } => Refusal::AccessDenied { reference, detail: detail(text) },
        Refusal::WrongArchitecture { found, expected, detail: text, .. } => {
            let detail = detail(text);
            Refusal::WrongArchitecture { reference, found: name(found), expected: name(expected), detail }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use isotope_model::ContainerReference;
    use isotope_model::lookup_protocol::{PublishedLayer, PublishedTags};

    use super::*;

    const IMAGE: &str = "ostree-unverified-registry:quay.io/o/s:1";

    fn requests() -> [LookupRequest; 3] {
        let image = || ContainerReference::from_origin(IMAGE).unwrap();
        [
            LookupRequest::Newer { image: image(), here: None, remembered: None },
            LookupRequest::Describe { image: image(), anonymous: false },
            LookupRequest::Tags { image: image() },
        ]
    }

    fn digest() -> String {
        format!("sha256:{}", "1".repeat(64))
    }

    fn described(change: impl FnOnce(&mut PublishedImage)) -> LookupReply {
        let mut image = PublishedImage { digest: digest(), named: digest(), ..PublishedImage::default() };
        change(&mut image);
        LookupReply::Described(Box::new(image))
    }

    fn tags(tags: Vec<String>) -> LookupReply {
        LookupReply::Tags(PublishedTags { tags, truncated: false })
    }

    #[test]
    fn only_an_answer_to_what_was_asked_is_believed() {
        let believes = |reply: &LookupReply| requests().map(|request| believed(reply.clone(), &request).is_some());
        assert_eq!(believes(&LookupReply::UpToDate { named: digest() }), [true, false, false]);
        assert_eq!(believes(&described(|image| image.version = Some("10.2".into()))), [true, true, false]);
        assert_eq!(believes(&tags(vec!["10".into(), "latest".into()])), [false, false, true]);
    }

    #[test]
    fn what_cannot_be_true_is_not_believed() {
        let layer = |digest| PublishedLayer { digest, bytes: 1 };
        let label = |name: &str, value: &str| [(name.to_owned(), value.to_owned())].into_iter().collect();
        for reply in [
            LookupReply::Unchanged { named: "latest".into() },
            described(|image| image.digest = "sha256:1".into()),
            described(|image| image.named = String::new()),
            described(|image| image.version = Some("1\n2".into())),
            described(|image| image.architectures = vec!["a".repeat(1000)]),
            described(|image| image.architecture = Some("am\0d64".into())),
            described(|image| image.labels = label("a\0", "b")),
            described(|image| image.labels = label("a", "\u{1b}[31m")),
            described(|image| image.layers = vec![layer("../..".into())]),
            described(|image| image.layers = vec![layer(digest()); MOST_LAYERS + 1]),
            tags(vec!["1".into(); MOST_TAGS + 1]),
            tags(vec!["\u{1b}[31m".into()]),
        ] {
            for request in requests() {
                assert!(believed(reply.clone(), &request).is_none(), "{reply:?}");
            }
        }
    }

    #[test]
    fn a_refusal_is_one_of_a_registry_short_and_about_what_was_asked() {
        let told = |refusal| match believed(LookupReply::Refused(refusal), &requests()[0]) {
            Some(LookupReply::Refused(refusal)) => Some(refusal),
            _ => None,
        };
        for foreign in [Refusal::StateChanged, Refusal::NotAuthorised { action: "x".into() }, Refusal::Cancelled] {
            assert_eq!(told(foreign), None);
        }
        let long = Refusal::ImageNotFound { reference: "another".into(), detail: format!("\0{}", "x".repeat(4 << 20)) };
        match told(long) {
            Some(Refusal::ImageNotFound { reference, detail }) => {
                assert_eq!((reference.as_str(), detail.len()), (IMAGE, LONGEST_TEXT));
            }
            other => panic!("{other:?}"),
        }
        let found = Some("am\0d64".to_owned());
        let wrong =
            Refusal::WrongArchitecture { reference: String::new(), found, expected: None, detail: String::new() };
        assert!(matches!(told(wrong), Some(Refusal::WrongArchitecture { found: None, .. })));
    }
}
