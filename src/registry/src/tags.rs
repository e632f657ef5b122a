// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashSet;
use std::fmt;

use isotope_model::lookup_protocol::PublishedTags;
use reqwest::Url;
use reqwest::header::LINK;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::exchange::Answer;
use crate::failure::{Failure, quoted};
use crate::limits;
use crate::repository::Repository;
use crate::version_order;

/// Reads the tags of a repository, page after page, as far as they are of use to people.
pub(crate) async fn of(repository: &Repository) -> Result<PublishedTags, Failure> {
    let mut found: HashSet<String> = HashSet::new();
    let mut asked: HashSet<String> = HashSet::new();
    let mut next = Some(format!("n={}", limits::TAGS_A_PAGE));
    while let Some(parameters) = next.take() {
        if found.len() > limits::TAGS || asked.len() == limits::PAGES {
            next = Some(parameters);
            break;
        }
        let answer = repository.tags(&parameters).await?;
        asked.insert(parameters);
        let page = Page::read(&answer)?;
        // A registry that leads around in circles has told everything.
        next = page.next(&answer).filter(|next| !asked.contains(next));
        found.extend(page.tags.for_people);
    }
    let mut tags: Vec<String> = found.into_iter().collect();
    version_order::sort(&mut tags);
    let truncated = next.is_some() || tags.len() > limits::TAGS;
    tags.truncate(limits::TAGS);
    Ok(PublishedTags { tags, truncated })
}

/// What is kept of a page.
#[derive(Debug, Deserialize)]
struct Page {
    #[serde(default)]
    tags: Tags,
}

#[derive(Debug, Default)]
struct Tags {
    for_people: Vec<String>,
    last: Option<String>,
    count: usize,
}

impl Page {
    fn read(answer: &Answer) -> Result<Self, Failure> {
        serde_json::from_slice(&answer.body)
            .map_err(|error| Failure::Failed(format!("the list of tags is none: {}", quoted(&error.to_string()))))
    }

    /// The parameters of the page after this one.
    fn next(&self, answer: &Answer) -> Option<String> {
        let links = answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
        let told = links.flat_map(|value| value.split(',')).find_map(|link| next_of(&answer.address, link));
        // A registry that knows pages but does not point at the next.
        let last = self.tags.last.as_ref().filter(|_| self.tags.count >= limits::TAGS_A_PAGE);
        let guessed = last.map(|last| format!("n={}&last={last}", limits::TAGS_A_PAGE));
        match self.tags.count {
            0 => None,
            _ => told.or(guessed),
        }
    }
}

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Tags;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of tags")
            }

            // A repository without tags has `null` on some registries.
            fn visit_unit<E>(self) -> Result<Tags, E> {
                Ok(Tags::default())
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Tags, A::Error> {
                let mut tags = Tags::default();
                while let Some(tag) = sequence.next_element::<String>()? {
                    tags.count += 1;
                    if is_tag(&tag) {
                        tags.last = Some(tag.clone());
                    }
                    if is_for_people(&tag) && tags.for_people.len() <= limits::TAGS {
                        tags.for_people.push(tag);
                    }
                }
                Ok(tags)
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

/// Signatures and what else is attached to images lies under tags that are made of digests.
fn is_for_people(tag: &str) -> bool {
    is_tag(tag) && !["sha256-", "sha384-", "sha512-"].iter().any(|start| tag.starts_with(start))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let inner = |byte: u8| word(byte) || byte == b'.' || byte == b'-';
    tag.len() <= 128 && tag.bytes().next().is_some_and(word) && tag.bytes().all(inner)
}

/// The parameters of the next page, where the link leads there. Source: RFC 8288. Only they are taken: which repository of
/// which registry is asked stays as it is.
fn next_of(address: &Url, link: &str) -> Option<String> {
    let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        name.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
    };
    if !parameters.split(';').any(is_next) || target.len() > 4096 {
        return None;
    }
    address.join(target).ok()?.query().filter(|query| !query.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_next_page_is_found_and_nothing_else_is_believed() {
        let address: Url = "https://quay.io/v2/o/s/tags/list?n=10".parse().unwrap();
        for (link, expected) in [
            ("</v2/o/s/tags/list?last=b&n=10>; rel=\"next\"", Some("last=b&n=10")),
            ("<?n=1&last=x>; rel=next", Some("n=1&last=x")),
            ("<https://evil.example/v2/p/t/tags/list?last=c>; rel=\"next\"", Some("last=c")),
            ("</v2/o/s/tags/list?last=b>; title=\"x\"; rel=\"next\"", Some("last=b")),
            ("</v2/o/s/tags/list?last=b>; rel=\"prev\"", None),
            ("</v2/o/s/tags/list>; rel=\"next\"", Some("")),
            ("</v2/o/s/tags/list?last=b", None),
            ("", None),
        ] {
            let expected = expected.filter(|text| !text.is_empty());
            assert_eq!(next_of(&address, link).as_deref(), expected, "{link}");
        }
    }

    #[test]
    fn signatures_are_no_versions() {
        for tag in ["latest", "10.2", "stable-20261118", "v1_2", "sha256"] {
            assert!(is_for_people(tag), "{tag}");
        }
        let long = "x".repeat(129);
        for tag in ["sha256-0123.sig", "sha256-0123", "sha512-0.att", "", "-x", ".x", "a b", "a/b", "é", &long] {
            assert!(!is_for_people(tag), "{tag}");
        }
    }

    proptest! {
        #[test]
        fn no_link_brings_it_down(link in "<?\\PC{0,40}>?(; ?rel=\"?next\"?)?") {
            let address: Url = "https://quay.io/v2/o/s/tags/list".parse().unwrap();
            let next = next_of(&address, &link);
            prop_assert!(next.is_none_or(|next| next.is_ascii() && !next.contains(char::is_whitespace)));
        }
    }
}
