// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;

/// How long something took: `0.4 s`, `42 s`, `2 min 5 s`, `1 h 10 min`.
pub(super) fn words(milliseconds: u64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        // Translators: seconds, as in “0.4 s”.
        0..10 => gettext("{number} s").replace("{number}", &wording::with_tenths(milliseconds / 100)),
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

/// The same in whole seconds: `4 s`, `42 s`, `2 min 5 s`.
pub(super) fn whole(seconds: u64) -> String {
    match seconds {
        // Translators: seconds, as in “4 s”.
        0..10 => gettext("{number} s").replace("{number}", &seconds.to_string()),
        _ => words(seconds.saturating_mul(1000)),
    }
}

/// How long ago something was that is `seconds` old.
pub(super) fn ago(seconds: u64) -> String {
    let of = |text: String, number: u64| text.replace("{number}", &number.to_string());
    let count = |number: u64| wording::plural(number);
    match seconds {
        0..60 => gettext("less than a minute ago"),
        60..3_600 => {
            let minutes = seconds / 60;
            of(ngettext("{number} minute ago", "{number} minutes ago", count(minutes)), minutes)
        }
        3_600..86_400 => {
            let hours = seconds / 3_600;
            of(ngettext("{number} hour ago", "{number} hours ago", count(hours)), hours)
        }
        _ => {
            let days = seconds / 86_400;
            of(ngettext("{number} day ago", "{number} days ago", count(days)), days)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_rough_and_never_too_old() {
        for (seconds, text) in [
            (0, "less than a minute ago"),
            (59, "less than a minute ago"),
            (119, "1 minute ago"),
            (7_199, "1 hour ago"),
            (7_200, "2 hours ago"),
            (200_000, "2 days ago"),
        ] {
            assert_eq!(ago(seconds), text);
        }
        assert_eq!((whole(4), whole(75), whole(u64::MAX).is_empty()), ("4 s".into(), "1 min 15 s".into(), false));
    }

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
