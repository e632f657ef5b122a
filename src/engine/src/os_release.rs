// SPDX-License-Identifier: GPL-3.0-or-later
//! The few fields of an image's os-release that are shown. Source: `os-release(5)`.

/// What an image says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OsRelease {
    /// `PRETTY_NAME`, else `NAME`.
    pub(crate) name: Option<String>,
    /// `VARIANT`.
    pub(crate) variant: Option<String>,
    /// `OSTREE_VERSION`, else `IMAGE_VERSION`, else `VERSION_ID`.
    pub(crate) version: Option<String>,
}

/// The longest value that is shown, in characters.
const LONGEST: usize = 200;

impl OsRelease {
    /// Reads the fields; lines that make no sense are passed over.
    pub(crate) fn parse(text: &str) -> Self {
        let value = |key: &str| {
            let assigned = |line: &str| line.strip_prefix(key)?.strip_prefix('=').map(unquote);
            text.lines().filter_map(|line| assigned(line.trim())).next_back().filter(|value| !value.is_empty())
        };
        Self {
            name: value("PRETTY_NAME").or_else(|| value("NAME")),
            variant: value("VARIANT"),
            version: value("OSTREE_VERSION").or_else(|| value("IMAGE_VERSION")).or_else(|| value("VERSION_ID")),
        }
    }
}

fn unquote(value: &str) -> String {
    let quoted = |mark: char| value.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let (inner, escapes) = match (quoted('"'), quoted('\'')) {
        (Some(inner), _) => (inner, true),
        (None, Some(inner)) => (inner, false),
        (None, None) => (value, true),
    };
    let mut text = String::new();
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if escapes => text.extend(letters.next().filter(|letter| !letter.is_control())),
            letter if letter.is_control() => {}
            letter => text.push(letter),
        }
    }
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_fields_are_read() {
        let release = OsRelease::parse(
            "NAME=\"Fedora Linux\"\nVERSION_ID=43\nVARIANT='Silverblue'\n# PRETTY_NAME=no\nPRETTY_NAME=\"Fedora \\\"43\\\"\"\nOSTREE_VERSION='43.20261101.0'\n",
        );
        assert_eq!(release.name.as_deref(), Some("Fedora \"43\""));
        assert_eq!(release.variant.as_deref(), Some("Silverblue"));
        assert_eq!(release.version.as_deref(), Some("43.20261101.0"));
    }

    #[test]
    fn nonsense_is_nothing_and_no_failure() {
        for text in ["", "=", "NAME", "NAME=", "NAME=\"", "\0", "PRETTY_NAME=\"\u{1b}[31m", "NAME=a\\\u{1b}b"] {
            let release = OsRelease::parse(text);
            assert!(release.name.is_none_or(|name| !name.chars().any(char::is_control)), "{text:?}");
        }
    }

    #[test]
    fn a_last_assignment_wins_and_long_values_are_cut() {
        let release = OsRelease::parse(&format!("NAME=a\nNAME={}", "b".repeat(5000)));
        assert_eq!(release.name.map(|name| name.len()), Some(LONGEST));
    }
}
