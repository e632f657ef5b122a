// SPDX-License-Identifier: GPL-3.0-or-later
//! Who drives updates, in the form that rpm-ostree keeps it in: a dictionary, serialised as GLib does it.
//!
//! Source: `rpmostreed-daemon.h`, and GLib's description of its format.

use anyhow::{Result, ensure};

const NAME: &str = "driver-name";
const UNIT: &str = "driver-sd-unit";
/// Of each text.
const LONGEST: usize = 1000;
/// Entries of a dictionary of variants, and variants, begin at multiples of this.
const ALIGNMENT: usize = 8;

/// The bytes of `{NAME: name, UNIT: unit}` as `a{sv}`.
pub(super) fn serialized(name: &str, unit: &str) -> Result<Vec<u8>> {
    let mut array = Vec::new();
    let mut ends = Vec::new();
    for (key, value) in [(NAME, name), (UNIT, unit)] {
        ensure!(value.len() <= LONGEST && !value.contains('\0'), "this is too long, or no text");
        pad(&mut array);
        array.extend(entry(key, value));
        ends.push(array.len());
    }
    Ok(framed(array, &ends))
}

/// One entry of the dictionary: a text, and a variant that holds a text.
fn entry(key: &str, value: &str) -> Vec<u8> {
    let mut bytes = [key.as_bytes(), b"\0"].concat();
    let end = bytes.len();
    pad(&mut bytes);
    bytes.extend([value.as_bytes(), b"\0", b"\0s"].concat());
    framed(bytes, &[end])
}

fn pad(bytes: &mut Vec<u8>) {
    bytes.resize(bytes.len().next_multiple_of(ALIGNMENT), 0);
}

/// `bytes` with the ends of its parts behind it, each in as few bytes as the whole allows.
fn framed(mut bytes: Vec<u8>, ends: &[usize]) -> Vec<u8> {
    let short = bytes.len() + ends.len() <= usize::from(u8::MAX);
    let width = if short { 1 } else { 2 };
    for end in ends {
        bytes.extend(&end.to_le_bytes()[..width]);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What GLib 2.84 writes.
    const ZINCATI: &[u8] = b"driver-name\x00\x00\x00\x00\x00Zincati\x00\x00s\x0c\x00\x00\x00\x00\x00\
        driver-sd-unit\x00\x00zincati.service\x00\x00s\x0f\x1bC";

    #[test]
    fn it_is_as_glib_writes_it() {
        assert_eq!(serialized("Zincati", "zincati.service").unwrap(), ZINCATI);
        let long = serialized(&"n".repeat(300), "u").unwrap();
        assert_eq!((long.len(), &long[long.len() - 9..]), (353, b"u\x00\x00s\x0fA\x01]\x01".as_slice()));
        assert!(serialized("\0", "").is_err() && serialized(&"n".repeat(1001), "").is_err());
    }
}
