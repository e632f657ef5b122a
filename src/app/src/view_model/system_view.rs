// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ServiceState;
use isotope_model::Deployment;

use super::deployment_row::rows;
use super::network::Network;
use super::next_start::NextStart;
use super::{
    BootNotice, Calendar, DeploymentRowView, Hero, Line, MainButton, Meaning, OperationProgress, TrialNotice,
    update_lines,
};
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
    /// How the computer is connected.
    pub(crate) network: Network,
    /// The person's calendar.
    pub(crate) calendar: Calendar,
    /// Details are shown that few people need.
    pub(crate) expert_details: bool,
    /// How long what is downloaded still takes, where that can be estimated.
    pub(crate) seconds_left: Option<u64>,
    /// When the computer is to restart by itself, in seconds since 1970.
    pub(crate) scheduled_restart: Option<u64>,
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
    /// The banner, while a restart would change something or the network is not as usual.
    pub(crate) banner: Option<Banner>,
    /// That the computer restarts at a time, which can be called off.
    pub(crate) scheduled: Option<String>,
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
    /// What else there is to know about updates.
    pub(crate) updates: Vec<Line>,
    /// The deployments on this computer.
    pub(crate) rows: Vec<DeploymentRowView>,
    /// How the updates are set.
    pub(crate) settings: Vec<Line>,
}

impl SystemView {
    /// What to show of a host that runs this deployment.
    pub(crate) fn of(state: &ServiceState, booted: &Deployment, looker: &Looker) -> Self {
        let button = MainButton::of(state, looker);
        let restarts = button.as_ref().is_some_and(|button| button.meaning == Meaning::Restart);
        let next = NextStart::of(&state.snapshot).filter(|_| state.running().is_none());
        // Where the time of the restart is said, there is nothing to remind of.
        let next = next.filter(|_| !(restarts && looker.scheduled_restart.is_some()));
        Self {
            banner: next
                .map(|next| Banner {
                    title: next.banner(state.snapshot.soft_restart),
                    button: (!restarts).then(|| gettext("_Restart…")),
                })
                .or_else(|| {
                    let title = looker.network.banner(&state.snapshot)?;
                    Some(Banner { title, button: None })
                }),
            scheduled: looker.scheduled_restart.and_then(|seconds| scheduled(seconds, &looker.calendar)),
            notice: BootNotice::of(&state.snapshot, looker.closed_boot.as_deref()),
            trial: TrialNotice::of(state, looker),
            hero: Hero::of(state, booted, looker),
            progress: OperationProgress::of(state, looker.uid, looker.seconds_left),
            button,
            updates: update_lines::lines(state, booted),
            rows: rows(state, looker),
            settings: vec![update_lines::automatic(state)],
        }
    }
}

fn scheduled(seconds: u64, calendar: &Calendar) -> Option<String> {
    let (time, moment) = (calendar.time_of_day(seconds)?, calendar.moment(seconds)?);
    Some(match calendar.days_ahead(seconds) {
        Some(0) => gettext("The computer restarts today at {time}").replace("{time}", &time),
        Some(1) => gettext("The computer restarts tomorrow at {time}").replace("{time}", &time),
        // Translators: {moment} is a date with a time.
        _ => gettext("The computer restarts on {moment}").replace("{moment}", &moment),
    })
}

#[cfg(test)]
impl Looker {
    /// User 1000 at noon in Greenwich.
    pub(crate) fn for_tests() -> Self {
        Self {
            uid: 1000,
            asked: None,
            closed_boot: None,
            network: Network::default(),
            calendar: Calendar::in_greenwich(super::test_states::NOON),
            expert_details: true,
            seconds_left: None,
            scheduled_restart: None,
        }
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
    fn the_network_is_told_of_where_nothing_is_to_be_finished() {
        let title = |deployments| {
            let looker = Looker { network: Network::Offline, ..Looker::for_tests() };
            SystemView::of(&service(snapshot(deployments)), &booted('1'), &looker).banner.unwrap().title
        };
        assert_eq!(title(vec![staged('2'), booted('1')]), "Restart to finish updating");
        assert_eq!(title(vec![booted('1')]), "No network connection");
    }

    #[test]
    fn a_restart_at_a_time_is_said() {
        let title = |seconds| {
            let looker = Looker { scheduled_restart: seconds, ..Looker::for_tests() };
            SystemView::of(&service(snapshot(vec![staged('2'), booted('1')])), &booted('1'), &looker).scheduled
        };
        let noon = super::super::test_states::NOON;
        assert_eq!(title(None), None);
        assert_eq!(title(Some(noon + 3_600)).as_deref(), Some("The computer restarts today at 13:00"));
        assert_eq!(title(Some(noon + 15 * 3_600)).as_deref(), Some("The computer restarts tomorrow at 03:00"));
        let later = "The computer restarts on 21 November 2026, 12:00";
        assert_eq!(title(Some(noon + 72 * 3_600)).as_deref(), Some(later));
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
