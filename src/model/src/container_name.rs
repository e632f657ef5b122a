// SPDX-License-Identifier: GPL-3.0-or-later
//! What container images may be called.

use std::net::Ipv6Addr;

use crate::Transport;
use crate::container_reference::LONGEST;

/// A name that can be handed to a program as one argument, and that the transport may have.
pub(crate) fn is_name(transport: Transport, name: &str) -> bool {
    let plain = |letter: char| !letter.is_control() && !letter.is_whitespace();
    let sound = !name.is_empty() && name.len() <= LONGEST && !name.starts_with('-') && name.chars().all(plain);
    sound && (transport != Transport::Registry || is_name_in_registry(name))
}

/// `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`. Source: the grammar of the `reference` package of distribution.
fn is_name_in_registry(name: &str) -> bool {
    let (name, digest) = name.split_once('@').map_or((name, None), |(name, digest)| (name, Some(digest)));
    let path = match registry_of(name) {
        Some(registry) if is_registry(registry) => name.strip_prefix(registry).and_then(|rest| rest.strip_prefix('/')),
        Some(_) => None,
        None => Some(name),
    };
    let Some(path) = path else { return false };
    let (path, tag) = path.split_once(':').map_or((path, None), |(path, tag)| (path, Some(tag)));
    path.split('/').all(is_component) && tag.is_none_or(is_tag) && digest.is_none_or(is_digest)
}

/// The part before the first slash names a registry if it could be no part of a path.
pub(crate) fn registry_of(name: &str) -> Option<&str> {
    let (first, _) = name.split_once('/')?;
    (first == "localhost" || first.contains(['.', ':'])).then_some(first)
}

fn is_registry(text: &str) -> bool {
    let is_port = |port: &str| port.parse::<u16>().is_ok() && port.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((address, rest)) = text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        let port = rest.strip_prefix(':');
        return address.parse::<Ipv6Addr>().is_ok() && (rest.is_empty() || port.is_some_and(is_port));
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let word = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    let label = |part: &str| !part.is_empty() && !part.starts_with('-') && part.chars().all(word);
    host.split('.').all(label) && port.is_none_or(is_port)
}

fn is_component(part: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| inner(*byte));
    let bytes = part.as_bytes();
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|byte| inner(*byte) || b"._-".contains(byte))
}

fn is_tag(tag: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|byte| word(byte) || byte == b'.' || byte == b'-')
}

/// A digest of a kind that can be checked: `sha256:` and 64 hexadecimal digits, or one of its kin.
pub fn is_digest(digest: &str) -> bool {
    let hexadecimal = |text: &str| text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digest.split_once(':').is_some_and(|(algorithm, value)| {
        matches!((algorithm, value.len()), ("sha256", 64) | ("sha384", 96) | ("sha512", 128)) && hexadecimal(value)
    })
}

/// A name of a remote that libostree takes.
pub(crate) fn is_remote(remote: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !remote.is_empty() && !remote.starts_with(['-', '.']) && remote.chars().all(word)
}
