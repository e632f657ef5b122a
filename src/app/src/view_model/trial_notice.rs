// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;
use isotope_client::wording::{self, Explanation};
use isotope_model::{DeploymentId, OperationKind, Refusal, Trial, check_target};

use super::{Looker, names};

/// That the computer runs another image since a switch, and that nobody has said yet whether it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrialNotice {
    /// The way back.
    pub(crate) before: DeploymentId,
    /// The question, what each answer does, and what helps to decide.
    pub(crate) explanation: Explanation,
    /// Why it cannot be kept.
    pub(crate) keep_reason: Option<String>,
    /// Why there is no going back.
    pub(crate) back_reason: Option<String>,
}

impl TrialNotice {
    /// What to ask of this host; nothing once somebody has decided, or where the next restart goes back anyhow.
    pub(crate) fn of(state: &ServiceState, looker: &Looker) -> Option<Self> {
        let trial = Trial::of(&state.snapshot).ok().filter(|trial| !trial.before.queued)?;
        let before = trial.before.id.clone();
        let busy = looker.asked.is_some() || state.running().is_some();
        let reason = |kind: OperationKind, checked: Result<(), Refusal>| {
            let offered = state.capabilities.get(&kind).filter(|capability| !capability.available);
            let refusal = match (checked, offered) {
                (Err(refusal), _) => Some(refusal),
                (Ok(()), Some(capability)) => Some(capability.reason.clone().unwrap_or(Refusal::Unknown)),
                (Ok(()), None) => busy.then_some(Refusal::Busy { operation: None }),
            };
            refusal.map(|refusal| wording::refusal(&refusal).what)
        };
        let back = check_target(OperationKind::SetDefault, &state.snapshot, &before);
        let mut explanation = wording::trial(&trial);
        explanation.what = names::together(&explanation.what);
        Some(Self {
            explanation,
            keep_reason: reason(OperationKind::Keep, Ok(())),
            back_reason: reason(OperationKind::SetDefault, back),
            before,
        })
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticPin, Deployment, ImageReference, Progress};

    use super::super::test_states::{booted, deployment, operation, service, snapshot, staged};
    use super::*;

    fn gnome() -> Deployment {
        let automatic_pin = Some(AutomaticPin { updates_left: None });
        Deployment { pinned: true, automatic_pin, ..deployment('1') }
    }

    fn kde(deployment: Deployment) -> Deployment {
        let image = ImageReference::from_refspec("lab:lab/10/x86_64/kde").ok();
        Deployment { image, variant: Some("KDE".into()), ..deployment }
    }

    fn asked(deployments: Vec<Deployment>) -> Option<TrialNotice> {
        TrialNotice::of(&service(snapshot(deployments)), &Looker::for_tests())
    }

    #[test]
    fn it_is_asked_until_somebody_decides() {
        let notice = asked(vec![kde(booted('2')), gnome()]).unwrap();
        assert_eq!(notice.before, gnome().id);
        assert!(notice.explanation.what.contains("KDE") && notice.explanation.what.contains("GNOME"));
        assert_eq!((notice.keep_reason, notice.back_reason), (None, None));
        let kept = Deployment { automatic_pin: Some(AutomaticPin { updates_left: Some(3) }), ..gnome() };
        assert_eq!(asked(vec![kde(booted('2')), kept]), None);
        assert_eq!(asked(vec![booted('2'), deployment('1')]), None);
    }

    #[test]
    fn who_has_chosen_to_go_back_is_not_asked_again() {
        assert_eq!(asked(vec![gnome(), kde(booted('2'))]), None);
        assert!(asked(vec![kde(staged('3')), kde(booted('2')), gnome()]).is_some());
    }

    #[test]
    fn neither_can_be_chosen_while_something_runs() {
        let mut state = service(snapshot(vec![kde(booted('2')), gnome()]));
        state.operation = Some(operation(OperationKind::Check, Progress::default()).into());
        let notice = TrialNotice::of(&state, &Looker::for_tests()).unwrap();
        assert!(notice.keep_reason.is_some() && notice.back_reason.is_some());
    }
}
