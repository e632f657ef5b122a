// SPDX-License-Identifier: GPL-3.0-or-later
//! When the computer does nothing by itself: it is set so, somebody else takes care of it, something around it speaks
//! against it, or a person has decided something that it would undo.

use isotope_client::ServiceState;
use isotope_model::{AutomaticMode, AutomaticUpdates, HistoryEntry, OperationKind, Outcome, Refusal, Snapshot, Trial};

use super::gone_back;
use crate::render::automatic::Passed;
use crate::surroundings::Surroundings;

/// The timer comes more often than once a day, so that a time when something spoke against it is made up for. In seconds.
const OFTEN_ENOUGH: u64 = 20 * 60 * 60;

/// What is known before anything is done.
pub(super) struct Before<'a> {
    pub(super) state: &'a ServiceState,
    pub(super) surroundings: Surroundings,
    /// The newest first.
    pub(super) history: &'a [HistoryEntry],
    /// Seconds since 1970.
    pub(super) now: u64,
}

/// A check is nothing that can be done here; an update is.
pub(super) fn finds_out_only_by_updating(state: &ServiceState) -> bool {
    matches!(refused(state, OperationKind::Check), Some(Refusal::NotWithBackend { .. }))
}

fn refused(state: &ServiceState, kind: OperationKind) -> Option<&Refusal> {
    state.capabilities.get(&kind).and_then(|capability| capability.reason.as_ref())
}

/// It does more than to look: what another program only finds is told to nobody here.
fn acts(does: AutomaticUpdates) -> bool {
    !matches!(does, AutomaticUpdates::None | AutomaticUpdates::Check)
}

impl Before<'_> {
    /// Why nothing is done.
    pub(super) fn passed_over(&self) -> Option<Passed> {
        let snapshot = &self.state.snapshot;
        if snapshot.settings.automatic.does_nothing() {
            return Some(Passed::Off);
        }
        if !snapshot.host.image_based {
            return Some(Passed::NotImageBased);
        }
        self.left_to_another()
            .or_else(|| self.state.running().map(|_| Passed::Busy))
            .or_else(|| self.impossible())
            .or_else(|| self.decided())
            .or_else(|| self.found_out_lately().then_some(Passed::Recent))
            .or_else(|| self.around())
    }

    fn downloads(&self) -> bool {
        self.state.snapshot.settings.automatic == AutomaticMode::Download
    }

    fn left_to_another(&self) -> Option<Passed> {
        let host = &self.state.snapshot.host;
        let updater = || host.automatic_updaters.iter().find(|updater| acts(updater.does));
        let driver = host.update_driver.clone().map(Passed::Driver);
        driver.or_else(|| updater().cloned().map(Passed::Updater))
    }

    /// There is nothing to do it with.
    fn impossible(&self) -> Option<Passed> {
        let only_update = finds_out_only_by_updating(self.state);
        if only_update && !self.downloads() {
            return Some(Passed::CannotLook);
        }
        let look = refused(self.state, OperationKind::Check).filter(|_| !only_update);
        let download = refused(self.state, OperationKind::Update).filter(|_| self.downloads());
        look.or(download).cloned().map(Passed::Impossible)
    }

    /// An update would undo what somebody has decided. Looking undoes nothing.
    fn decided(&self) -> Option<Passed> {
        let snapshot = &self.state.snapshot;
        if !self.downloads() {
            return None;
        }
        if let Some(staged) = snapshot.staged() {
            if staged.finalization_locked {
                return Some(Passed::HeldBack);
            }
            let is_another = snapshot.booted().is_some_and(|booted| booted.image != staged.image);
            if is_another || gone_back::is_chosen(&staged.id, self.history) {
                return Some(Passed::Chosen);
            }
        }
        if snapshot.deployments.iter().any(|deployment| deployment.queued) {
            return Some(Passed::Queued);
        }
        Trial::of(snapshot).is_ok().then_some(Passed::Trial)
    }

    /// Nobody has to look again; what was found then is here, or not to be downloaded.
    fn found_out_lately(&self) -> bool {
        let snapshot = &self.state.snapshot;
        let by_updating = finds_out_only_by_updating(self.state) || snapshot.only_update_tells;
        let tried = by_updating.then(|| gone_back::last_tried(self.history)).flatten();
        let last = snapshot.last_checked.into_iter().chain(tried).max();
        let lately = last.and_then(|last| self.now.checked_sub(last)).is_some_and(|since| since < OFTEN_ENOUGH);
        let waits = snapshot.available.as_ref().is_some_and(|update| !gone_back::is_thrown_away(update, self.history));
        lately && !(self.downloads() && waits)
    }

    fn around(&self) -> Option<Passed> {
        let (settings, surroundings) = (&self.state.snapshot.settings, self.surroundings);
        [
            (surroundings.offline, Passed::Offline),
            (surroundings.metered && !settings.on_metered, Passed::Metered),
            (surroundings.on_battery && !settings.on_battery, Passed::Battery),
        ]
        .into_iter()
        .find_map(|(applies, passed)| applies.then_some(passed))
    }
}

/// Why what was found is not downloaded.
pub(super) fn not_downloaded(found: &Outcome, snapshot: &Snapshot, history: &[HistoryEntry]) -> Option<Passed> {
    match found {
        Outcome::UpdateAvailable { update } => {
            let unwanted = gone_back::is_here(snapshot, update) || gone_back::is_thrown_away(update, history);
            unwanted.then_some(Passed::GoneBack)
        }
        // What it would replace may be newer than what it finds.
        Outcome::OnlyUpdateTells if snapshot.staged().is_some() => Some(Passed::Staged),
        Outcome::OnlyUpdateTells => {
            let may_be_unwanted = gone_back::runs_older_than_here(snapshot) || gone_back::threw_away_the_last(history);
            may_be_unwanted.then_some(Passed::GoneBack)
        }
        _ => None,
    }
}

/// Whoever was faster, or what has changed meanwhile, is no failure: it comes again.
pub(super) fn overtaken(refusal: &Refusal) -> Option<Passed> {
    match refusal {
        Refusal::Busy { .. } => Some(Passed::Busy),
        Refusal::StateChanged | Refusal::ImageChanged { .. } => Some(Passed::Changed),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
