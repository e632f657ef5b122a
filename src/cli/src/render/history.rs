// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashSet;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{BootRecord, DeploymentId, HistoryEntry, OperationKind, OperationRecord, Outcome};

use super::table::Table;
use super::{Line, View, duration, time};

/// What was done and how the computer was started: when on the left, what came of it on the right.
pub(crate) fn lines(entries: &[HistoryEntry], view: &View) -> Vec<Line> {
    if entries.is_empty() {
        return vec![Line::plain(gettext("Nothing has been done yet."))];
    }
    let mut table = Table::default();
    let ways_back = ways_back(entries);
    for entry in entries {
        let when = entry.time().and_then(|seconds| time::minute(seconds, &view.zone));
        // Translators: stands where the time of something is not known.
        let when = when.unwrap_or_else(|| gettext("at some time"));
        table.row(
            when,
            match entry {
                HistoryEntry::Operation(record) => done(record, &ways_back, view),
                HistoryEntry::Boot(record) => started(record, view),
                HistoryEntry::Unknown => vec![Line::plain(gettext("Something that this program does not know"))],
            },
        );
    }
    table.lines()
}

/// What the switches among them have left as the way back.
fn ways_back(entries: &[HistoryEntry]) -> HashSet<&DeploymentId> {
    let left = entries.iter().filter_map(|entry| match entry {
        HistoryEntry::Operation(OperationRecord { outcome: Outcome::Staged { pinned, .. }, .. }) => pinned.as_ref(),
        _ => None,
    });
    left.collect()
}

fn name(record: &OperationRecord, ways_back: &HashSet<&DeploymentId>) -> String {
    match (record.kind, &record.outcome) {
        (OperationKind::SetDefault, Outcome::BootOrderChanged { boots_next, .. }) if ways_back.contains(boots_next) => {
            // Translators: the name of something that was done, in a list: what ran before a switch starts next.
            gettext("Going back from a switch")
        }
        (kind, _) => wording::operation_name(kind),
    }
}

fn done(record: &OperationRecord, ways_back: &HashSet<&DeploymentId>, view: &View) -> Vec<Line> {
    let mut facts = Vec::new();
    facts.extend(record.asked.as_deref().map(wording::image_named));
    facts.push(wording::starter(&record.starter));
    facts.extend(record.milliseconds.map(duration::words));
    facts.extend(record.bytes.map(wording::bytes));
    let name = Line::strong(name(record, ways_back));
    let mut lines = vec![name.then(Line::plain(format!(" · {}", facts.join(" · "))))];
    lines.push(Line::plain(wording::recorded(record)));
    if let Outcome::Failed { refusal } = &record.outcome
        && view.verbose
    {
        lines.extend(wording::refusal(refusal).detail.iter().flat_map(|detail| Line::said(detail)));
    }
    lines
}

fn started(record: &BootRecord, view: &View) -> Vec<Line> {
    let version = record.version.clone();
    let version = version.unwrap_or_else(|| record.deployment.checksum().chars().take(12).collect());
    let mut first = Line::strong(gettext("Started with version {version}").replace("{version}", &version));
    if let Some(name) = &record.name {
        first = first.then(Line::plain(format!(" · {name}")));
    }
    let mut lines = vec![first];
    if let Some(surprise) = wording::boot(record) {
        lines.push(Line::plain(surprise.what));
        lines.push(Line::plain(surprise.means));
        if view.verbose {
            lines.extend(surprise.detail.iter().flat_map(|detail| Line::said(detail)));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use isotope_model::{BootVerdict, Refusal, Starter};

    use super::*;
    use crate::render::samples::{self, shown};

    fn record(kind: OperationKind, outcome: Outcome) -> OperationRecord {
        OperationRecord {
            kind,
            starter: Starter { uid: 1000, user: Some("person".into()), program: None },
            started: 1_763_458_200,
            milliseconds: Some(125_000),
            bytes: Some(12_100_000),
            asked: None,
            version: Some("10.3".into()),
            image: None,
            outcome,
        }
    }

    #[test]
    fn each_entry_says_when_what_who_how_long_and_how_it_ended() {
        let staged = Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
        let expected = Some("10.3".to_owned());
        let switched = OperationRecord {
            asked: Some("alma:desktop/10/kde".into()),
            starter: Starter { uid: 7, user: None, program: None },
            milliseconds: None,
            bytes: None,
            ..record(OperationKind::Switch, Outcome::Failed { refusal: Refusal::Network { detail: "no route".into() } })
        };
        let entries = [
            HistoryEntry::Boot(samples::boot(BootVerdict::StagedLost { expected })),
            HistoryEntry::Operation(record(OperationKind::Update, staged)),
            HistoryEntry::Operation(switched),
            HistoryEntry::Boot(samples::boot(BootVerdict::AsExpected)),
            HistoryEntry::Unknown,
        ];
        let expected = [
            "2025-11-18 09:30   Started with version 10.2.20251118 · AlmaLinux Atomic Desktop",
            "                   Version 10.3 was not installed",
            "                   The computer was switched off before it could finish. It runs version 10.2.20251118, as before.",
            "2025-11-18 09:30   Update · person · 2 min 5 s · 12.1 MB",
            "                   Version 10.3 was prepared.",
            "2025-11-18 09:30   Switch to another image · alma:desktop/10/kde · user 7",
            "                   The server could not be reached, or the connection broke",
            "2025-11-18 09:30   Started with version 10.2.20251118 · AlmaLinux Atomic Desktop",
            "at some time       Something that this program does not know",
        ];
        let mut text = shown(&lines(&entries, &samples::view()));
        assert!(text[6].contains("The server could not be reached"), "{}", text[6]);
        text[6] = expected[6].into();
        assert_eq!(text, expected);
        let verbose = View { verbose: true, ..samples::view() };
        assert!(shown(&lines(&entries, &verbose)).iter().any(|line| line.trim() == "no route"));
    }

    #[test]
    fn going_back_is_called_so_where_the_switch_is_known() {
        let pinned = Some(samples::older().id);
        let staged = Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned, released: None };
        let switched = HistoryEntry::Operation(record(OperationKind::Switch, staged));
        let chosen = Outcome::BootOrderChanged { boots_next: samples::older().id, discarded: None };
        let chosen = HistoryEntry::Operation(record(OperationKind::SetDefault, chosen));
        let first = |entries: &[HistoryEntry]| shown(&lines(entries, &samples::view())).remove(0);
        assert!(first(&[chosen.clone(), switched]).contains("Going back from a switch · person"));
        assert!(first(&[chosen]).contains("Choice of what starts next · person"));
    }

    #[test]
    fn a_list_of_tags_is_one_sentence() {
        let tags = Outcome::Tags { repository: "q.io/o/s".into(), tags: vec!["10".into()], truncated: true };
        let listed = OperationRecord { version: None, bytes: None, ..record(OperationKind::ListVersions, tags) };
        let expected = [
            "2025-11-18 09:30   List of versions · person · 2 min 5 s",
            "                   The server told which versions it has.",
        ];
        assert_eq!(shown(&lines(&[HistoryEntry::Operation(listed)], &samples::view())), expected);
    }

    #[test]
    fn a_computer_without_a_past_says_so() {
        assert_eq!(shown(&lines(&[], &samples::view())), ["Nothing has been done yet."]);
    }
}
