// SPDX-License-Identifier: GPL-3.0-or-later
use jiff::{Timestamp, tz::TimeZone};

/// The day of a moment given in seconds since 1970: `2026-11-18`. None where no calendar has it.
pub(super) fn day(seconds: u64, zone: &TimeZone) -> Option<String> {
    written(seconds, zone, "%Y-%m-%d")
}

/// Day and minute: `2026-11-18 09:30`.
pub(super) fn minute(seconds: u64, zone: &TimeZone) -> Option<String> {
    written(seconds, zone, "%Y-%m-%d %H:%M")
}

/// The time of the day, to the second: `09:30:12`.
pub(crate) fn clock(seconds: u64, zone: &TimeZone) -> Option<String> {
    written(seconds, zone, "%H:%M:%S")
}

fn written(seconds: u64, zone: &TimeZone, form: &str) -> Option<String> {
    let moment = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(moment.to_zoned(zone.clone()).strftime(form).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_the_persons_zone() {
        assert_eq!(day(0, &TimeZone::UTC).unwrap(), "1970-01-01");
        let east = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(minute(1_763_458_200, &TimeZone::UTC).unwrap(), "2025-11-18 09:30");
        assert_eq!(minute(1_763_458_200, &east).unwrap(), "2025-11-18 11:30");
        assert_eq!(clock(1_763_458_200, &TimeZone::UTC).unwrap(), "09:30:00");
    }

    #[test]
    fn a_moment_that_no_calendar_has_is_unknown() {
        assert_eq!(day(u64::MAX, &TimeZone::UTC), None);
        assert_eq!(day(i64::MAX as u64, &TimeZone::UTC), None);
    }
}
