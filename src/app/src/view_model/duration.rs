// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;

/// How long something took: `12 seconds`.
pub(super) fn duration(milliseconds: u64) -> String {
    let count = |number: u64| wording::plural(number);
    let (seconds, minutes) = (milliseconds / 1_000, milliseconds / 60_000);
    match milliseconds {
        0..1_000 => gettext("less than a second"),
        1_000..60_000 => {
            ngettext("{number} second", "{number} seconds", count(seconds)).replace("{number}", &seconds.to_string())
        }
        _ => ngettext("{number} minute", "{number} minutes", count(minutes)).replace("{number}", &minutes.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_whole_seconds_or_minutes() {
        for (milliseconds, text) in [(400, "less than a second"), (1_999, "1 second"), (125_000, "2 minutes")] {
            assert_eq!(duration(milliseconds), text);
        }
    }
}
