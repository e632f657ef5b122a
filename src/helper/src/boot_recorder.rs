// SPDX-License-Identifier: GPL-3.0-or-later
//! Run by `isotope-boot.service` when the computer starts and when it shuts down: writes down what it came up with, and
//! what it has to come up with next.

use std::time::Duration;

use anyhow::bail;
use isotope_model::engine_protocol::{Reply, Request, Task};
use isotope_model::{BootEvidence, BootRecord, HistoryEntry, OperationRecord, Outcome, Snapshot, judge_boot};

use crate::boot_expectation::{self, boot_id};
use crate::clock;
use crate::engine_link;
use crate::history::History;

/// A start or a shutdown is never held up for longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The computer has started.
///
/// # Errors
/// The engine cannot read the sysroot.
pub(crate) async fn record_boot() -> anyhow::Result<()> {
    let snapshot = engine_link::read_snapshot().await?;
    let (Some(boot_id), Some(booted)) = (boot_id(), snapshot.booted()) else { return Ok(()) };
    let evidence = evidence().await?;
    if boot_expectation::last_boot(&snapshot).is_none() {
        let record = BootRecord {
            time: clock::seconds_since_1970(),
            boot_id,
            deployment: booted.id.clone(),
            version: booted.version.clone(),
            name: booted.name.clone(),
            verdict: judge_boot(boot_expectation::load().as_ref(), &snapshot, &evidence),
        };
        tracing::info!("started {}: {:?}", booted.id, record.verdict);
        History::of_this_host().add(&HistoryEntry::Boot(record.clone()));
        boot_expectation::save_boot(&record);
    }
    if let Some(expectation) = boot_expectation::of(&snapshot, &evidence, is_ours(&snapshot), false) {
        boot_expectation::save(&expectation);
    }
    Ok(())
}

/// The computer is about to shut down; what is staged is not finalised yet.
///
/// # Errors
/// The engine cannot read the sysroot.
pub(crate) async fn record_shutdown() -> anyhow::Result<()> {
    let snapshot = engine_link::read_snapshot().await?;
    if let Some(expectation) = boot_expectation::of(&snapshot, &evidence().await?, is_ours(&snapshot), true) {
        boot_expectation::save(&expectation);
    }
    Ok(())
}

/// What starts next was put there by an operation of this service since the computer was started.
fn is_ours(snapshot: &Snapshot) -> bool {
    let Some(next) = snapshot.next() else { return false };
    let newest = History::of_this_host().newest(100);
    let since = newest.iter().take_while(|entry| !matches!(entry, HistoryEntry::Boot(_)));
    let mut orders = since.filter_map(|entry| match entry {
        HistoryEntry::Operation(OperationRecord { outcome: Outcome::BootOrderChanged { boots_next, .. }, .. }) => {
            Some(boots_next)
        }
        _ => None,
    });
    orders.next() == Some(&next.id)
}

async fn evidence() -> anyhow::Result<BootEvidence> {
    let request = Request { task: Task::BootEvidence, caller: None, token: None };
    match engine_link::read(&request, PATIENCE).await? {
        Reply::BootEvidence(evidence) => Ok(*evidence),
        other => bail!("asked for what was left behind, the engine answered {other:?}"),
    }
}
