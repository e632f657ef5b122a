// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ServiceState;
use isotope_model::Deployment;

use super::deployment_row::rows;
use super::next_start::NextStart;
use super::{BootNotice, Calendar, DeploymentRowView, Hero, MainButton, Meaning, OperationProgress, TrialNotice};
use crate::helper_worker::Request;

/// Who looks, and from when and where.
#[derive(Clone, Debug)]
pub(crate) struct Looker {
    /// The user id of the person.
    pub(crate) uid: u32,
    /// What the person has asked for and the service has not taken up yet.
    pub(crate) asked: Option<Request>,
    /// The start of the computer whose notice the person has closed.
    pub(crate) closed_boot: Option<String>,
    /// The person's calendar.
    pub(crate) calendar: Calendar,
}

/// The banner above the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Banner {
    /// Its line.
    pub(crate) title: String,
    /// What stands on its button; nothing where the one button of the page restarts.
    pub(crate) button: Option<String>,
}

/// Everything that the system page shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SystemView {
    /// The banner, while a restart would change something.
    pub(crate) banner: Option<Banner>,
    /// That the computer did not come up as expected.
    pub(crate) notice: Option<BootNotice>,
    /// Whether what was switched to is kept.
    pub(crate) trial: Option<TrialNotice>,
    /// The top of the page.
    pub(crate) hero: Hero,
    /// The operation that runs.
    pub(crate) progress: Option<OperationProgress>,
    /// The one button.
    pub(crate) button: Option<MainButton>,
    /// The deployments on this computer.
    pub(crate) rows: Vec<DeploymentRowView>,
}

impl SystemView {
    /// What to show of a host that runs this deployment.
    pub(crate) fn of(state: &ServiceState, booted: &Deployment, looker: &Looker) -> Self {
        let button = MainButton::of(state, looker);
        let restarts = button.as_ref().is_some_and(|button| button.meaning == Meaning::Restart);
        let next = NextStart::of(&state.snapshot).filter(|_| state.running().is_none());
        Self {
            banner: next.map(|next| Banner {
                title: next.banner(state.snapshot.soft_restart),
                button: (!restarts).then(|| gettext("_Restart…")),
            }),
            notice: BootNotice::of(&state.snapshot, looker.closed_boot.as_deref()),
            trial: TrialNotice::of(state, looker),
            hero: Hero::of(state, booted, &looker.calendar),
            progress: OperationProgress::of(state, looker.uid),
            button,
            rows: rows(state, looker),
        }
    }
}

#[cfg(test)]
impl Looker {
    /// User 1000 at noon in Greenwich.
    pub(crate) fn for_tests() -> Self {
        Self { uid: 1000, asked: None, closed_boot: None, calendar: Calendar::in_greenwich(super::test_states::NOON) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{AvailableUpdate, OperationKind, Progress, Snapshot};

    use super::super::test_states::{available, booted, operation, service, snapshot, staged};
    use super::*;

    #[test]
    fn a_restart_is_offered_once() {
        let banner = |available| {
            let snapshot = Snapshot { available, ..snapshot(vec![staged('2'), booted('1')]) };
            SystemView::of(&service(snapshot), &booted('1'), &Looker::for_tests()).banner.unwrap()
        };
        assert_eq!(banner(None).button, None);
        let newer = AvailableUpdate { checksum: "3".repeat(64), ..available() };
        assert_eq!(banner(Some(newer)).button.as_deref(), Some("_Restart…"));
    }

    #[test]
    fn a_restart_is_not_offered_in_the_middle_of_an_operation() {
        let mut state = service(snapshot(vec![staged('2'), booted('1')]));
        let view = SystemView::of(&state, &booted('1'), &Looker::for_tests());
        assert!(view.banner.is_some() && view.progress.is_none());
        state.operation = Some(Arc::new(operation(OperationKind::Check, Progress::default())));
        let view = SystemView::of(&state, &booted('1'), &Looker::for_tests());
        assert!(view.banner.is_none() && view.progress.is_some());
    }
}
