// SPDX-License-Identifier: GPL-3.0-or-later
use serde_json::Value;

use super::line::obeyed;

/// A document over several lines.
pub(crate) fn pretty(value: &Value) -> String {
    harmless(&format!("{value:#}"), true)
}

/// A document on one line.
pub(crate) fn line(value: &Value) -> String {
    harmless(&value.to_string(), false)
}

/// JSON leaves some characters that a terminal obeys as they are. They stand in strings only, where an escape means
/// the same.
fn harmless(text: &str, several_lines: bool) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        if !obeyed(character) || (several_lines && character == '\n') {
            shown.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            shown.push_str(&format!("\\u{unit:04x}"));
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn json_is_the_same_and_harmless() {
        let value = json!({"name": "a\u{9b}b\u{202e}c\u{7f}\u{1b}\n\u{e0041}é"});
        for text in [line(&value), pretty(&value)] {
            assert!(!text.chars().any(|character| obeyed(character) && character != '\n'), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert_eq!(line(&value).lines().count(), 1);
    }
}
