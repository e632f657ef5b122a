// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::catalog::CatalogFault;

/// A text that a person reads, in English and in other languages.
///
/// The translations stand in the catalog itself, not in Isotope's own: vendors and administrators write catalogs that
/// Isotope's translators never see, and an app in a Flatpak may be of another version than the catalogs of the host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Text {
    /// The text in English.
    pub english: String,
    /// Translations by language, as gettext names them: `de`, `pt_BR`, `sr@latin`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, String>,
}

impl Text {
    /// A text without translations.
    pub fn english(text: impl Into<String>) -> Self {
        Self { english: text.into(), translations: BTreeMap::new() }
    }

    /// The text in the first of these languages that it is there in, else in English. Languages are locales in the order
    /// in which the person wants them, for example `pt_BR.UTF-8`, `de`.
    pub fn in_languages<'a>(&self, languages: impl IntoIterator<Item = &'a str>) -> &str {
        for locale in languages {
            for language in forms(locale) {
                match self.translations.get(&language) {
                    Some(text) => return text,
                    None if matches!(language.as_str(), "en" | "C" | "POSIX") => return &self.english,
                    None => {}
                }
            }
        }
        &self.english
    }
}

/// The names under which a locale's texts may stand, the closest first. Source: the manual of gettext, "Locale Names".
fn forms(locale: &str) -> [String; 4] {
    let (rest, modifier) = locale.split_once('@').map_or((locale, ""), |(rest, modifier)| (rest, modifier));
    let place = rest.split_once('.').map_or(rest, |(place, _)| place);
    let language = place.split_once('_').map_or(place, |(language, _)| language);
    [format!("{place}@{modifier}"), place.to_owned(), format!("{language}@{modifier}"), language.to_owned()]
}

/// The name of a language that translations can stand under.
pub(crate) fn is_language(text: &str) -> bool {
    let lower = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let (place, modifier) = text.split_once('@').map_or((text, None), |(place, modifier)| (place, Some(modifier)));
    let (language, territory) =
        place.split_once('_').map_or((place, None), |(language, place)| (language, Some(place)));
    let is_territory = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_uppercase());
    matches!(language.len(), 2 | 3)
        && lower(language)
        && territory.is_none_or(is_territory)
        && modifier.is_none_or(|part| (1..=16).contains(&part.len()) && lower(part))
}

/// Letters without a look of their own, or that turn others around. Source: Unicode's general category Cf, its separators
/// of lines, and its fillers.
const INVISIBLE: [RangeInclusive<char>; 14] = [
    '\u{ad}'..='\u{ad}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{2028}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff9}'..='\u{fffb}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
];

fn is_hidden(letter: char) -> bool {
    letter.is_control() || INVISIBLE.iter().any(|range| range.contains(&letter))
}

/// A text of one line that can be seen as it is.
pub(crate) fn line(key: &str, text: String, limit: usize) -> Result<String, CatalogFault> {
    if text.trim().is_empty() {
        return Err(CatalogFault::Missing { key: key.into() });
    }
    if text.chars().count() > limit {
        return Err(CatalogFault::TooLong { key: key.into(), limit: limit as u64 });
    }
    match text.chars().any(is_hidden) {
        true => Err(CatalogFault::HiddenLetters { key: key.into() }),
        false => Ok(text),
    }
}

/// A translation: as [`line`], but with the joiners that Persian and the scripts of India are written with, where they
/// stand between two letters of such a script.
pub(crate) fn translation(key: &str, text: String, limit: usize) -> Result<String, CatalogFault> {
    let letters: Vec<char> = text.chars().collect();
    let joined = |letter: Option<&char>| letter.is_some_and(|letter| !letter.is_ascii() && !is_hidden(*letter));
    let spare = |index: usize, letter: char| {
        let before = index.checked_sub(1).and_then(|index| letters.get(index));
        matches!(letter, '\u{200c}' | '\u{200d}') && joined(before) && joined(letters.get(index + 1))
    };
    let rest = letters.iter().enumerate().filter(|(index, letter)| !spare(*index, **letter));
    line(key, rest.map(|(_, letter)| *letter).collect(), limit)?;
    Ok(text)
}

/// What somebody else wrote, as far as it can be shown in a message.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 300;
    let visible = |letter: char| if is_hidden(letter) { '\u{fffd}' } else { letter };
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_a_person_wants_most_is_taken() {
        let translations = [("de", "Arbeitsfläche"), ("pt_BR", "Área"), ("sr@latin", "Radna")];
        let translations = translations.into_iter().map(|(key, text)| (key.into(), text.into())).collect();
        let text = Text { english: "Desktop".into(), translations };
        let table: &[(&[&str], &str)] = &[
            (&["de_AT.UTF-8"], "Arbeitsfläche"),
            (&["pt_BR.UTF-8", "de"], "Área"),
            (&["pt_PT", "de"], "Arbeitsfläche"),
            (&["sr_RS.UTF-8@latin"], "Radna"),
            (&["sr_RS.UTF-8"], "Desktop"),
            (&["en_GB.UTF-8", "de"], "Desktop"),
            (&["C", "de"], "Desktop"),
            (&[], "Desktop"),
            (&["", "@", "."], "Desktop"),
        ];
        for (languages, expected) in table {
            assert_eq!(text.in_languages(languages.iter().copied()), *expected, "{languages:?}");
        }
    }

    #[test]
    fn languages_are_named_as_gettext_names_them() {
        for language in ["de", "pt_BR", "sr@latin", "ast", "ca_ES@valencia"] {
            assert!(is_language(language), "{language}");
        }
        for language in ["", "d", "DE", "de_", "de-AT", "de_at", "deutsch", "de@", "de_DE.UTF-8"] {
            assert!(!is_language(language), "{language}");
        }
    }

    #[test]
    fn hidden_letters_are_no_part_of_a_text() {
        assert!(line("name", "Äpfel 日本 🙂".into(), 20).is_ok());
        for hidden in ['\0', '\n', '\u{7f}', '\u{200b}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{ad}', '\u{e0041}'] {
            let text = format!("a{hidden}b");
            let fault = CatalogFault::HiddenLetters { key: "name".into() };
            assert_eq!(line("name", text.clone(), 20), Err(fault), "{text:?}");
            assert!(!shown(&text).contains(hidden));
        }
        assert_eq!(line("name", " ".into(), 20), Err(CatalogFault::Missing { key: "name".into() }));
        assert_eq!(line("name", "é".repeat(21), 20), Err(CatalogFault::TooLong { key: "name".into(), limit: 20 }));
        assert_eq!(line("name", "é".repeat(20), 20), Ok("é".repeat(20)));
    }

    #[test]
    fn persian_can_be_written() {
        assert!(translation("name", "می\u{200c}خواهم".into(), 20).is_ok());
        for text in ["a\u{200c}b", "\u{200c}می", "می\u{200c}", "م\u{200c}\u{200c}ی", "م\u{202e}ی"] {
            assert!(translation("name", text.into(), 20).is_err(), "{text:?}");
        }
    }
}
