// SPDX-License-Identifier: GPL-3.0-or-later
//! Values of a policy that are taken more strictly than serde takes them.

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

/// A text that says something.
pub(crate) struct NotEmpty;

impl<'de> Deserialize<'de> for NotEmpty {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        match String::deserialize(source)?.is_empty() {
            true => Err(D::Error::custom("an empty name")),
            false => Ok(Self),
        }
    }
}

/// Bytes in base64, of which nothing is needed but that they are there.
pub(crate) struct Base64;

impl<'de> Deserialize<'de> for Base64 {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
        let plain = letters.strip_suffix(b"==").or_else(|| letters.strip_suffix(b"=")).unwrap_or(&letters);
        let sound = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        match letters.len().is_multiple_of(4) && plain.iter().all(sound) {
            true => Ok(Self),
            false => Err(D::Error::custom("not base64")),
        }
    }
}

/// A field that may be left out, but not be null.
pub(crate) fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(source: D) -> Result<Option<T>, D::Error> {
    T::deserialize(source).map(Some)
}

/// Exactly one of these was given.
pub(crate) fn one_of<const N: usize>(given: [bool; N]) -> bool {
    given.into_iter().filter(|given| *given).count() == 1
}
