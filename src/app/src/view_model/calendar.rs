// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::gtk::glib::{DateTime, TimeZone};

/// Words for points in time, as seen from one moment in one time zone.
#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    today: Option<(i32, i32, i32)>,
    zone: TimeZone,
}

impl Calendar {
    /// The calendar on the wall here and now.
    pub(crate) fn here_and_now() -> Self {
        let zone = TimeZone::local();
        let today = DateTime::now(&zone).ok().map(|now| now.ymd());
        Self { today, zone }
    }

    /// A day: `18 November 2026`.
    pub(crate) fn day(&self, seconds: u64) -> Option<String> {
        // Translators: a date, as for g_date_time_format(): "18 November 2026".
        self.format(seconds, &gettext("%-d %B %Y"))
    }

    /// A day, as people call the last two.
    pub(crate) fn day_in_words(&self, seconds: u64) -> Option<String> {
        let day = self.time(seconds)?.ymd();
        if self.today == Some(day) {
            return Some(gettext("Today"));
        }
        if self.yesterday() == Some(day) {
            return Some(gettext("Yesterday"));
        }
        self.day(seconds)
    }

    /// A day and a time: `18 November 2026, 14:32`.
    pub(crate) fn moment(&self, seconds: u64) -> Option<String> {
        // Translators: a date and a time, as for g_date_time_format(): "18 November 2026, 14:32".
        self.format(seconds, &gettext("%-d %B %Y, %H:%M"))
    }

    /// A time of a day that is named elsewhere: `14:32`.
    pub(crate) fn time_of_day(&self, seconds: u64) -> Option<String> {
        // Translators: a time of day, as for g_date_time_format(): "14:32".
        self.format(seconds, &gettext("%H:%M"))
    }

    /// A time of day to the second: `14:32:05`.
    pub(crate) fn to_the_second(&self, seconds: u64) -> Option<String> {
        // Translators: a time of day with seconds, as for g_date_time_format(): "14:32:05".
        self.format(seconds, &gettext("%H:%M:%S"))
    }

    /// The hour of the day.
    pub(crate) fn hour(&self, seconds: u64) -> Option<i32> {
        Some(self.time(seconds)?.hour())
    }

    /// How many days lie between today and then: none, one, or not so few.
    pub(crate) fn days_ahead(&self, seconds: u64) -> Option<u8> {
        let (day, (year, month, today)) = (self.time(seconds)?.ymd(), self.today?);
        if day == (year, month, today) {
            return Some(0);
        }
        let noon = DateTime::new(&self.zone, year, month, today, 12, 0, 0.0).ok()?;
        (noon.add_days(1).ok()?.ymd() == day).then_some(1)
    }

    /// When the last check was made, as a sentence.
    pub(crate) fn last_checked(&self, seconds: u64) -> Option<String> {
        let checked = self.time(seconds)?;
        if self.today == Some(checked.ymd()) {
            let time = self.time_of_day(seconds)?;
            return Some(gettext("Last checked today at {time}").replace("{time}", &time));
        }
        Some(gettext("Last checked on {date}").replace("{date}", &self.day(seconds)?))
    }

    /// When something was read that may be out of date by now.
    pub(crate) fn as_of(&self, seconds: u64) -> Option<String> {
        let today = self.today == Some(self.time(seconds)?.ymd());
        let moment = if today { self.time_of_day(seconds)? } else { self.moment(seconds)? };
        // Translators: how old what is shown is; {moment} is a time of today or a date with a time.
        Some(gettext("As of {moment}").replace("{moment}", &moment))
    }

    /// A day that is written as `2027-05-31`.
    pub(crate) fn named_day(&self, day: &str) -> Option<String> {
        let (year, month, day) = date(day)?;
        let noon = DateTime::new(&self.zone, year, month, day, 12, 0, 0.0).ok()?;
        Some(noon.format(&gettext("%-d %B %Y")).ok()?.into())
    }

    /// That day lies in the past.
    pub(crate) fn is_over(&self, day: &str) -> bool {
        matches!((self.today, date(day)), (Some(today), Some(day)) if day < today)
    }

    fn yesterday(&self) -> Option<(i32, i32, i32)> {
        let (year, month, day) = self.today?;
        let noon = DateTime::new(&self.zone, year, month, day, 12, 0, 0.0).ok()?;
        Some(noon.add_days(-1).ok()?.ymd())
    }

    fn format(&self, seconds: u64, format: &str) -> Option<String> {
        Some(self.time(seconds)?.format(format).ok()?.into())
    }

    fn time(&self, seconds: u64) -> Option<DateTime> {
        DateTime::from_unix_utc(i64::try_from(seconds).ok()?).ok()?.to_timezone(&self.zone).ok()
    }
}

/// Year, month and day.
fn date(text: &str) -> Option<(i32, i32, i32)> {
    let mut parts = text.splitn(3, '-').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

#[cfg(test)]
impl Calendar {
    /// A calendar for tests: in Greenwich, on the day of `now`.
    pub(crate) fn in_greenwich(now: u64) -> Self {
        Self::in_zone(now, TimeZone::utc())
    }

    /// The same elsewhere.
    pub(crate) fn in_zone(now: u64, zone: TimeZone) -> Self {
        let calendar = Self { today: None, zone };
        Self { today: calendar.time(now).map(|now| now.ymd()), ..calendar }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_out() {
        let calendar = Calendar::in_greenwich(1_795_012_320);
        assert_eq!(calendar.day(1_794_960_000).as_deref(), Some("18 November 2026"));
        assert_eq!(calendar.moment(1_795_012_320).as_deref(), Some("18 November 2026, 14:32"));
        assert_eq!(calendar.day_in_words(1_795_012_320).as_deref(), Some("Today"));
        assert_eq!(calendar.day_in_words(1_794_873_600).as_deref(), Some("Yesterday"));
        assert_eq!(calendar.day_in_words(1_794_787_200).as_deref(), Some("16 November 2026"));
        assert_eq!(calendar.last_checked(1_795_012_320).as_deref(), Some("Last checked today at 14:32"));
        assert_eq!(calendar.as_of(1_795_012_320).as_deref(), Some("As of 14:32"));
        assert_eq!(calendar.as_of(1_794_873_600).as_deref(), Some("As of 17 November 2026, 00:00"));
        assert_eq!(calendar.last_checked(1_794_873_600).as_deref(), Some("Last checked on 17 November 2026"));
    }

    #[test]
    fn a_time_that_no_calendar_has_is_not_written() {
        let calendar = Calendar::in_greenwich(0);
        assert_eq!(calendar.day(u64::MAX), None);
        assert_eq!(calendar.last_checked(1 << 60), None);
    }
}
