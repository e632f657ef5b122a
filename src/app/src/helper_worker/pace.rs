// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::Duration;

use isotope_client::ServiceState;
use isotope_model::OperationStatus;

/// States that differ only in how far an operation is are told no more often than this.
pub(super) const BEAT: Duration = Duration::from_millis(100);

/// Lets through what is new at once, and of the progress of one operation as much as an eye can follow. Moments are
/// counted from any one point that stays the same.
#[derive(Debug, Default)]
pub(super) struct Pace {
    told: Option<(Arc<ServiceState>, Duration)>,
    held: Option<Arc<ServiceState>>,
}

impl Pace {
    /// Takes in a state, and returns what is to be told of it now, in this order.
    pub(super) fn take(&mut self, state: Arc<ServiceState>, now: Duration) -> Vec<Arc<ServiceState>> {
        if self.told.as_ref().is_some_and(|(told, _)| is_only_further(told, &state)) {
            self.held = Some(state);
            return self.release(now).into_iter().collect();
        }
        // How far the phase has come that ends with this is told before.
        let last = self.held.take().filter(|held| held.operation_path == state.operation_path);
        self.told = Some((state.clone(), now));
        last.into_iter().chain([state]).collect()
    }

    /// When what is held back has to be told.
    pub(super) fn due(&self) -> Option<Duration> {
        self.held.as_ref()?;
        self.told.as_ref().map(|(_, told)| told.saturating_add(BEAT))
    }

    /// What was held back, once it is due.
    pub(super) fn release(&mut self, now: Duration) -> Option<Arc<ServiceState>> {
        self.due().filter(|due| *due <= now)?;
        let state = self.held.take()?;
        self.told = Some((state.clone(), now));
        Some(state)
    }

    /// Forgets everything, and returns what was still held back: what follows is about another connection.
    pub(super) fn interrupt(&mut self) -> Option<Arc<ServiceState>> {
        std::mem::take(self).held
    }
}

/// Whether the same operation runs in both, in the same phase, and nothing but its progress differs.
fn is_only_further(told: &ServiceState, now: &ServiceState) -> bool {
    let (Some(before), Some(after)) = (told.running(), now.running()) else { return false };
    told.operation_path == now.operation_path
        && is_same_phase(before, after)
        && (Arc::ptr_eq(&told.snapshot, &now.snapshot) || told.snapshot == now.snapshot)
        && (Arc::ptr_eq(&told.capabilities, &now.capabilities) || told.capabilities == now.capabilities)
}

fn is_same_phase(before: &OperationStatus, after: &OperationStatus) -> bool {
    before.progress.phase == after.progress.phase
        && before.progress.waits_for == after.progress.waits_for
        && before.kind == after.kind
        && before.starter == after.starter
        && before.started == after.started
        && before.title == after.title
}

#[cfg(test)]
mod tests {
    use isotope_model::{OperationKind, Outcome, Phase, Progress, Snapshot, Starter};
    use proptest::prelude::*;

    use super::*;

    fn pulling(bytes: u64) -> Arc<ServiceState> {
        running(Progress { phase: Phase::Pulling, bytes: Some(bytes), ..Progress::default() })
    }

    fn running(progress: Progress) -> Arc<ServiceState> {
        let status = OperationStatus {
            kind: OperationKind::Update,
            starter: Starter { uid: 1000, user: None, program: None },
            started: 7,
            title: None,
            progress,
            outcome: None,
        };
        let operation_path = "/operation/1".try_into().ok();
        Arc::new(ServiceState { operation: Some(Arc::new(status)), operation_path, ..ServiceState::default() })
    }

    fn ended() -> Arc<ServiceState> {
        let state = running(Progress::default());
        let mut status = state.running().unwrap().clone();
        status.outcome = Some(Outcome::UpToDate);
        Arc::new(ServiceState { operation: Some(Arc::new(status)), ..(*state).clone() })
    }

    fn bytes(state: &ServiceState) -> Option<u64> {
        state.operation.as_ref()?.progress.bytes
    }

    fn at(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn two_hundred_a_second_become_ten_and_the_last_one_arrives() {
        let mut pace = Pace::default();
        let mut told = Vec::new();
        for event in 0..1_000 {
            let now = at(event * 5);
            told.extend(pace.release(now));
            told.extend(pace.take(pulling(event), now));
        }
        let due = pace.due().unwrap();
        assert!(due <= at(5_000) + BEAT);
        told.extend(pace.release(due));
        assert!((50..=52).contains(&told.len()), "{}", told.len());
        assert_eq!(told.last().and_then(|state| bytes(state)), Some(999));
        assert_eq!(pace.due(), None);
    }

    #[test]
    fn what_is_new_is_told_at_once_after_what_came_before_it() {
        let mut pace = Pace::default();
        let tell =
            |pace: &mut Pace, state| pace.take(state, at(1)).iter().map(|state| bytes(state)).collect::<Vec<_>>();
        assert_eq!(tell(&mut pace, pulling(1)), [Some(1)]);
        assert_eq!(tell(&mut pace, pulling(2)), []);
        let staging = running(Progress { phase: Phase::Staging, ..Progress::default() });
        assert_eq!(tell(&mut pace, staging), [Some(2), None], "how far the download came is not lost");
        assert_eq!(tell(&mut pace, ended()), [None]);
        assert_eq!(tell(&mut pace, ended()), [None], "nothing runs: nothing is held back");
    }

    #[test]
    fn another_snapshot_is_told_at_once() {
        let mut pace = Pace::default();
        pace.take(pulling(1), at(0));
        let snapshot = Arc::new(Snapshot { last_checked: Some(7), ..Snapshot::default() });
        let state = Arc::new(ServiceState { snapshot, ..(*pulling(2)).clone() });
        assert_eq!(pace.take(state, at(1)).len(), 1);
    }

    #[test]
    fn what_is_held_back_does_not_outlive_its_connection_untold() {
        let mut pace = Pace::default();
        pace.take(pulling(1), at(0));
        pace.take(pulling(2), at(1));
        assert_eq!(pace.interrupt().and_then(|state| bytes(&state)), Some(2));
        assert_eq!(pace.due(), None);
        assert_eq!(pace.take(pulling(3), at(2)).len(), 1);
    }

    proptest! {
        #[test]
        fn the_last_one_always_arrives_in_its_order(pauses in prop::collection::vec(0u64..400, 1..60)) {
            let mut pace = Pace::default();
            let (mut now, mut told) = (0, Vec::new());
            for (event, pause) in pauses.iter().enumerate() {
                now += pause;
                // As the worker does: what is due is told when it is due.
                if let Some(due) = pace.due().filter(|due| *due <= at(now)) {
                    told.extend(pace.release(due));
                }
                told.extend(pace.take(pulling(event as u64), at(now)));
            }
            told.extend(pace.release(at(now) + BEAT));
            let told: Vec<_> = told.iter().map(|state| bytes(state)).collect();
            prop_assert!(told.is_sorted());
            prop_assert_eq!(told.last().copied().flatten(), Some(pauses.len() as u64 - 1));
            prop_assert!(told.len() as u64 <= now / 100 + 2);
        }
    }
}
