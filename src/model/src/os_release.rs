// SPDX-License-Identifier: GPL-3.0-or-later

/// What an image says of itself in its os-release: the few fields that are shown, and those that a variant is recognised
/// by. Source: `os-release(5)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OsRelease {
    /// `PRETTY_NAME`, else `NAME`.
    pub name: Option<String>,
    /// `VARIANT`.
    pub variant: Option<String>,
    /// `OSTREE_VERSION`, else `IMAGE_VERSION`, else `VERSION_ID`.
    pub version: Option<String>,
    /// `ID`.
    pub id: Option<String>,
    /// `VARIANT_ID`.
    pub variant_id: Option<String>,
}

/// The longest value that is shown, in characters.
const LONGEST: usize = 200;

impl OsRelease {
    /// The longest file that is worth reading, in bytes.
    pub const LONGEST_FILE: u64 = 64 * 1024;

    /// Reads the fields; lines that make no sense are passed over.
    pub fn parse(text: &str) -> Self {
        let value = |key: &str| {
            let assigned = |line: &str| line.strip_prefix(key)?.strip_prefix('=').map(unquote);
            text.lines().filter_map(|line| assigned(line.trim())).next_back().filter(|value| !value.is_empty())
        };
        Self {
            name: value("PRETTY_NAME").or_else(|| value("NAME")),
            variant: value("VARIANT"),
            version: value("OSTREE_VERSION").or_else(|| value("IMAGE_VERSION")).or_else(|| value("VERSION_ID")),
            id: value("ID"),
            variant_id: value("VARIANT_ID"),
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
            "NAME=\"Fedora Linux\"\nID=fedora\nVERSION_ID=43\nVARIANT='Silverblue'\nVARIANT_ID=silverblue\n# PRETTY_NAME=no\nPRETTY_NAME=\"Fedora \\\"43\\\"\"\nOSTREE_VERSION='43.20261101.0'\n",
        );
        assert_eq!(release.name.as_deref(), Some("Fedora \"43\""));
        assert_eq!(release.variant.as_deref(), Some("Silverblue"));
        assert_eq!(release.version.as_deref(), Some("43.20261101.0"));
        assert_eq!((release.id.as_deref(), release.variant_id.as_deref()), (Some("fedora"), Some("silverblue")));
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
