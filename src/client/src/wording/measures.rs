// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};

use super::lists::plural;

/// A number of bytes as people read it, in powers of a thousand: `1.2 GB`.
pub fn bytes(bytes: u64) -> String {
    let in_units_of =
        |unit: u64| with_tenths((bytes / (unit / 10)).saturating_add(u64::from(bytes % (unit / 10) >= unit / 20)));
    match bytes {
        // Translators: a size, as in "350 bytes".
        0..1_000 => ngettext("{number} byte", "{number} bytes", plural(bytes)).replace("{number}", &bytes.to_string()),
        // Translators: kilobytes, as in "12.5 kB".
        1_000..1_000_000 => gettext("{number} kB").replace("{number}", &in_units_of(1_000)),
        // Translators: megabytes.
        1_000_000..1_000_000_000 => gettext("{number} MB").replace("{number}", &in_units_of(1_000_000)),
        // Translators: gigabytes.
        _ => gettext("{number} GB").replace("{number}", &in_units_of(1_000_000_000)),
    }
}

/// A number of tenths as people read it: `1.2`.
pub fn with_tenths(tenths: u64) -> String {
    // Translators: a number with one decimal, as in "1.2".
    gettext("{whole}.{tenth}")
        .replace("{whole}", &(tenths / 10).to_string())
        .replace("{tenth}", &(tenths % 10).to_string())
}

/// How long something still takes, roughly: `About 2 minutes`.
pub fn seconds_left(seconds: u64) -> String {
    let count = |number: u64| plural(number);
    match seconds {
        0..10 => gettext("A few seconds"),
        10..60 => {
            let tens = seconds.div_ceil(10) * 10;
            ngettext("About {number} second", "About {number} seconds", count(tens))
                .replace("{number}", &tens.to_string())
        }
        60..3_600 => {
            let minutes = seconds.div_ceil(60);
            ngettext("About {number} minute", "About {number} minutes", count(minutes))
                .replace("{number}", &minutes.to_string())
        }
        _ => {
            let hours = seconds.div_ceil(3_600);
            ngettext("About {number} hour", "About {number} hours", count(hours))
                .replace("{number}", &hours.to_string())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_in_powers_of_a_thousand() {
        for (number, text) in
            [(0, "0 bytes"), (1, "1 byte"), (999, "999 bytes"), (1_500, "1.5 kB"), (12_100_000, "12.1 MB")]
        {
            assert_eq!(bytes(number), text);
        }
        assert_eq!(bytes(3_200_000_000), "3.2 GB");
    }

    #[test]
    fn remaining_time_is_rough() {
        for (seconds, text) in [(3, "A few seconds"), (42, "About 50 seconds"), (61, "About 2 minutes")] {
            assert_eq!(seconds_left(seconds), text);
        }
        assert_eq!(seconds_left(7_000), "About 2 hours");
    }
}
