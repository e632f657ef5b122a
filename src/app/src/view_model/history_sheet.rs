// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{BootRecord, HistoryEntry, OperationKind, OperationRecord, Outcome, Starter};

use super::readings::Read;
use super::sheet::{SheetBody, SheetPageView, empty, failed, waiting};
use super::{Line, LineGroup, Looker, Tone, duration::duration};

/// The sheet with what was done and how the computer was started, the newest first, day by day.
pub(super) fn of(history: &Read<Vec<HistoryEntry>>, looker: &Looker) -> SheetPageView {
    let body = match history {
        Read::Waiting => waiting(String::new()),
        Read::Failed(error) => failed(error),
        Read::There(entries) if entries.is_empty() => empty(
            "isotope-system-symbolic",
            gettext("Nothing Written Down Yet"),
            gettext("What is done to the system, and how the computer is started, is listed here from now on."),
        ),
        Read::There(entries) => SheetBody::Lists(days(entries, looker)),
    };
    SheetPageView::new(gettext("History"), body)
}

fn days(entries: &[HistoryEntry], looker: &Looker) -> Vec<LineGroup> {
    let mut days: Vec<LineGroup> = Vec::new();
    for entry in entries {
        let day = entry.time().and_then(|time| looker.calendar.day(time)).unwrap_or_else(|| gettext("Some Day"));
        let line = line(entry, looker);
        match days.last_mut().filter(|group| group.title == day) {
            Some(group) => group.lines.push(line),
            None => days.push(LineGroup::titled(day, vec![line])),
        }
    }
    days
}

fn line(entry: &HistoryEntry, looker: &Looker) -> Line {
    match entry {
        HistoryEntry::Operation(record) => operation(record, looker),
        HistoryEntry::Boot(record) => boot(record, looker),
        HistoryEntry::Unknown => {
            Line::new(gettext("Something Else"), gettext("This program does not know what a newer service wrote down."))
        }
    }
}

fn operation(record: &OperationRecord, looker: &Looker) -> Line {
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
        looker.calendar.time_of_day(record.started),
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

fn boot(record: &BootRecord, looker: &Looker) -> Line {
    let time = looker.calendar.time_of_day(record.time).unwrap_or_default();
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
    starter.user.clone().unwrap_or_else(|| gettext("User {number}").replace("{number}", &starter.uid.to_string()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{BootVerdict, Refusal};

    use super::super::test_states::{NOON, deployment};
    use super::*;

    fn done(kind: OperationKind, started: u64, outcome: Outcome) -> HistoryEntry {
        HistoryEntry::Operation(OperationRecord {
            kind,
            starter: Starter { uid: 1000, user: Some("person".into()) },
            started,
            milliseconds: Some(12_300),
            bytes: Some(30_000_000),
            asked: None,
            version: Some("10.2".into()),
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

    fn groups(entries: Vec<HistoryEntry>) -> Vec<LineGroup> {
        match of(&Read::There(Arc::new(entries)), &Looker::for_tests()).body {
            SheetBody::Lists(groups) => groups,
            SheetBody::Status(view, _) => unreachable!("{view:?}"),
        }
    }

    #[test]
    fn days_are_kept_together_and_every_line_says_how_it_ended_when_and_by_whom() {
        let staged = Outcome::Staged { deployment: deployment('2').id, replaced: None, pinned: None, released: None };
        let groups = groups(vec![
            started(BootVerdict::AsExpected),
            done(OperationKind::Update, NOON, staged),
            done(OperationKind::Check, NOON - 86_400, Outcome::UpToDate),
        ]);
        let titles: Vec<_> = groups.iter().map(|group| group.title.as_str()).collect();
        assert_eq!(titles, ["18 November 2026", "17 November 2026"]);
        assert_eq!(groups[0].lines[0].title, "Started With 10.1");
        let update = &groups[0].lines[1];
        assert_eq!(update.subtitle, "Version 10.2 was prepared.\n12:00 · person · 12 seconds · 30.0 MB downloaded");
    }

    #[test]
    fn surprises_and_failures_stand_out_in_words_too() {
        let failed = Outcome::Failed { refusal: Refusal::Network { detail: "x".into() } };
        let lost = started(BootVerdict::StagedLost { expected: Some("10.2".into()) });
        let groups = groups(vec![lost, done(OperationKind::Update, NOON, failed), HistoryEntry::Unknown]);
        assert!(groups[0].lines.iter().all(|line| line.tone == Tone::Warning));
        assert_eq!(groups[0].lines[0].title, "Version 10.2 was not installed");
        assert!(groups[0].lines[1].subtitle.starts_with("Failed: "));
        assert_eq!(groups[1].title, "Some Day");
    }

    #[test]
    fn nothing_yet_is_said() {
        let page = of(&Read::There(Arc::default()), &Looker::for_tests());
        assert!(matches!(page.body, SheetBody::Status(view, _) if view.title == "Nothing Written Down Yet"));
    }
}
