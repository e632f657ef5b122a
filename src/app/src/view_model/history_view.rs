// SPDX-License-Identifier: GPL-3.0-or-later
//! The page with what was done and how the computer was started, the newest first, day by day.

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{
    BootRecord, DeploymentId, HistoryEntry, OperationKind, OperationRecord, Outcome, Snapshot, Starter,
};

use super::readings::Read;
use super::{Calendar, Choice, Line, LineEnd, LineGroup, StatusButton, StatusView, Tone, duration::duration, trouble};

/// Which part of history is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum HistoryFilter {
    /// All of it.
    #[default]
    Everything,
    /// What has changed something, or was meant to.
    Changes,
    /// How the computer was started.
    Starts,
    /// What did not go as it should.
    Problems,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HistoryView {
    /// One thing that is to be said.
    Status(StatusView),
    /// The days, the newest first.
    Days(Vec<LineGroup>),
}

impl HistoryFilter {
    /// All of them, in the order in which they are offered.
    pub(crate) const ALL: [Self; 4] = [Self::Everything, Self::Changes, Self::Starts, Self::Problems];

    /// What it is called.
    pub(crate) fn label(self) -> String {
        match self {
            // Translators: all of history is shown.
            Self::Everything => gettext("Everything"),
            // Translators: of history only what has changed something is shown.
            Self::Changes => gettext("Changes"),
            // Translators: of history only the starts of the computer are shown.
            Self::Starts => gettext("Starts"),
            // Translators: of history only what went wrong is shown.
            Self::Problems => gettext("Problems"),
        }
    }

    fn shows(self, entry: &HistoryEntry) -> bool {
        match (self, entry) {
            (Self::Everything, _) | (Self::Starts, HistoryEntry::Boot(_)) => true,
            (Self::Changes, HistoryEntry::Operation(record)) => {
                !matches!(record.kind, OperationKind::Check | OperationKind::ListVersions)
            }
            (Self::Problems, HistoryEntry::Operation(record)) => matches!(record.outcome, Outcome::Failed { .. }),
            (Self::Problems, HistoryEntry::Boot(record)) => record.is_surprising(),
            _ => false,
        }
    }

    fn nothing(self) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Changes => gettext("Nothing was changed in the time that is written down."),
            Self::Starts => gettext("The computer was not started in the time that is written down."),
            Self::Problems => gettext("Nothing went wrong in the time that is written down."),
        }
    }
}

impl HistoryView {
    /// What is shown before anything was read.
    pub(crate) fn loading() -> Self {
        Self::Status(StatusView::loading())
    }

    /// What to show of this, on a computer with these deployments.
    pub(crate) fn of(
        history: &Read<Vec<HistoryEntry>>,
        filter: HistoryFilter,
        snapshot: &Snapshot,
        calendar: &Calendar,
    ) -> Self {
        let entries = match history {
            Read::Waiting => return Self::loading(),
            Read::Failed(error) => {
                let (title, description) = trouble::of_reading(error);
                let button = trouble::may_pass(error).then(StatusButton::retry);
                return Self::Status(StatusView {
                    icon: Some("isotope-attention-symbolic"),
                    title,
                    description,
                    button,
                });
            }
            Read::There(entries) => entries,
        };
        if entries.is_empty() {
            return Self::Status(StatusView {
                icon: Some("isotope-history-symbolic"),
                title: gettext("No History Yet"),
                description: gettext(
                    "What is done to the system, and how the computer is started, is listed here from now on.",
                ),
                button: None,
            });
        }
        let shown: Vec<_> = entries.iter().filter(|entry| filter.shows(entry)).collect();
        if shown.is_empty() {
            return Self::Days(vec![LineGroup { description: filter.nothing(), ..LineGroup::untitled(Vec::new()) }]);
        }
        Self::Days(days(&shown, snapshot, calendar))
    }
}

fn days(entries: &[&HistoryEntry], snapshot: &Snapshot, calendar: &Calendar) -> Vec<LineGroup> {
    let mut days: Vec<LineGroup> = Vec::new();
    for entry in entries {
        let day = entry.time().and_then(|time| calendar.day_in_words(time)).unwrap_or_else(|| gettext("Some Day"));
        let line = opening(line(entry, calendar), about(entry), snapshot);
        match days.last_mut().filter(|group| group.title == day) {
            Some(group) => group.lines.push(line),
            None => days.push(LineGroup::titled(day, vec![line])),
        }
    }
    days
}

/// What still lies on this computer can be looked at.
fn opening(line: Line, about: Option<&DeploymentId>, snapshot: &Snapshot) -> Line {
    match about.filter(|id| snapshot.deployment(id).is_some()) {
        Some(id) => Line { end: LineEnd::Opens(Choice::Show(id.clone())), ..line },
        None => line,
    }
}

/// The deployment that an entry is about.
fn about(entry: &HistoryEntry) -> Option<&DeploymentId> {
    match entry {
        // What is to be said of the others is about what did not start.
        HistoryEntry::Boot(record) => (!record.is_surprising()).then_some(&record.deployment),
        HistoryEntry::Operation(record) => match &record.outcome {
            Outcome::Staged { deployment, .. }
            | Outcome::Pinned { deployment }
            | Outcome::Unpinned { deployment }
            | Outcome::Kept { deployment } => Some(deployment),
            Outcome::BootOrderChanged { boots_next, .. } => Some(boots_next),
            _ => None,
        },
        HistoryEntry::Unknown => None,
    }
}

fn line(entry: &HistoryEntry, calendar: &Calendar) -> Line {
    match entry {
        HistoryEntry::Operation(record) => operation(record, calendar),
        HistoryEntry::Boot(record) => boot(record, calendar),
        HistoryEntry::Unknown => {
            let words = gettext("This program does not know what a newer service wrote down.");
            Line { icon: Some("isotope-row-note-symbolic"), ..Line::new(gettext("Something Else"), words) }
        }
    }
}

fn operation(record: &OperationRecord, calendar: &Calendar) -> Line {
    let (icon, tone) = match (&record.outcome, record.kind) {
        (Outcome::Failed { .. }, _) => ("isotope-row-attention-symbolic", Tone::Warning),
        (Outcome::Cancelled { .. }, _) => ("isotope-row-cancelled-symbolic", Tone::Quiet),
        (_, OperationKind::Update | OperationKind::Switch | OperationKind::Deploy) => {
            ("isotope-row-next-symbolic", Tone::Quiet)
        }
        (_, OperationKind::RollBack | OperationKind::SetDefault) => ("isotope-row-back-symbolic", Tone::Quiet),
        (_, OperationKind::Pin | OperationKind::Unpin | OperationKind::Keep) => {
            ("isotope-pinned-symbolic", Tone::Quiet)
        }
        (_, OperationKind::Remove | OperationKind::Discard | OperationKind::CleanUp) => {
            ("isotope-remove-symbolic", Tone::Quiet)
        }
        _ => ("isotope-row-done-symbolic", Tone::Quiet),
    };
    let circumstances = [
        calendar.time_of_day(record.started),
        Some(user(&record.starter)),
        record.milliseconds.map(duration),
        // Translators: how much was downloaded, as in "30.0 MB downloaded".
        record
            .bytes
            .filter(|bytes| *bytes > 0)
            .map(|bytes| gettext("{done} downloaded").replace("{done}", &wording::bytes(bytes))),
    ];
    let circumstances: Vec<_> = circumstances.into_iter().flatten().collect();
    let asked = record.asked.as_deref().map(wording::image_named);
    let words = [asked, Some(ending(record)), Some(circumstances.join(" · "))];
    let words: Vec<_> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    let line = Line::new(wording::operation_name(record.kind), words.join("\n"));
    Line { icon: Some(icon), tone, ..line }
}

fn ending(record: &OperationRecord) -> String {
    let words = wording::recorded(record);
    match &record.outcome {
        // History does not keep which versions there were.
        Outcome::Versions { versions } if versions.is_empty() => String::new(),
        // Translators: how something ended that was done; {reason} has no full stop.
        Outcome::Failed { .. } => gettext("Failed: {reason}").replace("{reason}", &words),
        _ => words,
    }
}

fn boot(record: &BootRecord, calendar: &Calendar) -> Line {
    let time = calendar.time_of_day(record.time).unwrap_or_default();
    let Some(explanation) = wording::boot(record) else {
        let checksum = || record.deployment.checksum().chars().take(12).collect();
        let version = record.version.clone().unwrap_or_else(checksum);
        // Translators: the computer was started, and what it came up with.
        let title = gettext("Started With {version}").replace("{version}", &version);
        let name = record.name.clone().filter(|name| !name.trim().is_empty());
        let words: Vec<_> = [name, Some(time)].into_iter().flatten().filter(|words| !words.is_empty()).collect();
        return Line { icon: Some("isotope-row-running-symbolic"), ..Line::new(title, words.join("\n")) };
    };
    let detail = explanation.detail.map(|detail| gettext("Detail: {detail}").replace("{detail}", &detail));
    let words = [Some(explanation.means), Some(explanation.remedy), detail, Some(time)];
    let words: Vec<_> = words.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    Line {
        icon: Some("isotope-row-attention-symbolic"),
        tone: Tone::Warning,
        ..Line::new(explanation.what, words.join("\n"))
    }
}

fn user(starter: &Starter) -> String {
    match starter {
        Starter { user: None, program: None, uid } if *uid != Starter::UNKNOWN_USER => {
            gettext("User {number}").replace("{number}", &uid.to_string())
        }
        _ => wording::starter(starter),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;
    use isotope_model::{BootVerdict, Deployment, Refusal};

    use super::super::test_states::{NOON, booted, deployment, snapshot};
    use super::*;

    fn done(kind: OperationKind, started: u64, outcome: Outcome) -> HistoryEntry {
        HistoryEntry::Operation(OperationRecord {
            kind,
            starter: Starter { uid: 1000, user: Some("person".into()), program: None },
            started,
            milliseconds: Some(12_300),
            bytes: Some(30_000_000),
            asked: None,
            version: Some("10.2".into()),
            image: None,
            outcome,
        })
    }

    fn started(verdict: BootVerdict) -> HistoryEntry {
        HistoryEntry::Boot(BootRecord {
            time: NOON,
            boot_id: "b".into(),
            deployment: deployment('1').id,
            version: Some("10.1".into()),
            name: Some("Lab".into()),
            verdict,
        })
    }

    fn view(entries: Vec<HistoryEntry>, filter: HistoryFilter, deployments: Vec<Deployment>) -> HistoryView {
        let calendar = Calendar::in_greenwich(NOON);
        HistoryView::of(&Read::There(Arc::new(entries)), filter, &snapshot(deployments), &calendar)
    }

    fn groups(entries: Vec<HistoryEntry>) -> Vec<LineGroup> {
        match view(entries, HistoryFilter::Everything, Vec::new()) {
            HistoryView::Days(groups) => groups,
            HistoryView::Status(view) => unreachable!("{view:?}"),
        }
    }

    fn prepared() -> HistoryEntry {
        let staged = Outcome::Staged { deployment: deployment('2').id, replaced: None, pinned: None, released: None };
        done(OperationKind::Update, NOON, staged)
    }

    fn failed() -> HistoryEntry {
        let failed = Outcome::Failed { refusal: Refusal::Network { detail: "x".into() } };
        done(OperationKind::Update, NOON, failed)
    }

    fn lost() -> HistoryEntry {
        started(BootVerdict::StagedLost { expected: Some("10.2".into()) })
    }

    #[test]
    fn days_are_kept_together_and_every_line_says_how_it_ended_when_and_by_whom() {
        let groups = groups(vec![
            started(BootVerdict::AsExpected),
            prepared(),
            done(OperationKind::Check, NOON - 86_400, Outcome::UpToDate),
            done(OperationKind::Check, NOON - 2 * 86_400, Outcome::UpToDate),
        ]);
        let titles: Vec<_> = groups.iter().map(|group| group.title.as_str()).collect();
        assert_eq!(titles, ["Today", "Yesterday", "16 November 2026"]);
        assert_eq!(groups[0].lines[0].title, "Started With 10.1");
        let update = &groups[0].lines[1];
        assert_eq!(update.subtitle, "Version 10.2 was prepared.\n12:00 · person · 12 seconds · 30.0 MB downloaded");
    }

    #[test]
    fn surprises_and_failures_stand_out_in_words_too() {
        let groups = groups(vec![lost(), failed(), HistoryEntry::Unknown]);
        assert!(groups[0].lines.iter().all(|line| line.tone == Tone::Warning));
        assert_eq!(groups[0].lines[0].title, "Version 10.2 was not installed");
        assert!(groups[0].lines[1].subtitle.starts_with("Failed: "));
        assert_eq!(groups[1].title, "Some Day");
        assert!(groups.iter().flat_map(|group| &group.lines).all(|line| line.icon.is_some()));
    }

    #[test]
    fn what_still_lies_here_can_be_looked_at() {
        let ends = |deployments| match view(
            vec![started(BootVerdict::First), prepared()],
            HistoryFilter::default(),
            deployments,
        ) {
            HistoryView::Days(groups) => groups[0].lines.iter().map(|line| line.end.clone()).collect::<Vec<_>>(),
            HistoryView::Status(view) => unreachable!("{view:?}"),
        };
        assert_eq!(ends(Vec::new()), [LineEnd::Nothing, LineEnd::Nothing]);
        let opens = LineEnd::Opens(Choice::Show(deployment('1').id));
        assert_eq!(ends(vec![booted('1')]), [opens, LineEnd::Nothing]);
    }

    #[test]
    fn a_filter_shows_its_part_and_says_where_there_is_none() {
        let check = || done(OperationKind::Check, NOON, Outcome::UpToDate);
        let all = || vec![started(BootVerdict::AsExpected), lost(), prepared(), failed(), check()];
        let count = |entries, filter| match view(entries, filter, Vec::new()) {
            HistoryView::Days(groups) => (groups[0].lines.len(), groups[0].description.is_empty()),
            HistoryView::Status(view) => unreachable!("{view:?}"),
        };
        let counts = HistoryFilter::ALL.map(|filter| count(all(), filter));
        assert_eq!(counts, [(5, true), (2, true), (2, true), (2, true)]);
        for filter in [HistoryFilter::Changes, HistoryFilter::Starts, HistoryFilter::Problems] {
            assert_eq!(count(vec![HistoryEntry::Unknown], filter), (0, false), "{filter:?}");
        }
    }

    #[test]
    fn nothing_yet_an_error_and_waiting_are_said() {
        let status = |read| match HistoryView::of(
            &read,
            HistoryFilter::Starts,
            &snapshot(Vec::new()),
            &Calendar::in_greenwich(NOON),
        ) {
            HistoryView::Status(view) => (view.title, view.button.is_some()),
            HistoryView::Days(groups) => unreachable!("{groups:?}"),
        };
        assert_eq!(status(Read::There(Arc::default())), ("No History Yet".into(), false));
        assert_eq!(status(Read::Waiting), ("Loading…".into(), false));
        let broken = ClientError::Refused(Refusal::Failed { detail: "x".into() });
        assert_eq!(status(Read::Failed(Arc::new(broken))), ("Could Not Be Read".into(), true));
    }
}
