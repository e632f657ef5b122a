// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::login::RestartObstacles;
use isotope_client::wording;
use isotope_model::Snapshot;

use super::question::Question;
use super::{Line, View, sentences, time};

/// What is in the way of a restart, each in a line of its own.
pub(crate) fn in_the_way(obstacles: &RestartObstacles) -> Vec<Line> {
    let held = obstacles.inhibitors.iter().map(wording::inhibitor);
    held.chain(obstacles.others.iter().map(wording::other_session)).map(Line::plain).collect()
}

/// The same, to be asked about.
pub(crate) fn come_since(obstacles: &RestartObstacles, view: &View) -> Vec<Line> {
    sentences(in_the_way(obstacles), view)
}

/// What is in the way, what is scheduled already, and what starts, or that the service does not tell.
pub(crate) fn what_follows(
    obstacles: &RestartObstacles,
    scheduled: Option<u64>,
    snapshot: Option<&Snapshot>,
    view: &View,
) -> Vec<Line> {
    let mut lines = in_the_way(obstacles);
    let moment = scheduled.and_then(|at| time::minute(at, &view.zone));
    lines.extend(
        moment.map(|moment| {
            Line::plain(gettext("A restart is scheduled already, for {time}.").replace("{time}", &moment))
        }),
    );
    lines.extend(match snapshot {
        Some(snapshot) => snapshot.next().map(|next| {
            let version = wording::version(snapshot, &next.id);
            Line::plain(gettext("The restart starts version {version}.").replace("{version}", &version))
        }),
        None => Some(Line::plain(gettext(
            "The Isotope service does not answer, so it cannot be told which version the restart starts.",
        ))),
    });
    sentences(lines, view)
}

/// Whether to do it.
pub(crate) fn question(mut lines: Vec<Line>, at: Option<u64>, view: &View) -> Question {
    // The login manager goes by the time of the day, and no time wakes the computer.
    let asleep = || Line::plain(gettext("If the computer sleeps at that time, it restarts as soon as it wakes up."));
    lines.extend(sentences(at.map(|_| asleep()), view));
    let go_ahead = match at.map(|at| moment(at, view)) {
        // Translators: {time} is day and time: “2025-11-18 23:00”.
        Some(moment) => gettext("Restart the computer at {time}?").replace("{time}", &moment),
        None => gettext("Restart the computer now?"),
    };
    Question { lines, go_ahead }
}

/// That it was done.
pub(crate) fn asked_for(at: Option<u64>, view: &View) -> Vec<Line> {
    match at {
        Some(at) => scheduled(at, view),
        None => vec![Line::plain(gettext("The computer restarts."))],
    }
}

/// When the computer restarts, and how to call that off.
pub(crate) fn scheduled(at: u64, view: &View) -> Vec<Line> {
    vec![
        // Translators: {time} is day and time: “2025-11-18 23:00”.
        Line::plain(gettext("The computer restarts at {time}.").replace("{time}", &moment(at, view))),
        // Translators: leave the command as it is.
        Line::plain(gettext("To call that off: isotopectl restart --cancel")),
    ]
}

fn moment(at: u64, view: &View) -> String {
    time::minute(at, &view.zone).unwrap_or_else(|| at.to_string())
}

/// Whether there was something to call off.
pub(crate) fn cancelled(was_scheduled: bool) -> Line {
    Line::plain(match was_scheduled {
        true => gettext("The restart is called off."),
        false => gettext("No restart is scheduled."),
    })
}

#[cfg(test)]
mod tests {
    use isotope_client::login::{Inhibitor, OtherSession};

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn who_and_what_is_in_the_way_comes_first() {
        let obstacles = RestartObstacles {
            inhibitors: vec![Inhibitor { who: "PackageKit".into(), why: "Installing".into(), delays_only: false }],
            others: vec![OtherSession { user: "administrator".into(), seat: None }],
        };
        let state = samples::updated();
        let lines = what_follows(&obstacles, Some(1_763_458_200), Some(&state.snapshot), &samples::view());
        let question = question(lines, Some(1_763_458_200), &samples::view());
        assert_eq!(
            shown(&question.lines),
            [
                "PackageKit does not want the computer to restart now: Installing",
                "administrator is logged in from elsewhere.",
                "A restart is scheduled already, for 2025-11-18 09:30.",
                "The restart starts version 10.2.20251120.",
                "If the computer sleeps at that time, it restarts as soon as it wakes up.",
            ]
        );
        assert_eq!(question.go_ahead, "Restart the computer at 2025-11-18 09:30?");
    }

    #[test]
    fn a_time_is_never_asked_about_as_now() {
        let asked = |at| question(Vec::new(), at, &samples::view()).go_ahead;
        assert_eq!(asked(None), "Restart the computer now?");
        assert_eq!(shown(&question(Vec::new(), None, &samples::view()).lines), [""; 0]);
        assert!(asked(Some(u64::MAX)).contains(&u64::MAX.to_string()));
    }

    #[test]
    fn a_service_that_does_not_answer_is_named() {
        let lines = shown(&what_follows(&RestartObstacles::default(), None, None, &samples::view()));
        assert!(lines.len() == 1 && lines[0].starts_with("The Isotope service does not answer"), "{lines:?}");
    }
}
