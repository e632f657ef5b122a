// SPDX-License-Identifier: GPL-3.0-or-later
//! What single values of a catalog may be. References have to be ones for the rest of the model.

use crate::catalog::CatalogFault;
use crate::catalog::references::ARCHITECTURE;
use crate::catalog::text::{line, shown};
use crate::{ContainerReference, ImageReference, Transport, Verification};

/// The longest word that names something, in bytes.
const LONGEST_WORD: usize = 64;
/// The longest path or address.
const LONGEST_PATH: usize = 300;

pub(crate) fn invalid(key: &str, value: &str) -> CatalogFault {
    CatalogFault::Invalid { key: key.into(), value: shown(value) }
}

pub(crate) fn at_most(key: &str, count: usize, limit: usize) -> Result<(), CatalogFault> {
    match count > limit {
        true => Err(CatalogFault::TooMany { key: key.into(), limit: limit as u64 }),
        false => Ok(()),
    }
}

fn accept(key: &str, value: String, sound: bool) -> Result<String, CatalogFault> {
    if sound { Ok(value) } else { Err(invalid(key, &value)) }
}

/// Lower-case letters and digits, with `-` and `.` between them.
pub(crate) fn word(key: &str, value: String) -> Result<String, CatalogFault> {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| inner(*byte));
    let bytes = value.as_bytes();
    let sound = edge(bytes.first())
        && edge(bytes.last())
        && bytes.len() <= LONGEST_WORD
        && bytes.iter().all(|byte| inner(*byte) || b"-.".contains(byte));
    accept(key, value, sound)
}

/// What `ID` and `VARIANT_ID` may be. Source: `os-release(5)`; some have capital letters all the same.
pub(crate) fn os_release_word(key: &str, value: String) -> Result<String, CatalogFault> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let sound = (1..=LONGEST_WORD).contains(&value.len()) && value.bytes().all(letter);
    accept(key, value, sound)
}

/// A container image in a registry.
pub(crate) fn container(key: &str, value: &str) -> Result<ContainerReference, CatalogFault> {
    let reference = ContainerReference::new(Verification::PolicyOrNothing, Transport::Registry, value);
    reference.ok().filter(|reference| reference.registry().is_some()).ok_or_else(|| invalid(key, value))
}

/// The name of images in a registry, without tag and digest.
pub(crate) fn repository(key: &str, value: String) -> Result<String, CatalogFault> {
    let reference = container(key, &value)?;
    accept(key, value, reference.tag().is_none() && reference.digest().is_none())
}

/// The repository that an image has, or a beginning of it, down to the registry alone.
pub(crate) fn scope(key: &str, value: String, image: &str) -> Result<String, CatalogFault> {
    let sound = is_beginning(&value, image);
    accept(key, value, sound)
}

/// A repository begins with this, and it ends where a component ends.
pub(crate) fn is_beginning(prefix: &str, repository: &str) -> bool {
    let rest = repository.strip_prefix(prefix);
    !prefix.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A tag.
pub(crate) fn tag(key: &str, value: String) -> Result<String, CatalogFault> {
    let reference = container(key, &format!("registry.example/image:{value}")).map_err(|_| invalid(key, &value))?;
    accept(key, value, reference.digest().is_none())
}

/// A branch with its remote.
pub(crate) fn refspec(key: &str, value: &str) -> Result<(), CatalogFault> {
    ImageReference::from_refspec(value).map(|_| ()).map_err(|_| invalid(key, value))
}

/// The name of a remote.
pub(crate) fn remote(key: &str, value: String) -> Result<String, CatalogFault> {
    // A colon in it would make something else of the whole.
    let sound = !value.contains(':') && refspec(key, &format!("{value}:branch")).is_ok();
    accept(key, value, sound)
}

/// A branch, in which something may stand for the architecture.
pub(crate) fn branch(key: &str, value: String) -> Result<String, CatalogFault> {
    let sound = refspec(key, &format!("remote:{}", value.replace(ARCHITECTURE, "x86_64"))).is_ok();
    accept(key, value, sound)
}

/// A refspec in which `*` stands for a component.
pub(crate) fn refspec_pattern(key: &str, value: String) -> Result<String, CatalogFault> {
    let sound = value.split_once(':').is_some_and(|(remote, branch)| {
        let components: Vec<&str> = branch.split('/').map(|part| if part == "*" { "any" } else { part }).collect();
        let literal = branch.split('/').any(|part| part != "*");
        literal && refspec(key, &format!("{remote}:{}", components.join("/"))).is_ok()
    });
    accept(key, value, sound)
}

/// An absolute path without detours.
pub(crate) fn path(key: &str, value: String) -> Result<String, CatalogFault> {
    let value = line(key, value, LONGEST_PATH)?;
    let component = |part: &str| !part.is_empty() && part != "." && part != "..";
    let sound = value.strip_prefix('/').is_some_and(|rest| rest.split('/').all(component));
    accept(key, value, sound)
}

/// The address of a page, without a user in it.
pub(crate) fn page(key: &str, value: String) -> Result<String, CatalogFault> {
    let value = line(key, value, LONGEST_PATH)?;
    let plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte);
    let sound = value.strip_prefix("https://").is_some_and(|rest| {
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        host.contains('.') && !host.starts_with(['.', '-']) && host.bytes().all(letter) && rest.bytes().all(plain)
    });
    accept(key, value, sound)
}

/// The name of a file with a picture.
pub(crate) fn picture(key: &str, value: String) -> Result<String, CatalogFault> {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let sound = value.len() <= 100
        && value.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric())
        && value.bytes().all(letter)
        && [".png", ".webp", ".jpg", ".svg"].iter().any(|kind| value.ends_with(kind));
    accept(key, value, sound)
}

/// A day, without a time.
pub(crate) fn day(key: &str, value: &toml::value::Datetime) -> Result<String, CatalogFault> {
    match (value.date, value.time, value.offset) {
        (Some(date), None, None) => Ok(date.to_string()),
        _ => Err(invalid(key, &value.to_string())),
    }
}
