// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Deployment, DeploymentId, Refusal, RollbackPlan, Snapshot};

use super::names::{newer, told_apart};

/// What is asked before something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    /// The question.
    pub(crate) heading: String,
    /// What follows from a yes.
    pub(crate) body: String,
    /// What stands on the button that says yes.
    pub(crate) yes: String,
    /// Something is lost by a yes.
    pub(crate) destructive: bool,
}

impl Question {
    /// What to ask before rolling back, or before taking that back, and the deployment that a yes agrees to.
    pub(crate) fn roll_back(snapshot: &Snapshot) -> Result<(Self, DeploymentId), Refusal> {
        let plan = RollbackPlan::of(snapshot)?;
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let target = snapshot.deployment(&plan.boots_next).ok_or(Refusal::StateChanged)?;
        let discarded = plan.discards.as_ref().and_then(|id| snapshot.deployment(id));
        let (heading, mut body, yes) = match snapshot.written().find(|deployment| deployment.queued) {
            Some(queued) if plan.takes_back => stay(booted, queued),
            _ => go(booted, target),
        };
        if let Some(discarded) = discarded {
            body.push_str("\n\n");
            body.push_str(
                &gettext("The update to {version}, which is ready, will be discarded.")
                    .replace("{version}", discarded.label()),
            );
        }
        Ok((Self { heading, body, yes, destructive: discarded.is_some() }, plan.boots_next))
    }
}

/// Heading, body and yes of the question whether to take a rollback back.
fn stay(booted: &Deployment, queued: &Deployment) -> (String, String, String) {
    let (running, other) = told_apart(booted, queued);
    let body = gettext(
        "This computer runs {running} and was to start {other} next. The next restart will start {running} again. \
         Your personal files stay as they are.",
    );
    (
        gettext("Stay With {running}?").replace("{running}", &running),
        body.replace("{running}", &running).replace("{other}", &other),
        gettext("_Stay"),
    )
}

/// Heading, body and yes of the question whether to start another deployment next.
fn go(booted: &Deployment, target: &Deployment) -> (String, String, String) {
    let (heading, yes) = match newer(target, booted) {
        true => (gettext("Return to {target}?"), gettext("_Return")),
        false => (gettext("Roll Back to {target}?"), gettext("_Roll Back")),
    };
    let (running, target) = told_apart(booted, target);
    let body = gettext(
        "This computer runs {running} now. The next restart will start {target}. Your personal files stay as they \
         are, and {running} is kept.",
    );
    (heading.replace("{target}", &target), body.replace("{target}", &target).replace("{running}", &running), yes)
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, deployment, snapshot, staged};
    use super::*;

    fn asked(deployments: Vec<Deployment>) -> Question {
        Question::roll_back(&snapshot(deployments)).unwrap().0
    }

    #[test]
    fn both_versions_are_named() {
        let question = asked(vec![booted('2'), deployment('1')]);
        assert_eq!(question.heading, "Roll Back to 10.1?");
        assert!(question.body.contains("runs 10.2 now") && question.body.contains("start 10.1"));
        assert!(question.body.contains("personal files stay"));
        assert!(!question.destructive);
    }

    #[test]
    fn a_staged_update_that_goes_away_is_named() {
        let question = asked(vec![staged('3'), booted('2'), deployment('1')]);
        assert!(question.body.contains("update to 10.3"));
        assert!(question.destructive);
    }

    #[test]
    fn taking_a_rollback_back_is_asked_in_other_words() {
        let question = asked(vec![deployment('1'), booted('2')]);
        assert_eq!(question.heading, "Stay With 10.2?");
        assert!(question.body.contains("10.1"));
    }

    #[test]
    fn going_to_a_newer_one_is_not_called_going_back() {
        assert_eq!(asked(vec![booted('1'), deployment('2')]).heading, "Return to 10.2?");
    }

    #[test]
    fn where_there_is_nothing_to_go_back_to_nothing_is_asked() {
        assert_eq!(Question::roll_back(&snapshot(vec![booted('2')])), Err(Refusal::NothingToRollBackTo));
    }
}
