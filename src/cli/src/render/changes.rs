// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Instant;

use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{Deployment, OperationStatus, Snapshot};

use super::progress::Spaced;
use super::{View, operation};

/// Turns one state after the other into what changed between them.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    last: Option<ServiceState>,
    progress: Spaced,
}

impl Changes {
    /// What is new in this state, one sentence each; the first state is told as it stands.
    pub(crate) fn take(&mut self, state: &ServiceState, view: &View, now: Instant) -> Vec<String> {
        let mut said = match &self.last {
            None => at_first(&state.snapshot),
            Some(last) => between(&last.snapshot, &state.snapshot),
        };
        said.extend(self.operation(state, view, now));
        self.last = Some(state.clone());
        said
    }

    fn operation(&mut self, state: &ServiceState, view: &View, now: Instant) -> Vec<String> {
        let last = self.last.as_ref();
        let known = last.is_some_and(|last| last.operation_path == state.operation_path && last.operation.is_some());
        let was_running = last.is_some_and(|last| last.running().is_some());
        let mut said = Vec::new();
        let Some(status) = state.operation.as_deref() else {
            if was_running {
                said.push(gettext("The operation is gone, and nobody told how it ended."));
            }
            return said;
        };
        if !known {
            self.progress = Spaced::default();
            said.push(operation::started(status, view));
        }
        match &status.outcome {
            None => said.extend(self.progress.line(&status.progress, now)),
            Some(_) if known && !was_running => {}
            Some(_) => said.extend(ended(status, &state.snapshot)),
        }
        said
    }
}

fn ended(status: &OperationStatus, after: &Snapshot) -> Option<String> {
    status.outcome.as_ref().map(|outcome| wording::outcome(outcome, after))
}

fn at_first(snapshot: &Snapshot) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(snapshot.booted().map(|booted| with_version(&gettext("Version {version} runs."), booted)));
    if snapshot.restart_changes_something() {
        said.extend(restart_starts(snapshot));
    }
    said.extend(found(snapshot));
    if said.is_empty() {
        said.push(gettext("This computer was not started from one of its system images."));
    }
    said
}

fn between(last: &Snapshot, new: &Snapshot) -> Vec<String> {
    let mut said = Vec::new();
    let id = |deployment: Option<&Deployment>| deployment.map(|deployment| deployment.id.clone());
    if id(last.booted()) != id(new.booted()) {
        said.extend(new.booted().map(|booted| with_version(&gettext("Version {version} runs."), booted)));
    }
    for deployment in &new.deployments {
        match last.deployment(&deployment.id) {
            None if deployment.staged && deployment.finalization_locked => {
                said.push(with_version(&gettext("Version {version} was downloaded and is held back."), deployment));
            }
            None if deployment.staged => said.push(with_version(&gettext("Version {version} was staged."), deployment)),
            None => said.push(with_version(&gettext("Version {version} was added."), deployment)),
            Some(before) => said.extend(marked(before, deployment)),
        }
    }
    for gone in last.deployments.iter().filter(|before| new.deployment(&before.id).is_none()) {
        said.push(with_version(&gettext("Version {version} was removed."), gone));
    }
    if id(last.next()) != id(new.next()) {
        said.extend(restart_starts(new));
    }
    if new.soft_restart && !last.soft_restart {
        said.push(gettext("That restart is a short one: only the system starts anew, the hardware does not."));
    }
    if last.available != new.available {
        said.extend(found(new));
    }
    if new.changing && !last.changing {
        said.push(gettext("The system is being changed."));
    }
    said
}

fn marked(before: &Deployment, after: &Deployment) -> Vec<String> {
    let texts = [
        (before.staged && !after.staged, gettext("Version {version} was written to the boot order.")),
        (!before.staged && after.staged, gettext("Version {version} was staged.")),
        (
            after.staged && before.finalization_locked && !after.finalization_locked,
            gettext("Version {version} is no longer held back."),
        ),
        (
            after.staged && !before.finalization_locked && after.finalization_locked,
            gettext("Version {version} is held back: a restart does not start it, and drops it."),
        ),
        (!before.pinned && after.pinned, gettext("Version {version} was pinned.")),
        (before.pinned && !after.pinned, gettext("Version {version} is no longer pinned.")),
    ];
    texts.into_iter().filter(|(changed, _)| *changed).map(|(_, text)| with_version(&text, after)).collect()
}

fn restart_starts(snapshot: &Snapshot) -> Option<String> {
    snapshot.next().map(|next| with_version(&gettext("A restart starts version {version}."), next))
}

fn found(snapshot: &Snapshot) -> Option<String> {
    snapshot.available.as_ref().map(wording::available)
}

fn with_version(text: &str, deployment: &Deployment) -> String {
    text.replace("{version}", deployment.label())
}

#[cfg(test)]
mod tests {
    use isotope_model::Outcome;

    use super::*;
    use crate::render::samples;

    fn told(states: &[ServiceState]) -> Vec<Vec<String>> {
        let mut changes = Changes::default();
        let now = Instant::now();
        states.iter().map(|state| changes.take(state, &samples::view(), now)).collect()
    }

    fn busy(outcome: Option<Outcome>, state: ServiceState) -> ServiceState {
        let path = "/operation/1".try_into().ok();
        ServiceState { operation: Some(samples::operation(outcome).into()), operation_path: path, ..state }
    }

    #[test]
    fn what_another_program_does_is_told_as_its_own() {
        let foreign = |outcome| OperationStatus { outcome, ..samples::foreign_operation() };
        let path = || "/operation/7".try_into().ok();
        let with = |outcome| ServiceState {
            operation: Some(foreign(outcome).into()),
            operation_path: path(),
            ..samples::layered_host()
        };
        let failed = Outcome::Failed {
            refusal: isotope_model::Refusal::ProgramEnded { program: "rpm-ostree".into(), detail: String::new() },
        };
        let told = told(&[samples::layered_host(), with(None), with(Some(failed))]);
        assert_eq!(
            told[1],
            [
                "rpm-ostree: install vim, started by gnome-software, seen since 2025-11-18 09:30",
                "Downloading: 12.1 MB of 30.0 MB",
            ]
        );
        assert_eq!(told[2], ["rpm-ostree ended unexpectedly"]);
    }

    #[test]
    fn a_late_comer_is_told_how_far_it_is() {
        assert_eq!(
            told(&[busy(None, samples::plain())]),
            [[
                "Version 10.2.20251118 runs.",
                "Updating, started by person on 2025-11-18 09:30",
                "Downloading: 12.1 MB of 30.0 MB",
            ]]
        );
    }

    #[test]
    fn an_update_is_told_from_beginning_to_end() {
        let staged = samples::updated().snapshot.deployments[0].id.clone();
        let done = Some(Outcome::Staged { deployment: staged, replaced: None, pinned: None, released: None });
        let told = told(&[
            samples::plain(),
            busy(None, samples::plain()),
            busy(None, samples::plain()),
            busy(done.clone(), samples::updated()),
            busy(done, samples::updated()),
        ]);
        assert_eq!(told[1].len(), 2);
        assert!(told[2].is_empty());
        assert_eq!(
            told[3],
            [
                "Version 10.2.20251120 was staged.",
                "A restart starts version 10.2.20251120.",
                "Version 10.2.20251120 is ready. It starts with the next restart.",
            ]
        );
        assert!(told[4].is_empty());
    }

    #[test]
    fn an_operation_that_vanishes_is_not_called_done() {
        let told = told(&[busy(None, samples::plain()), samples::plain()]);
        assert_eq!(told[1], ["The operation is gone, and nobody told how it ended."]);
    }

    #[test]
    fn changes_of_the_order_and_of_marks_are_told() {
        let mut unpinned = samples::older();
        unpinned.pinned = false;
        let told = told(&[
            samples::plain(),
            samples::rolled_back(),
            samples::state(vec![unpinned, samples::running()]),
            samples::state(vec![samples::running()]),
        ]);
        assert_eq!(told[1], ["A restart starts version 10.1.20251030."]);
        assert_eq!(told[2], ["Version 10.1.20251030 is no longer pinned."]);
        assert_eq!(told[3], ["Version 10.1.20251030 was removed.", "A restart starts version 10.2.20251118."]);
    }

    #[test]
    fn what_is_held_back_and_released_is_told() {
        let mut short = (*samples::updated().snapshot).clone();
        short.soft_restart = true;
        let short = ServiceState { snapshot: short.into(), ..samples::updated() };
        let told = told(&[samples::plain(), samples::held_back(), short, samples::held_back()]);
        assert_eq!(told[1], ["Version 10.2.20251120 was downloaded and is held back."]);
        let released = ["Version 10.2.20251120 is no longer held back.", "A restart starts version 10.2.20251120."];
        assert_eq!(told[2][..2], released);
        assert!(told[2].len() == 3 && told[2][2].starts_with("That restart is a short one"), "{told:?}");
        assert_eq!(told[3][0], "Version 10.2.20251120 is held back: a restart does not start it, and drops it.");
    }

    #[test]
    fn a_reading_that_only_grew_older_tells_nothing() {
        let mut later = (*samples::composefs().snapshot).clone();
        later.read = Some(samples::NOW);
        let later = ServiceState { snapshot: later.into(), ..samples::composefs() };
        assert!(told(&[samples::composefs(), later])[1].is_empty());
    }

    #[test]
    fn a_restart_is_told() {
        let mut new = samples::staged();
        (new.staged, new.booted) = (false, true);
        let mut old = samples::running();
        old.booted = false;
        let told = told(&[samples::updated(), samples::state(vec![new, old])]);
        assert_eq!(told[1][0], "Version 10.2.20251120 runs.");
    }

    #[test]
    fn a_host_without_deployments_is_told_as_such() {
        assert_eq!(told(&[ServiceState::default()])[0].len(), 1);
    }
}
