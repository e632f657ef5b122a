// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording::Explanation;
use isotope_client::{ServiceState, wording};
use isotope_model::{CancelledWith, OperationKind, Outcome, Refusal};

use super::super::{OperationProgress, StatusView};
use super::{ChosenDesktop, Look, Press, StepButton, StepButtons};

/// What is being done, or was to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// What was chosen.
    Choices,
    /// The desktop, once the computer is set.
    Switch,
    /// What was downloaded is discarded.
    Discard,
}

/// How far it is with what was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Work {
    /// Nothing was begun.
    #[default]
    NotBegun,
    /// The computer is being set.
    Setting,
    /// The chosen desktop is being downloaded and staged.
    Switching,
    /// The same, and it is to be cancelled.
    Cancelling,
    /// What is staged is being discarded.
    Discarding,
    /// It did not come to its end, for this reason.
    Stopped(Explanation),
    /// It was cancelled, or the person did not want to say a password; this is what to say of it.
    Declined(String),
    /// All of it is done.
    Done,
}

impl Work {
    /// Something is being done.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Setting | Self::Switching | Self::Cancelling | Self::Discarding)
    }

    /// It has come to an end that is not the wanted one.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        let explanation = wording::refusal(refusal);
        match refusal {
            Refusal::Cancelled | Refusal::Dismissed { .. } => Self::Declined(explanation.what),
            _ => Self::Stopped(explanation),
        }
    }

    /// This is no end at all: what was agreed to is not what it would be now, so it has to be agreed to once more.
    pub(crate) fn is_overtaken(&self, refusal: &Refusal) -> bool {
        let changed = matches!(refusal, Refusal::StateChanged | Refusal::ImageChanged { .. });
        changed && matches!(self, Self::Switching | Self::Cancelling | Self::Discarding)
    }

    /// What comes of the end of a switch.
    pub(crate) fn switched(outcome: &Outcome, state: &ServiceState) -> Self {
        match outcome {
            Outcome::Staged { .. } => Self::Done,
            Outcome::Failed { refusal } => Self::refused(refusal),
            // Too late: it is here all the same.
            Outcome::Cancelled { left: CancelledWith::AlreadyDone } => Self::Done,
            other => Self::Declined(wording::outcome(other, &state.snapshot)),
        }
    }
}

/// An operation of the user with this id runs, as the welcome begins them: it goes on without a window.
pub(crate) fn own_operation(state: &ServiceState, uid: u32) -> bool {
    let begun_here = |kind| matches!(kind, OperationKind::Switch | OperationKind::Discard);
    state.running().is_some_and(|running| running.starter.uid == uid && begun_here(running.kind))
}

/// What the step shows in which everything is done.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WorkStep {
    /// What is the matter.
    pub(crate) status: StatusView,
    /// How far it is.
    pub(crate) progress: Option<OperationProgress>,
    /// What a program said in its own words.
    pub(crate) detail: Option<String>,
    /// The buttons.
    pub(crate) buttons: StepButtons,
}

impl WorkStep {
    /// What to show, for the user with this id.
    pub(crate) fn of(work: &Work, task: Task, desktop: Option<&ChosenDesktop>, state: &ServiceState, uid: u32) -> Self {
        let (status, detail) = match work {
            Work::Stopped(explanation) => {
                let words = format!("{}\n\n{}", explanation.means, explanation.remedy);
                (ended(explanation.what.clone(), words), explanation.detail.clone())
            }
            Work::Declined(words) => (
                ended(
                    gettext("Not Finished"),
                    format!("{words}\n\n{}", gettext("You can try again, or leave it at that.")),
                ),
                None,
            ),
            _ => (busy(work, desktop), None),
        };
        let progress =
            OperationProgress::of(state, uid, None).filter(|_| matches!(work, Work::Switching | Work::Cancelling));
        Self { status, progress, detail, buttons: buttons(work, task, desktop, own_operation(state, uid)) }
    }
}

fn ended(title: String, description: String) -> StatusView {
    StatusView { icon: Some("isotope-attention-symbolic"), title, description, button: None }
}

fn busy(work: &Work, desktop: Option<&ChosenDesktop>) -> StatusView {
    let (title, description) = match (work, desktop) {
        (Work::Discarding, _) => (gettext("Discarding…"), gettext("The computer stays with what runs now.")),
        (Work::Switching | Work::Cancelling, Some(desktop)) => (
            gettext("Getting {name}").replace("{name}", &desktop.name),
            gettext("You can go on using the computer. Nothing is changed before you restart it."),
        ),
        _ => (gettext("Setting Up…"), String::new()),
    };
    StatusView { icon: None, title, description, button: None }
}

fn buttons(work: &Work, task: Task, desktop: Option<&ChosenDesktop>, runs: bool) -> StepButtons {
    match work {
        Work::Switching => {
            let reason = (!runs).then(|| gettext("The download has not begun yet"));
            let cancel = StepButton { reason, ..StepButton::plain(gettext("_Cancel"), Press::Cancel) };
            StepButtons { second: Some(cancel), ..StepButtons::default() }
        }
        Work::Cancelling => {
            let label = gettext("Cancelling…");
            let reason = Some(gettext("It is being cancelled"));
            let button = StepButton { label, press: Press::Cancel, look: Look::Plain, reason };
            StepButtons { second: Some(button), ..StepButtons::default() }
        }
        Work::Stopped(_) | Work::Declined(_) => {
            let stay = match (task, desktop) {
                (Task::Choices | Task::Switch, Some(_)) => gettext("_Stay With This One"),
                // What could not be discarded still starts next.
                (Task::Discard, _) | (_, None) => gettext("_Leave It as It Is"),
            };
            StepButtons {
                first: Some(StepButton::suggested(gettext("_Try Again"), Press::TryAgain)),
                second: Some(StepButton::plain(stay, Press::GiveUp)),
                corner: None,
            }
        }
        _ => StepButtons::default(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{DeploymentId, Progress};

    use super::super::super::test_states::{booted, operation, service, snapshot};
    use super::*;

    fn state() -> ServiceState {
        let running = operation(OperationKind::Switch, Progress::default());
        ServiceState { operation: Some(Arc::new(running)), ..service(snapshot(vec![booted('1')])) }
    }

    fn kde() -> ChosenDesktop {
        ChosenDesktop { entry: "kde".into(), name: "Lab KDE".into(), image: "x".into() }
    }

    fn shown(work: &Work) -> WorkStep {
        of(work, Task::Switch, Some(&kde()), &state())
    }

    fn of(work: &Work, task: Task, desktop: Option<&ChosenDesktop>, state: &ServiceState) -> WorkStep {
        WorkStep::of(work, task, desktop, state, 1000)
    }

    #[test]
    fn a_download_has_a_bar_and_can_be_cancelled() {
        let switching = shown(&Work::Switching);
        assert!(switching.progress.is_some() && switching.status.title == "Getting Lab KDE");
        let cancel = switching.buttons.second.unwrap();
        assert_eq!((cancel.press, cancel.reason), (Press::Cancel, None));
        let waiting = ServiceState { operation: None, ..state() };
        let waiting = of(&Work::Switching, Task::Switch, Some(&kde()), &waiting);
        assert!(waiting.buttons.second.unwrap().reason.is_some(), "nothing runs that could be cancelled");
        assert!(shown(&Work::Cancelling).buttons.second.unwrap().reason.is_some());
        assert!(shown(&Work::Setting).progress.is_none());
    }

    #[test]
    fn what_stopped_can_be_tried_again_or_left_at_that() {
        let stopped = Work::refused(&Refusal::Network { detail: "x".into() });
        for work in [stopped, Work::refused(&Refusal::Dismissed { action: "x".into() })] {
            assert!(!work.is_busy());
            let presses: Vec<_> = shown(&work).buttons.all().map(|button| button.press).collect();
            assert_eq!(presses, [Press::TryAgain, Press::GiveUp]);
        }
        let leaves = |task, desktop: Option<ChosenDesktop>| {
            let step = of(&Work::Declined(String::new()), task, desktop.as_ref(), &state());
            step.buttons.second.unwrap().label
        };
        assert_eq!(leaves(Task::Switch, Some(kde())), "_Stay With This One");
        assert_eq!(leaves(Task::Choices, None), "_Leave It as It Is");
        assert_eq!(leaves(Task::Discard, Some(kde())), "_Leave It as It Is", "it starts next, and nobody stays");
    }

    #[test]
    fn what_was_agreed_to_in_another_state_is_agreed_to_once_more() {
        let image = Refusal::ImageChanged { expected: "1".into(), found: "2".into() };
        for refusal in [Refusal::StateChanged, image] {
            assert!(Work::Switching.is_overtaken(&refusal) && Work::Cancelling.is_overtaken(&refusal));
            assert!(Work::Discarding.is_overtaken(&refusal));
            assert!(!Work::Setting.is_overtaken(&refusal), "that is no matter of images");
        }
        assert!(!Work::Switching.is_overtaken(&Refusal::Network { detail: "x".into() }));
    }

    #[test]
    fn a_cancel_is_no_failure_and_one_that_came_too_late_is_none() {
        let left = |left| Work::switched(&Outcome::Cancelled { left }, &state());
        assert!(matches!(left(CancelledWith::NothingChanged), Work::Declined(_)));
        assert_eq!(left(CancelledWith::AlreadyDone), Work::Done);
        let deployment = DeploymentId::new("lab", "1".repeat(64), 0);
        let staged = Outcome::Staged { deployment, replaced: None, pinned: None, released: None };
        assert_eq!(Work::switched(&staged, &state()), Work::Done);
        let failed = Outcome::Failed { refusal: Refusal::Network { detail: "x".into() } };
        assert!(matches!(Work::switched(&failed, &state()), Work::Stopped(_)));
    }
}
