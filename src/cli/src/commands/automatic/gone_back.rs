// SPDX-License-Identifier: GPL-3.0-or-later
//! What a person went back from, or threw away, is not what they want to be given again.

use isotope_model::{AvailableUpdate, DeploymentId, HistoryEntry, OperationKind, OperationRecord, Outcome, Snapshot};

/// What was done, the newest first.
fn operations(history: &[HistoryEntry]) -> impl Iterator<Item = &OperationRecord> {
    history.iter().filter_map(|entry| match entry {
        HistoryEntry::Operation(record) => Some(record),
        _ => None,
    })
}

/// The update is on this computer already, and is not what starts: somebody has gone back from it.
pub(super) fn is_here(snapshot: &Snapshot, update: &AvailableUpdate) -> bool {
    snapshot.written().any(|deployment| deployment.image_checksum() == update.checksum)
}

/// Something newer of what runs is kept on this computer: somebody has gone back from it.
pub(super) fn runs_older_than_here(snapshot: &Snapshot) -> bool {
    let Some(booted) = snapshot.booted() else { return false };
    let of_the_same = snapshot.written().filter(|other| other.image == booted.image);
    booted.built.is_some() && of_the_same.into_iter().any(|other| other.built > booted.built)
}

/// Somebody chose the version that is staged, or another image.
pub(super) fn is_chosen(staged: &DeploymentId, history: &[HistoryEntry]) -> bool {
    let staging = operations(history)
        .find(|record| matches!(&record.outcome, Outcome::Staged { deployment, .. } if deployment == staged));
    staging.is_some_and(|record| matches!(record.kind, OperationKind::Deploy | OperationKind::Switch))
}

/// The update was staged here, and somebody has discarded it since. Of a container image history knows no digest, so that
/// one of the same version counts that was built before it was staged.
pub(super) fn is_discarded(update: &AvailableUpdate, history: &[HistoryEntry]) -> bool {
    let mut thrown_away: Vec<&DeploymentId> = Vec::new();
    for record in operations(history) {
        match &record.outcome {
            Outcome::Discarded { deployment } | Outcome::BootOrderChanged { discarded: Some(deployment), .. } => {
                if deployment.checksum() == update.checksum {
                    return true;
                }
                thrown_away.push(deployment);
            }
            Outcome::Staged { deployment, .. } => {
                let same_version = update.version.is_some() && record.version == update.version;
                let built_before = update.built.is_some_and(|built| built <= record.started);
                if deployment.checksum() == update.checksum || same_version && built_before {
                    return thrown_away.contains(&deployment);
                }
            }
            _ => {}
        }
    }
    false
}

/// When an update was last tried that found out whether there is anything newer.
pub(super) fn last_tried(history: &[HistoryEntry]) -> Option<u64> {
    let found_out = |record: &&OperationRecord| {
        record.kind == OperationKind::Update && matches!(record.outcome, Outcome::UpToDate | Outcome::Staged { .. })
    };
    operations(history).find(found_out).map(|record| record.started)
}

#[cfg(test)]
mod tests {
    use isotope_model::Starter;

    use super::*;
    use crate::render::samples;

    const BUILT: u64 = 1_764_028_800;

    fn done(kind: OperationKind, outcome: Outcome, version: Option<&str>) -> HistoryEntry {
        HistoryEntry::Operation(OperationRecord {
            kind,
            starter: Starter { uid: 0, user: None, program: None },
            started: BUILT + 60,
            milliseconds: None,
            bytes: None,
            asked: None,
            version: version.map(str::to_owned),
            outcome,
        })
    }

    fn id(digit: char) -> DeploymentId {
        DeploymentId::new("alma", digit.to_string().repeat(64), 0)
    }

    fn staged(kind: OperationKind, digit: char, version: &str) -> HistoryEntry {
        let outcome = Outcome::Staged { deployment: id(digit), replaced: None, pinned: None, released: None };
        done(kind, outcome, Some(version))
    }

    fn discarded(digit: char) -> HistoryEntry {
        done(OperationKind::Discard, Outcome::Discarded { deployment: id(digit) }, None)
    }

    #[test]
    fn what_was_discarded_is_known_by_its_commit_or_its_version() {
        use OperationKind::{RollBack, Update};
        let update = samples::available();
        let version = update.version.clone().unwrap();
        let rolled_back =
            done(RollBack, Outcome::BootOrderChanged { boots_next: id('1'), discarded: Some(id('9')) }, Some("10.1"));
        for (history, expected) in [
            (vec![], false),
            (vec![discarded('5')], true),
            (vec![discarded('9')], false),
            (vec![discarded('9'), staged(Update, '9', &version)], true),
            (vec![rolled_back, staged(Update, '9', &version)], true),
            (vec![discarded('9'), staged(Update, '9', "10.0")], false),
            // Somebody has it staged anew since.
            (vec![staged(Update, '5', &version), discarded('5')], false),
            (vec![staged(Update, '9', &version)], false),
        ] {
            assert_eq!(is_discarded(&update, &history), expected, "{history:?}");
        }
        let rebuilt = AvailableUpdate { built: Some(BUILT + 90), ..update.clone() };
        let of_unknown_age = AvailableUpdate { built: None, ..update };
        for other in [rebuilt, of_unknown_age] {
            assert!(!is_discarded(&other, &[discarded('9'), staged(Update, '9', &version)]), "{other:?}");
        }
    }

    #[test]
    fn a_version_that_is_staged_may_have_been_chosen() {
        use OperationKind::{Deploy, Switch, Update};
        for (kind, expected) in [(Deploy, true), (Switch, true), (Update, false)] {
            assert_eq!(is_chosen(&id('3'), &[discarded('4'), staged(kind, '3', "10.1")]), expected, "{kind}");
        }
        assert!(
            !is_chosen(&id('3'), &[staged(Update, '3', "10.1"), staged(Deploy, '3', "10.1")]),
            "the last one counts"
        );
        assert!(!is_chosen(&id('3'), &[]));
    }

    #[test]
    fn whoever_runs_an_older_one_has_gone_back() {
        assert!(runs_older_than_here(&samples::went_back().snapshot));
        assert!(!runs_older_than_here(&samples::plain().snapshot));
        assert!(!runs_older_than_here(&samples::updated().snapshot), "what is staged is none to go back from");
        let update = |digit: &str| AvailableUpdate { checksum: digit.repeat(64), ..samples::available() };
        assert!(is_here(&samples::went_back().snapshot, &update("3")));
        assert!(!is_here(&samples::went_back().snapshot, &update("5")));
    }

    #[test]
    fn only_an_update_that_found_out_counts_as_one() {
        let failed = |refusal| done(OperationKind::Update, Outcome::Failed { refusal }, None);
        assert_eq!(last_tried(&[failed(isotope_model::Refusal::StateChanged)]), None);
        assert_eq!(last_tried(&[done(OperationKind::Update, Outcome::UpToDate, None)]), Some(BUILT + 60));
    }
}
