// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::VecDeque;

use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{OperationKind, OperationStatus, Phase, Progress, Snapshot};

use super::Calendar;

/// As many lines are kept; of more, the first one and the newest.
const LONGEST: usize = 200;

/// What was seen of one operation, from its beginning to its end: the one that runs, or else the last one.
#[derive(Clone, Debug, Default)]
pub(crate) struct OperationLog {
    operation: Option<Followed>,
    lines: VecDeque<LogLine>,
}

#[derive(Clone, Debug)]
struct Followed {
    mark: String,
    kind: OperationKind,
    progress: Option<Progress>,
    ended: bool,
}

/// One line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LogLine {
    /// When that was, in seconds since 1970.
    time: u64,
    text: String,
}

/// What is shown of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OperationLogView {
    /// What the log is called.
    pub(crate) title: String,
    /// Which operation it is of.
    pub(crate) subtitle: String,
    /// The lines, the oldest first.
    pub(crate) text: String,
}

impl OperationLog {
    /// Takes in a state that was seen now, in seconds since 1970; returns whether there is anything new.
    pub(crate) fn take(&mut self, state: &ServiceState, now: u64) -> bool {
        let Some(operation) = state.operation.as_deref() else { return false };
        let path = state.operation_path.as_ref().map(ToString::to_string).unwrap_or_default();
        let mark = format!("{path} {}", operation.started);
        let before = self.lines.len();
        let is_new = self.operation.as_ref().is_none_or(|followed| followed.mark != mark);
        if is_new {
            // The end of one that was never seen to run is told elsewhere.
            if operation.outcome.is_some() {
                return false;
            }
            self.begin(mark, operation, now);
        }
        self.go_on(operation, &state.snapshot, now);
        is_new || self.lines.len() != before
    }

    /// What to show of it, if anything was seen.
    pub(crate) fn view(&self, calendar: &Calendar) -> Option<OperationLogView> {
        let followed = self.operation.as_ref()?;
        let line = |line: &LogLine| {
            // Translators: a line of a log: the time of day, and what happened then.
            gettext("{time}  {event}")
                .replace("{time}", &calendar.to_the_second(line.time).unwrap_or_default())
                .replace("{event}", &line.text)
        };
        let lines: Vec<_> = self.lines.iter().map(line).collect();
        let title = if followed.ended { gettext("Last Operation") } else { gettext("Details") };
        Some(OperationLogView { title, subtitle: wording::operation_name(followed.kind), text: lines.join("\n") })
    }

    fn begin(&mut self, mark: String, operation: &OperationStatus, now: u64) {
        self.lines.clear();
        self.operation = Some(Followed { mark, kind: operation.kind, progress: None, ended: false });
        // Translators: the first line of a log. {operation} is for example "Updating", {user} a user or a program.
        let begun = gettext("{operation}: started by {user}")
            .replace("{user}", &wording::starter(&operation.starter))
            .replace("{operation}", &wording::operation(operation.kind));
        // A clock may have been set since.
        self.note(if operation.started == 0 { now } else { operation.started.min(now) }, begun);
    }

    fn go_on(&mut self, operation: &OperationStatus, after: &Snapshot, now: u64) {
        let Some(followed) = self.operation.as_mut().filter(|followed| !followed.ended) else { return };
        let progress = &operation.progress;
        let before = followed.progress.replace(progress.clone());
        followed.ended = operation.outcome.is_some();
        let is_same = |before: &Progress| before.phase == progress.phase && before.waits_for == progress.waits_for;
        if !before.as_ref().is_some_and(is_same) {
            if let Some(transferred) = before.as_ref().and_then(transferred) {
                self.note(now, transferred);
            }
            if progress.phase != Phase::Starting {
                self.note(now, wording::phase(progress));
            }
        }
        if let Some(outcome) = &operation.outcome {
            if let Some(transferred) = transferred(progress) {
                self.note(now, transferred);
            }
            self.note(now, wording::outcome(outcome, after));
        }
    }

    /// Lines stay in their order, also where the clock is set back meanwhile.
    fn note(&mut self, now: u64, text: String) {
        let time = self.lines.back().map_or(now, |last| last.time.max(now));
        self.lines.push_back(LogLine { time, text });
        if self.lines.len() > LONGEST {
            self.lines.remove(1);
        }
    }
}

/// What was transferred in a phase that is over; nothing where nobody knows.
fn transferred(progress: &Progress) -> Option<String> {
    match progress.bytes.filter(|bytes| *bytes > 0) {
        Some(bytes) => Some(gettext("{done} downloaded").replace("{done}", &wording::bytes(bytes))),
        None => wording::layer(progress).filter(|_| progress.layers > Some(0)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{CancelledWith, Outcome, Starter};
    use proptest::prelude::*;

    use super::super::test_states::{NOON, booted, operation, service, snapshot};
    use super::*;

    fn seen(operation: OperationStatus) -> ServiceState {
        let mut state = service(snapshot(vec![booted('1')]));
        state.operation = Some(Arc::new(operation));
        state
    }

    fn at(phase: Phase, bytes: Option<u64>) -> OperationStatus {
        operation(OperationKind::Update, Progress { phase, bytes, ..Progress::default() })
    }

    fn text(log: &OperationLog) -> Vec<String> {
        let view = log.view(&Calendar::in_greenwich(NOON)).unwrap();
        view.text.lines().map(|line| line.replace('\u{a0}', " ")).collect()
    }

    #[test]
    fn it_tells_an_operation_from_its_beginning_to_its_end() {
        let mut log = OperationLog::default();
        assert!(log.view(&Calendar::in_greenwich(NOON)).is_none());
        let waiting = Progress { phase: Phase::Waiting, waits_for: Some("bootc".into()), ..Progress::default() };
        assert!(log.take(&seen(at(Phase::Starting, None)), NOON));
        assert!(!log.take(&seen(at(Phase::Starting, None)), NOON + 1));
        assert!(log.take(&seen(operation(OperationKind::Update, waiting)), NOON + 2));
        assert!(log.take(&seen(at(Phase::Pulling, Some(0))), NOON + 9));
        assert!(!log.take(&seen(at(Phase::Pulling, Some(12_100_000))), NOON + 60));
        assert!(log.take(&seen(at(Phase::Staging, None)), NOON + 61));
        assert_eq!(log.view(&Calendar::in_greenwich(NOON)).unwrap().title, "Details");
        let mut over = at(Phase::Staging, None);
        over.outcome = Some(Outcome::Cancelled { left: CancelledWith::NothingChanged });
        assert!(log.take(&seen(over.clone()), NOON + 65));
        assert!(!log.take(&seen(over), NOON + 70));
        assert_eq!(
            text(&log),
            [
                "12:00:00  Updating: started by person",
                "12:00:02  Waiting for bootc to finish",
                "12:00:09  Downloading",
                "12:01:01  12.1 MB downloaded",
                "12:01:01  Preparing the new version",
                "12:01:05  Cancelled. Nothing was changed.",
            ]
        );
        let view = log.view(&Calendar::in_greenwich(NOON)).unwrap();
        assert_eq!((view.title.as_str(), view.subtitle.as_str()), ("Last Operation", "Update"));
    }

    #[test]
    fn the_last_one_stays_until_the_next_begins() {
        let mut log = OperationLog::default();
        log.take(&seen(at(Phase::Checking, None)), NOON);
        assert!(!log.take(&service(snapshot(vec![booted('1')])), NOON + 1));
        assert_eq!(text(&log).len(), 2);
        let mut next = at(Phase::Starting, None);
        next.started = NOON + 5;
        next.starter = Starter { uid: 0, user: Some("root".into()), program: None };
        assert!(log.take(&seen(next), NOON + 5));
        assert_eq!(text(&log), ["12:00:05  Updating: started by root"]);
    }

    #[test]
    fn an_end_without_a_beginning_is_no_log() {
        let mut log = OperationLog::default();
        let mut over = at(Phase::Staging, None);
        over.outcome = Some(Outcome::UpToDate);
        assert!(!log.take(&seen(over), NOON));
        assert!(log.view(&Calendar::in_greenwich(NOON)).is_none());
    }

    proptest! {
        #[test]
        fn order_is_never_lost_and_there_is_an_end_to_it(
            steps in prop::collection::vec((0usize..6, 0u64..4, any::<Option<u64>>(), prop::bool::weighted(0.01), 0u64..3), 1..900)
        ) {
            let phases =
                [Phase::Starting, Phase::Waiting, Phase::Pulling, Phase::Importing, Phase::Staging, Phase::CleaningUp];
            let mut log = OperationLog::default();
            for (phase, time, bytes, ends, operation) in steps {
                let mut status = at(phases[phase], bytes);
                status.started = NOON + operation / 2;
                status.outcome = ends.then_some(Outcome::UpToDate);
                let mark = |log: &OperationLog| log.operation.as_ref().map(|followed| followed.mark.clone());
                let (before, followed): (Vec<_>, _) = (log.lines.iter().cloned().collect(), mark(&log));
                log.take(&seen(status), NOON + 100 - time);
                let after: Vec<_> = log.lines.iter().cloned().collect();
                prop_assert!(after.len() <= LONGEST);
                prop_assert!(after.is_sorted_by_key(|line| line.time));
                // What is new comes behind what was there; where there is too much, the oldest but the first goes.
                if followed.is_some() && followed == mark(&log) {
                    prop_assert_eq!(&before[0], &after[0]);
                    let gone = (1..=before.len().min(5)).find(|rest| after[1..].starts_with(&before[*rest..]));
                    prop_assert!(gone == Some(1) || (gone.is_some() && after.len() == LONGEST), "{before:?} {after:?}");
                }
            }
        }
    }
}
