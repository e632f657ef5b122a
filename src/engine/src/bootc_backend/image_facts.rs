// SPDX-License-Identifier: GPL-3.0-or-later
//! What is taken from texts that an image's maker wrote: short, and without anything that could upset a terminal.

use isotope_model::is_digest;
use ostree::glib;

use crate::foreign_text;

/// The longest version that is shown, in characters.
const LONGEST: usize = 100;

/// A version as it is shown; nothing where there is none.
pub(crate) fn version(text: &str) -> Option<String> {
    Some(foreign_text::shown(text, LONGEST)).filter(|shown| !shown.trim().is_empty())
}

/// A date of RFC 3339 in seconds since 1970; nothing for what is none, and for what is not after 1970.
pub(crate) fn time(text: &str) -> Option<u64> {
    // GLib is only shown what can be a date; a zero byte would bring it down.
    if text.len() > 40 || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-:.".contains(&byte)) {
        return None;
    }
    let date = glib::DateTime::from_iso8601(text, None).ok()?;
    u64::try_from(date.to_unix()).ok().filter(|seconds| *seconds > 0)
}

/// A digest that can be compared: `sha256:` and 64 hexadecimal digits, or one of its kin.
pub(crate) fn digest(text: &str) -> Option<String> {
    is_digest(text).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dates_are_read() {
        for (text, seconds) in [
            ("2026-11-20T23:42:57Z", Some(1_795_218_177)),
            ("2026-11-20T23:42:57.123456789Z", Some(1_795_218_177)),
            ("2026-11-21T00:42:57+01:00", Some(1_795_218_177)),
            ("1970-01-01T00:00:00Z", None),
            ("0001-01-01T00:00:00Z", None),
            ("2026-11-20", None),
            ("yesterday", None),
            ("2026-11-20T23:42:57Z\0", None),
            ("", None),
        ] {
            assert_eq!(time(text), seconds, "{text:?}");
        }
    }

    #[test]
    fn versions_and_digests_are_what_they_seem() {
        assert_eq!(version("10.2\u{1b}[1m\n"), Some("10.2[1m".to_owned()));
        assert_eq!(version(" "), None);
        assert_eq!(version(&"1".repeat(500)).unwrap().len(), LONGEST);
        assert!(digest(&format!("sha256:{}", "a".repeat(64))).is_some());
        for text in ["", "sha256:", "sha256:ABC", &format!("md5:{}", "a".repeat(64)), &"a".repeat(64)] {
            assert_eq!(digest(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_date_brings_it_down(text in "\\PC{0,45}|[0-9T:Z.+-]{0,40}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{0,12}[Z+-]?[0-9:]{0,6}") {
            let _ = time(&text);
        }
    }
}
