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

/// Somebody has discarded the update since it was staged here, or has removed it after they had gone back from it. Records
/// of an older service do not tell the image: then one of the same version counts that was built before it was staged.
pub(super) fn is_thrown_away(update: &AvailableUpdate, history: &[HistoryEntry]) -> bool {
    let mut thrown_away: Vec<&DeploymentId> = Vec::new();
    for (record, earlier) in with_earlier(history) {
        let is_it = |id: &DeploymentId| match &record.image {
            Some(image) => *image == update.checksum,
            None => id.checksum() == update.checksum,
        };
        if let Some(gone) = gone(record, earlier) {
            if is_it(gone) {
                return true;
            }
            thrown_away.push(gone);
        } else if let Outcome::Staged { deployment, .. } = &record.outcome {
            let same_version = update.version.is_some() && record.version == update.version;
            let built_before = update.built.is_some_and(|built| built <= record.started);
            let may_be_it = record.image.is_none() && same_version && built_before;
            if is_it(deployment) || may_be_it {
                return thrown_away.contains(&deployment);
            }
        }
    }
    false
}

/// The last update that was staged here is one that somebody has thrown away: another may bring it again.
pub(super) fn threw_away_the_last(history: &[HistoryEntry]) -> bool {
    let mut thrown_away: Vec<&DeploymentId> = Vec::new();
    for (record, earlier) in with_earlier(history) {
        if let Some(gone) = gone(record, earlier) {
            thrown_away.push(gone);
        } else if let Outcome::Staged { deployment, .. } = &record.outcome {
            match record.kind {
                OperationKind::Update => return thrown_away.contains(&deployment),
                // Who has thrown away what they had chosen has said nothing about updates.
                _ if thrown_away.contains(&deployment) => {}
                _ => return false,
            }
        }
    }
    false
}

/// What was done, the newest first, each with what had happened before it.
fn with_earlier(history: &[HistoryEntry]) -> impl Iterator<Item = (&OperationRecord, &[HistoryEntry])> {
    let records = history.iter().enumerate().filter_map(|(at, entry)| match entry {
        HistoryEntry::Operation(record) => Some((at, record)),
        _ => None,
    });
    records.map(|(at, record)| (record, history.get(at + 1..).unwrap_or_default()))
}

/// What somebody threw away with this.
fn gone<'a>(record: &'a OperationRecord, earlier: &[HistoryEntry]) -> Option<&'a DeploymentId> {
    match &record.outcome {
        Outcome::Discarded { deployment } | Outcome::BootOrderChanged { discarded: Some(deployment), .. } => {
            Some(deployment)
        }
        Outcome::Removed { deployment, .. } if !was_left_behind(deployment, earlier) => Some(deployment),
        _ => None,
    }
}

/// What ran when this was removed had come to the computer after it: it was removed as an old one. Where history does not
/// tell what ran, nobody knows that.
fn was_left_behind(removed: &DeploymentId, earlier: &[HistoryEntry]) -> bool {
    let started = |entry: &HistoryEntry, id: &DeploymentId| match entry {
        HistoryEntry::Boot(boot) => boot.deployment == *id,
        _ => false,
    };
    let staged = |entry: &HistoryEntry, id: &DeploymentId| match entry {
        HistoryEntry::Operation(OperationRecord { kind, outcome: Outcome::Staged { deployment, .. }, .. }) => {
            (deployment == id).then_some(*kind)
        }
        _ => None,
    };
    let Some(ran) = earlier.iter().find_map(|entry| match entry {
        HistoryEntry::Boot(boot) => Some(&boot.deployment),
        _ => None,
    }) else {
        return false;
    };
    for (at, entry) in earlier.iter().enumerate() {
        if let Some(kind) = staged(entry, ran) {
            // A version that somebody chose is not newer for that.
            return kind != OperationKind::Deploy;
        }
        if started(entry, removed) || staged(entry, removed).is_some() {
            let before = earlier.get(at + 1..).unwrap_or_default();
            return !before.iter().any(|entry| started(entry, ran) || staged(entry, ran).is_some());
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
mod tests;
