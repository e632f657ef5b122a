// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use isotope_model::engine_protocol::Task;
use isotope_model::lookup_protocol::missing_bytes;
use isotope_model::{AvailableUpdate, Outcome, Refusal, Settings, Snapshot, update_source};

use crate::boot_expectation;
use crate::clock;
use crate::engine_link::read_snapshot;
use crate::memory::{Found, LastCheck};
use crate::settings;

/// A reading by a program is good for so many seconds.
const RECENT: u64 = 10;

/// Keeps the last good reading of the sysroot, and what the last check found.
#[derive(Debug)]
pub(crate) struct SnapshotKeeper {
    known: Mutex<Known>,
    /// When the last reading began. Held while one runs, so that those who ask at the same time share it.
    reading: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Known {
    snapshot: Option<Arc<Snapshot>>,
    last_check: Option<LastCheck>,
    /// It could not tell.
    only_update_tells: bool,
    settings: Settings,
}

impl Known {
    /// Adds to a reading of the sysroot what the last check says about this host, and how the computer is set.
    fn complete(&self, snapshot: Snapshot) -> Snapshot {
        let (only_update_tells, settings) = (self.only_update_tells, self.settings.clone());
        Snapshot { only_update_tells, settings, ..LastCheck::complete(self.last_check.as_ref(), snapshot) }
    }

    /// What is known now is added to what was read last.
    fn complete_again(&mut self) {
        let again = self.snapshot.as_ref().map(|snapshot| self.complete(Snapshot::clone(snapshot)));
        self.snapshot = again.map(Arc::new);
    }
}

impl SnapshotKeeper {
    /// Remembers what an earlier run of the service wrote down.
    pub(crate) fn new() -> Self {
        let known = Known { last_check: LastCheck::load(), settings: settings::load(), ..Known::default() };
        Self { known: Mutex::new(known), reading: tokio::sync::Mutex::default() }
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the sysroot, or shares a reading that began after this call. Says whether it differs from the last one.
    ///
    /// # Errors
    /// The engine cannot read it.
    pub(crate) async fn fresh(&self) -> anyhow::Result<(Arc<Snapshot>, bool)> {
        let asked = Instant::now();
        let mut reading = self.reading.lock().await;
        if let (Some(began), Some(snapshot)) = (*reading, self.known().snapshot.clone())
            && began >= asked
        {
            return Ok((snapshot, false));
        }
        let began = Instant::now();
        let read = read_snapshot().await?;
        *reading = Some(began);
        Ok(self.take(read))
    }

    /// Readings of this host are a program's.
    pub(crate) fn is_read_by_a_program(&self) -> bool {
        self.known().snapshot.as_ref().is_some_and(|snapshot| snapshot.host.composefs)
    }

    /// The last reading, of a host where readings cost more than a moment, if it is of the last seconds. What this service
    /// does itself is read anew in any case.
    pub(crate) fn recent(&self) -> Option<Arc<Snapshot>> {
        let known = self.known().snapshot.clone()?;
        let age = clock::seconds_since_1970().checked_sub(known.read?)?;
        (age < RECENT && !known.changing).then_some(known)
    }

    /// The last reading; the first one is made.
    ///
    /// # Errors
    /// The engine cannot read the sysroot.
    pub(crate) async fn known_or_fresh(&self) -> anyhow::Result<Arc<Snapshot>> {
        let known = self.known().snapshot.clone();
        match known {
            Some(snapshot) => Ok(snapshot),
            None => self.fresh().await.map(|(snapshot, _)| snapshot),
        }
    }

    /// The computer is set so from now on; `true` if that changes what is shown.
    pub(crate) fn set(&self, settings: Settings) -> bool {
        let mut known = self.known();
        if known.settings == settings {
            return false;
        }
        known.settings = settings;
        known.complete_again();
        true
    }

    /// What the last check found.
    pub(crate) fn last_check(&self) -> Option<LastCheck> {
        self.known().last_check.clone()
    }

    /// Learns from an operation what the remote has, which a registry may have told more about; `true` if that changes what
    /// is shown.
    pub(crate) fn learn(&self, task: &Task, outcome: &Outcome, told: Option<Found>) -> bool {
        // A chosen version says nothing about what the remote names now.
        if matches!(task, Task::Deploy { .. }) {
            return false;
        }
        let mut known = self.known();
        let Some(snapshot) = known.snapshot.clone() else { return false };
        let taken_back = matches!((task, outcome), (Task::Check, Outcome::Failed { refusal: Refusal::Older { .. } }));
        match told.or_else(|| found(outcome, &snapshot).map(Found::from)) {
            Some(found) => {
                let before = known.last_check.as_ref().map(|check| &check.found);
                let check = LastCheck::now(found.with_known(before));
                check.save();
                (known.last_check, known.only_update_tells) = (Some(check), false);
            }
            None if *outcome == Outcome::OnlyUpdateTells => known.only_update_tells = true,
            None if taken_back && known.last_check.is_some() => {
                LastCheck::forget();
                known.last_check = None;
            }
            None => return false,
        }
        known.complete_again();
        true
    }

    /// The layers of an image that was found and is not here.
    pub(crate) fn knows_layers_of_an_update(&self) -> bool {
        let known = self.known();
        let available = known.snapshot.as_ref().is_some_and(|snapshot| snapshot.available.is_some());
        available && known.last_check.as_ref().is_some_and(|check| !check.found.layers.is_empty())
    }

    /// Works out anew what an update that was found would download on a host that has these layers; `true` if that changes
    /// what is shown.
    pub(crate) fn measure(&self, here: &[String]) -> bool {
        let mut known = self.known();
        if known.snapshot.is_none() {
            return false;
        }
        let Some(check) = &mut known.last_check else { return false };
        let bytes = missing_bytes(&check.found.layers, here);
        if check.found.update.download_bytes == bytes {
            return false;
        }
        check.found.update.download_bytes = bytes;
        check.save();
        known.complete_again();
        true
    }

    fn take(&self, read: Snapshot) -> (Arc<Snapshot>, bool) {
        let settings = settings::load();
        let mut known = self.known();
        known.settings = settings;
        let fresh = match &known.snapshot {
            // A reading that may be torn does not replace a good one.
            Some(good) if read.changing => Snapshot { changing: true, ..Snapshot::clone(good) },
            _ => known.complete(read),
        };
        let fresh = Snapshot { last_boot: boot_expectation::last_boot(&fresh), ..fresh };
        let changed = known.snapshot.as_deref() != Some(&fresh);
        if changed {
            boot_expectation::remember(&fresh);
        }
        let fresh = Arc::new(fresh);
        known.snapshot = Some(fresh.clone());
        (fresh, changed)
    }
}

/// What an outcome tells about the remote: a newer image, or that what boots next is the newest.
fn found(outcome: &Outcome, snapshot: &Snapshot) -> Option<AvailableUpdate> {
    match outcome {
        Outcome::UpdateAvailable { update } => Some(update.clone()),
        Outcome::UpToDate | Outcome::Staged { .. } => {
            let image = update_source(snapshot).ok()?.clone();
            let newest = match outcome {
                Outcome::Staged { deployment, .. } => snapshot.deployment(deployment)?,
                _ => snapshot.newest()?,
            };
            Some(AvailableUpdate {
                image,
                checksum: newest.image_checksum().to_owned(),
                version: newest.version.clone(),
                built: newest.built,
                download_bytes: None,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentId;

    use super::*;

    #[test]
    fn that_only_an_update_tells_holds_until_something_is_found() {
        let keeper = SnapshotKeeper::new();
        keeper.take(Snapshot::default());
        let tells = || keeper.known().snapshot.as_ref().is_some_and(|snapshot| snapshot.only_update_tells);
        assert!(keeper.learn(&Task::Check, &Outcome::OnlyUpdateTells, None));
        assert!(tells());
        let deployment = DeploymentId::new("lab", "1".repeat(64), 0);
        let pin = Task::Pin { deployment: deployment.clone() };
        assert!(!keeper.learn(&pin, &Outcome::Pinned { deployment }, None));
        assert!(tells(), "a pin says nothing about updates");
    }

    #[test]
    fn how_the_computer_is_set_is_told_with_the_next_reading_and_at_once() {
        let keeper = SnapshotKeeper::new();
        keeper.take(Snapshot::default());
        let settings = Settings { on_battery: true, ..Settings::default() };
        assert!(keeper.set(settings.clone()));
        assert!(!keeper.set(settings.clone()));
        assert_eq!(keeper.known().snapshot.as_ref().map(|snapshot| snapshot.settings.clone()), Some(settings));
    }
}
