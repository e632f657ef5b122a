// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_client::login::RestartObstacles;
use isotope_client::wording;
use isotope_model::Snapshot;

use super::Calendar;
use super::names::told_apart;
use super::next_start::NextStart;
use crate::helper_worker::Answer;

/// As many obstacles are named; how many more there are is said.
const NAMED: usize = 8;
/// The hour of the night that is proposed.
const NIGHT: i32 = 3;
/// The times that can be chosen: every half hour of a day, and none that is nearly over.
const STEP: u64 = 1_800;
const SOONEST: u64 = 600;
/// Who is asked for a password needs a moment: what is nearer than this cannot be scheduled any more.
const TOO_NEAR: u64 = 60;
const TIMES: u64 = 48;

/// What is chosen about a restart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RestartTime {
    /// It is to be now.
    #[default]
    Now,
    /// It is to be at a time that is chosen besides.
    Later,
    /// It is left to whoever shuts the computer down next.
    AtShutdown,
}

/// What a restart would disturb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ObstaclesView {
    /// That is being asked.
    Waiting,
    /// These sentences; none where there is nothing.
    Known(Vec<String>),
    /// That could not be found out.
    Unknown(String),
}

/// What is shown before a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestartView {
    /// What a restart now does, and what to do before.
    sentence: String,
    /// The same of a restart at a time, which takes as long as any.
    sentence_later: String,
    /// What it would disturb.
    pub(crate) obstacles: ObstaclesView,
    /// Something holds it back: it has to be asked for in spite of that.
    pub(crate) held_back: bool,
    /// Why it cannot be now.
    pub(crate) hindrance: Option<String>,
}

/// A time that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RestartMoment {
    /// In seconds since 1970.
    pub(crate) seconds: u64,
    /// The time of day.
    pub(crate) time: String,
    /// The same with its date.
    pub(crate) moment: String,
}

impl RestartView {
    /// What to show on this host, where this was found out so far, and where nothing is being done or something is.
    pub(crate) fn of(snapshot: &Snapshot, obstacles: Option<&Answer<RestartObstacles>>, idle: bool) -> Self {
        Self {
            hindrance: (!idle).then(hindrance),
            sentence: sentence(snapshot, snapshot.soft_restart),
            sentence_later: sentence(snapshot, false),
            held_back: matches!(obstacles, Some(Ok(obstacles)) if obstacles.block()),
            obstacles: match obstacles {
                None => ObstaclesView::Waiting,
                Some(Ok(obstacles)) => ObstaclesView::Known(named(obstacles)),
                Some(Err(error)) => ObstaclesView::Unknown(unknown(error)),
            },
        }
    }

    /// This can be chosen: what a restart now would disturb is told before it.
    pub(crate) fn allows(&self, time: RestartTime) -> bool {
        time != RestartTime::Now || (self.hindrance.is_none() && self.obstacles != ObstaclesView::Waiting)
    }

    /// What the restart does where this is chosen, and what to do before.
    pub(crate) fn sentence(&self, time: RestartTime) -> &str {
        match time {
            RestartTime::Now => &self.sentence,
            RestartTime::Later | RestartTime::AtShutdown => &self.sentence_later,
        }
    }

    /// What stands on the button where this is chosen, with a mnemonic.
    pub(crate) fn button(&self, time: RestartTime) -> String {
        match time {
            RestartTime::Now if self.held_back => gettext("Restart _Anyway"),
            RestartTime::Now => gettext("_Restart"),
            RestartTime::Later => gettext("_Schedule Restart"),
            RestartTime::AtShutdown => gettext("_Done"),
        }
    }
}

impl RestartMoment {
    /// It is over, or too near.
    pub(crate) fn is_missed(&self, now: u64) -> bool {
        self.seconds <= now.saturating_add(TOO_NEAR)
    }

    /// The times that can be chosen from this one on, and the place of the one that is proposed.
    pub(crate) fn from_now(now: u64, calendar: &Calendar) -> (Vec<Self>, usize) {
        let first = now.saturating_add(SOONEST).div_ceil(STEP).saturating_mul(STEP);
        let moment = |number: u64| {
            let seconds = first.checked_add(number * STEP)?;
            let (time, moment) = (calendar.time_of_day(seconds)?, calendar.moment(seconds)?);
            Some(Self { seconds, time, moment })
        };
        let moments: Vec<_> = (0..TIMES).filter_map(moment).collect();
        let is_night = |moment: &Self| calendar.hour(moment.seconds) == Some(NIGHT);
        let proposed = moments.iter().position(is_night).unwrap_or_default();
        (moments, proposed)
    }
}

/// What to know of the time that is chosen: this moment, and that the login manager makes up for it after a sleep.
pub(crate) fn at_that_time(moment: &str) -> String {
    // Translators: {moment} is a date and a time; the computer may be asleep then.
    gettext("{moment}\nIf the computer sleeps then, it restarts as soon as it wakes.").replace("{moment}", moment)
}

/// Why the computer cannot restart while something is being done.
pub(crate) fn hindrance() -> String {
    gettext("Something is being done to the system. The computer can restart once that has ended.")
}

fn sentence(snapshot: &Snapshot, soft: bool) -> String {
    let Some(next) = NextStart::of(snapshot) else {
        return match soft {
            true => gettext(
                "The computer will start the same version again. It takes only moments, because the hardware is not restarted. Save your work in other apps first.",
            ),
            false => gettext("The computer will start the same version again. Save your work in other apps first."),
        };
    };
    let next = next.deployment();
    let name = snapshot.booted().map_or_else(|| next.label().to_owned(), |booted| told_apart(next, booted).0);
    let words = match soft {
        true => gettext(
            "The computer will start {version}. It takes only moments, because the hardware is not restarted. Save your work in other apps first.",
        ),
        false => gettext("The computer will start {version}. Save your work in other apps first."),
    };
    words.replace("{version}", &name)
}

/// Other people come first: their work is not one's own.
fn named(obstacles: &RestartObstacles) -> Vec<String> {
    let people = obstacles.others.iter().map(wording::other_session);
    let programs = obstacles.inhibitors.iter().map(wording::inhibitor);
    let mut sentences: Vec<_> = people.chain(programs).collect();
    let more = sentences.len().saturating_sub(NAMED);
    if more > 0 {
        sentences.truncate(NAMED);
        let words =
            gettextrs::ngettext("{number} more is not shown", "{number} more are not shown", wording::plural(more));
        sentences.push(words.replace("{number}", &more.to_string()));
    }
    sentences
}

fn unknown(error: &ClientError) -> String {
    gettext("What a restart would disturb could not be found out: {reason}")
        .replace("{reason}", &wording::client_error(error).what)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::login::{Inhibitor, OtherSession};
    use relm4::gtk::glib::TimeZone;

    use super::super::test_states::{NOON, booted, snapshot, staged};
    use super::*;

    fn inhibitor(who: &str, delays_only: bool) -> Inhibitor {
        Inhibitor { who: who.into(), why: "It writes".into(), delays_only }
    }

    fn view(obstacles: RestartObstacles) -> RestartView {
        RestartView::of(&snapshot(vec![staged('3'), booted('2')]), Some(&Ok(Arc::new(obstacles))), true)
    }

    #[test]
    fn a_restart_names_what_it_starts() {
        let told_of = |snapshot: &Snapshot, time| RestartView::of(snapshot, None, true).sentence(time).to_owned();
        let told = |snapshot: &Snapshot| told_of(snapshot, RestartTime::Now);
        assert!(told(&snapshot(vec![staged('3'), booted('2')])).contains("10.3"));
        assert!(told(&snapshot(vec![booted('2')])).contains("same version"));
        let soft = Snapshot { soft_restart: true, ..snapshot(vec![staged('3'), booted('2')]) };
        assert!(told(&soft).contains("only moments"));
        assert!(!told_of(&soft, RestartTime::Later).contains("moments"), "at a time the hardware is restarted as well");
        assert!(!told(&snapshot(vec![staged('3'), booted('2')])).contains("moments"));
    }

    #[test]
    fn people_come_before_programs_and_a_program_may_hold_it_back() {
        let administrator = OtherSession { user: "administrator".into(), seat: None };
        let waits = RestartObstacles { inhibitors: vec![inhibitor("Editor", true)], others: vec![administrator] };
        let shown = view(waits);
        let ObstaclesView::Known(sentences) = &shown.obstacles else { unreachable!() };
        assert!(sentences[0].contains("administrator") && sentences[1].contains("Editor"));
        assert_eq!(shown.button(RestartTime::Now), "_Restart");
        let holds = view(RestartObstacles { inhibitors: vec![inhibitor("Packages", false)], others: Vec::new() });
        assert_eq!(holds.button(RestartTime::Now), "Restart _Anyway");
        assert_eq!(view(RestartObstacles::default()).obstacles, ObstaclesView::Known(Vec::new()));
    }

    #[test]
    fn now_it_can_be_once_the_obstacles_are_told_and_nothing_is_being_done() {
        let host = snapshot(vec![staged('3'), booted('2')]);
        let nothing = Ok(Arc::new(RestartObstacles::default()));
        let failed = Err(Arc::new(ClientError::ServiceMissing));
        for (obstacles, idle, now) in [
            (None, true, false),
            (Some(&nothing), true, true),
            (Some(&failed), true, true),
            (Some(&nothing), false, false),
        ] {
            let view = RestartView::of(&host, obstacles, idle);
            assert_eq!((view.allows(RestartTime::Now), view.hindrance.is_none()), (now, idle));
            assert!(view.allows(RestartTime::Later) && view.allows(RestartTime::AtShutdown));
        }
    }

    #[test]
    fn a_time_that_is_over_is_told_from_one_that_comes() {
        let (moments, _) = RestartMoment::from_now(NOON, &Calendar::in_greenwich(NOON));
        let first = &moments[0];
        assert!(!first.is_missed(NOON) && !first.is_missed(first.seconds - 61));
        assert!(
            first.is_missed(first.seconds - 60) && first.is_missed(first.seconds + 3_600) && first.is_missed(u64::MAX)
        );
    }

    #[test]
    fn what_nobody_would_read_to_the_end_is_cut() {
        let inhibitors = (0..60).map(|number| inhibitor(&number.to_string(), true)).collect();
        let ObstaclesView::Known(sentences) = view(RestartObstacles { inhibitors, others: Vec::new() }).obstacles
        else {
            unreachable!()
        };
        assert_eq!((sentences.len(), sentences[NAMED].as_str()), (NAMED + 1, "52 more are not shown"));
    }

    #[test]
    fn three_in_the_next_night_is_proposed_of_the_times_of_a_day() {
        let (moments, proposed) = RestartMoment::from_now(NOON + 60, &Calendar::in_greenwich(NOON));
        assert_eq!((moments.len(), moments[0].time.as_str()), (48, "12:30"));
        assert_eq!(moments[proposed].moment, "19 November 2026, 03:00");
        assert!(moments.iter().all(|moment| moment.seconds > NOON + 60 + 600));
        assert_eq!(RestartMoment::from_now(u64::MAX, &Calendar::in_greenwich(NOON)), (Vec::new(), 0));
    }

    #[test]
    fn in_every_zone_there_is_a_night() {
        for zone in ["+05:45", "-03:30", "+14:00"] {
            let zone = TimeZone::from_identifier(Some(zone)).unwrap();
            let (moments, proposed) = RestartMoment::from_now(NOON, &Calendar::in_zone(NOON, zone));
            assert!(moments[proposed].time.starts_with("03:"), "{}", moments[proposed].time);
        }
    }
}
