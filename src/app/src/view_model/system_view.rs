// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;
use isotope_model::Deployment;

use super::deployment_row::rows;
use super::next_start::NextStart;
use super::{BootNotice, Calendar, DeploymentRowView, Hero, MainButton, OperationProgress};
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

/// Everything that the system page shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SystemView {
    /// The line of the banner, while a restart would change something.
    pub(crate) banner: Option<String>,
    /// That the computer did not come up as expected.
    pub(crate) notice: Option<BootNotice>,
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
        let idle = state.running().is_none();
        Self {
            banner: NextStart::of(&state.snapshot).filter(|_| idle).map(NextStart::banner),
            notice: BootNotice::of(&state.snapshot, looker.closed_boot.as_deref()),
            hero: Hero::of(state, booted, &looker.calendar),
            progress: OperationProgress::of(state, looker.uid),
            button: MainButton::of(state, looker),
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

    use isotope_model::{OperationKind, Progress};

    use super::super::test_states::{booted, operation, service, snapshot, staged};
    use super::*;

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
