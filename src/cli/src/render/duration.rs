// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

/// How long something took: `0.4 s`, `42 s`, `2 min 5 s`, `1 h 10 min`.
pub(super) fn words(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        // Translators: seconds, as in “0.4 s”.
        0..10 => gettext("{number} s").replace("{number}", &format!("{seconds}.{}", milliseconds % 1000 / 100)),
        10..60 => gettext("{number} s").replace("{number}", &seconds.to_string()),
        // Translators: as in “2 min 5 s”.
        60..3_600 => gettext("{minutes} min {seconds} s")
            .replace("{minutes}", &(seconds / 60).to_string())
            .replace("{seconds}", &(seconds % 60).to_string()),
        // Translators: as in “1 h 10 min”.
        _ => gettext("{hours} h {minutes} min")
            .replace("{hours}", &(seconds / 3_600).to_string())
            .replace("{minutes}", &(seconds % 3_600 / 60).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_as_fine_as_they_are_short() {
        for (milliseconds, text) in [
            (0, "0.0 s"),
            (449, "0.4 s"),
            (9_999, "9.9 s"),
            (42_500, "42 s"),
            (125_000, "2 min 5 s"),
            (4_200_000, "1 h 10 min"),
        ] {
            assert_eq!(words(milliseconds), text);
        }
    }
}
