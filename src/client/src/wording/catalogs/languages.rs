// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::OnceLock;

/// The languages that the person wants, as gettext finds them out for texts that stand elsewhere.
pub(super) fn of_the_person() -> &'static [String] {
    static LANGUAGES: OnceLock<Vec<String>> = OnceLock::new();
    LANGUAGES.get_or_init(|| languages(|name| std::env::var(name).ok().filter(|value| !value.is_empty())))
}

/// Source: the manual of gettext, "Locale Environment Variables" and "The LANGUAGE variable".
fn languages(variable: impl Fn(&str) -> Option<String>) -> Vec<String> {
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(&variable).unwrap_or_else(|| "C".into());
    let plain = locale.split(['.', '@']).next().is_some_and(|place| matches!(place, "C" | "POSIX"));
    match variable("LANGUAGE").filter(|_| !plain) {
        Some(list) => list.split(':').filter(|one| !one.is_empty()).map(str::to_owned).collect(),
        None => vec![locale],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_those_that_gettext_takes() {
        let table = [
            ("", "C"),
            ("LANG=de_DE.UTF-8", "de_DE.UTF-8"),
            ("LANG=de_DE.UTF-8 LC_MESSAGES=fr_FR", "fr_FR"),
            ("LC_ALL=pt_BR.UTF-8 LC_MESSAGES=fr_FR", "pt_BR.UTF-8"),
            ("LANG=de_DE.UTF-8 LANGUAGE=nl::de", "nl de"),
            ("LANG=C.UTF-8 LANGUAGE=nl:de", "C.UTF-8"),
        ];
        for (variables, expected) in table {
            let variables = variables.split(' ').filter_map(|one| one.split_once('='));
            let value =
                |name: &str| variables.clone().find(|(other, _)| *other == name).map(|(_, value)| value.to_owned());
            assert_eq!(languages(value).join(" "), expected);
        }
    }
}
