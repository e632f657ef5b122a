// SPDX-License-Identifier: GPL-3.0-or-later
//! What the next start of the computer has to come up with, and what the last one came up with, as files of the state
//! directory. Written down by the service whenever the deployments change, and by [`crate::boot_recorder`].

use isotope_model::{BootEvidence, BootExpectation, BootRecord, ExpectedBecause, Snapshot};

use crate::state_file;

const EXPECTATION: &str = "expected-boot.json";
const LAST_BOOT: &str = "last-boot.json";
/// Source: `random(4)`.
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Which start of the computer this is.
pub(crate) fn boot_id() -> Option<String> {
    let text = std::fs::read_to_string(BOOT_ID).ok()?;
    Some(text.trim().to_owned()).filter(|id| !id.is_empty())
}

/// What was expected when somebody last wrote it down.
pub(crate) fn load() -> Option<BootExpectation> {
    state_file::load(EXPECTATION)
}

/// What this start came up with, if that was written down. A soft restart brings up another deployment without another
/// boot id.
pub(crate) fn last_boot(now: &Snapshot) -> Option<BootRecord> {
    let record: BootRecord = state_file::load(LAST_BOOT)?;
    let same_start = boot_id().as_deref() == Some(record.boot_id.as_str());
    let same_deployment = now.booted().is_some_and(|booted| booted.id == record.deployment);
    (same_start && same_deployment).then_some(record)
}

/// Writes down what this start came up with.
pub(crate) fn save_boot(record: &BootRecord) {
    saved(LAST_BOOT, state_file::save(LAST_BOOT, record));
}

/// Writes down what the next start has to come up with, where it is not written already. Only after this start has been
/// recorded, or what it is judged by would be lost; and not once the computer is shutting down.
pub(crate) fn remember(snapshot: &Snapshot) {
    if snapshot.changing || last_boot(snapshot).is_none() {
        return;
    }
    let Some(expectation) = of(snapshot, &BootEvidence::default(), true, false) else { return };
    match load() {
        Some(known) if known == expectation => {}
        Some(known) if known.shut_down && known.boot_id == expectation.boot_id => {}
        _ => save(&expectation),
    }
}

/// Writes it down, whatever is written already.
pub(crate) fn save(expectation: &BootExpectation) {
    saved(EXPECTATION, state_file::save(EXPECTATION, expectation));
}

fn saved(name: &str, result: std::io::Result<()>) {
    if let Err(error) = result {
        tracing::warn!("{name} is not written: {error}");
    }
}

/// What the next start has to come up with, by this state of the host. `ours`: the boot order is as an operation of this
/// service left it.
pub(crate) fn of(snapshot: &Snapshot, evidence: &BootEvidence, ours: bool, shut_down: bool) -> Option<BootExpectation> {
    let next = snapshot.next()?;
    let countdown_ended = evidence.boot_counter.is_some_and(|counter| counter <= 0);
    let because = if next.staged {
        ExpectedBecause::Staged
    } else if !next.booted && countdown_ended && !ours {
        ExpectedBecause::HealthChecks
    } else {
        ExpectedBecause::Default
    };
    Some(BootExpectation {
        boot_id: boot_id()?,
        deployment: next.id.clone(),
        version: Some(next.label().to_owned()),
        because,
        shut_down,
        boot_counter: evidence.boot_counter,
    })
}
