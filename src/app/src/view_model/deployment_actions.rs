// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{Capability, Deployment, DiskUsage, OperationKind, Refusal, check_target};

use super::sheet::Choice;
use super::{Line, LineButton, LineEnd, Looker};

/// What can be done with a deployment, each with a button and with what it means, or why it cannot be done.
pub(super) fn lines(
    deployment: &Deployment,
    state: &ServiceState,
    usage: Option<&DiskUsage>,
    looker: &Looker,
) -> Vec<Line> {
    let context = Context { deployment, state, busy: looker.asked.is_some() || state.running().is_some() };
    let last = if deployment.staged { context.discard() } else { context.remove(usage) };
    let first = if deployment.finalization_locked { context.release() } else { context.start_next() };
    vec![first, context.pin(), last]
}

/// What the lines are about.
struct Context<'a> {
    deployment: &'a Deployment,
    state: &'a ServiceState,
    busy: bool,
}

impl Context<'_> {
    fn start_next(&self) -> Line {
        let next = self.state.snapshot.next().map(Deployment::label).unwrap_or_default();
        let means = gettext("As things stand, the next restart starts {version}").replace("{version}", next);
        let button = self.button(
            OperationKind::SetDefault,
            gettext("Start _Next"),
            gettext("Start {version} next"),
            Choice::StartNext(self.deployment.id.clone()),
        );
        line(gettext("Start With the Next Restart"), means, button)
    }

    fn release(&self) -> Line {
        let next = self.state.snapshot.next().map(Deployment::label).unwrap_or_default();
        let means = gettext("It is downloaded and held back: the next restart starts {version}");
        let button = self.button(
            OperationKind::Update,
            gettext("_Install"),
            gettext("Install {version} with the next restart"),
            Choice::Release,
        );
        line(gettext("Install With Next Restart"), means.replace("{version}", next), button)
    }

    fn pin(&self) -> Line {
        let id = self.deployment.id.clone();
        let (means, button) = match self.deployment.pinned {
            true => {
                let choice = Choice::Unpin(id);
                let spoken = gettext("Unpin {version}");
                let button = self.button(OperationKind::Unpin, gettext("Un_pin"), spoken, choice);
                let means = match self.deployment.automatic_pin {
                    Some(_) => gettext("A switch keeps it for a while, to go back to"),
                    None => gettext("No update and no clean-up removes it"),
                };
                (means, button)
            }
            false => {
                let button =
                    self.button(OperationKind::Pin, gettext("_Pin"), gettext("Pin {version}"), Choice::Pin(id));
                (gettext("Unless it is pinned, later updates remove it"), button)
            }
        };
        line(gettext("Keep on This Computer"), means, button)
    }

    fn remove(&self, usage: Option<&DiskUsage>) -> Line {
        let freed = usage.and_then(|usage| usage.of(&self.deployment.id)).map(wording::bytes);
        let means = match freed {
            Some(size) => gettext("Frees {size}").replace("{size}", &size.replace(' ', "\u{a0}")),
            None => gettext("How much that frees is not known"),
        };
        let button = self.button(
            OperationKind::Remove,
            gettext("_Remove…"),
            gettext("Remove {version}"),
            Choice::Remove(self.deployment.id.clone()),
        );
        line(gettext("Remove From This Computer"), means, LineButton { destructive: true, ..button })
    }

    fn discard(&self) -> Line {
        let first = self.state.snapshot.written().next().map(Deployment::label).unwrap_or_default();
        let means = gettext("The next restart then starts {version}").replace("{version}", first);
        let button = self.button(
            OperationKind::Discard,
            gettext("_Discard…"),
            gettext("Discard {version}"),
            Choice::Discard(self.deployment.id.clone()),
        );
        line(gettext("Do Not Start It"), means, LineButton { destructive: true, ..button })
    }

    fn button(&self, kind: OperationKind, label: String, spoken: String, choice: Choice) -> LineButton {
        let offered = self.state.capabilities.get(&kind).filter(|capability| !capability.available);
        let refusal = match (check_target(kind, &self.state.snapshot, &self.deployment.id), offered) {
            (_, Some(Capability { reason: Some(never @ Refusal::NotWithBackend { .. }), .. })) => Some(never.clone()),
            (Err(refusal), _) => Some(refusal),
            (Ok(()), Some(capability)) => Some(capability.reason.clone().unwrap_or(Refusal::Unknown)),
            (Ok(()), None) if self.busy => Some(Refusal::Busy { operation: None }),
            (Ok(()), None) => None,
        };
        LineButton {
            label,
            spoken: spoken.replace("{version}", self.deployment.label()),
            choice,
            destructive: false,
            reason: refusal.map(|refusal| wording::refusal(&refusal).what),
        }
    }
}

/// Where it cannot be done, the reason stands in the place of what it means.
fn line(title: String, means: String, button: LineButton) -> Line {
    let words = button.reason.clone().unwrap_or(means);
    Line { end: LineEnd::Button(button), ..Line::new(title, words) }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, deployment, operation, service, snapshot, staged};
    use super::*;

    /// Choice and reason of each button.
    fn buttons(deployments: Vec<Deployment>, of: char) -> Vec<(String, Option<String>)> {
        shown(&service(snapshot(deployments)), of)
    }

    fn shown(state: &ServiceState, of: char) -> Vec<(String, Option<String>)> {
        let found = state.snapshot.deployment(&deployment(of).id).unwrap();
        let lines = lines(found, state, None, &Looker::for_tests());
        let button = |line: Line| match line.end {
            LineEnd::Button(button) => (button.spoken, button.reason),
            other => unreachable!("{other:?}"),
        };
        lines.into_iter().map(button).collect()
    }

    fn free(spoken: &str) -> (String, Option<String>) {
        (spoken.into(), None)
    }

    #[test]
    fn an_older_one_can_be_started_kept_and_removed() {
        let found = buttons(vec![booted('2'), deployment('1')], '1');
        assert_eq!(found, [free("Start 10.1 next"), free("Pin 10.1"), free("Remove 10.1")]);
    }

    #[test]
    fn what_cannot_be_done_says_why() {
        let found = buttons(vec![booted('2'), deployment('1')], '2');
        assert_eq!(found[0].1.as_deref(), Some("This version starts next already"));
        assert_eq!(found[2].1.as_deref(), Some("The version that runs now cannot be removed"));
        let pinned = Deployment { pinned: true, ..deployment('1') };
        let found = buttons(vec![booted('2'), pinned], '1');
        assert_eq!(found[1], free("Unpin 10.1"));
        assert_eq!(found[2].1.as_deref(), Some("The version is pinned"));
    }

    #[test]
    fn what_is_held_back_can_be_installed() {
        let held = Deployment { finalization_locked: true, ..staged('3') };
        let found = buttons(vec![held, booted('2')], '3');
        assert_eq!(found[0], free("Install 10.3 with the next restart"));
        assert_eq!(found[2], free("Discard 10.3"));
    }

    #[test]
    fn on_a_composefs_host_everything_says_that_it_cannot_be_done() {
        let mut host = snapshot(vec![booted('2'), deployment('1')]);
        host.host = isotope_model::Host { backend: isotope_model::Backend::Bootc, composefs: true, ..host.host };
        let found = shown(&service(host), '2');
        assert!(found.iter().all(|(_, reason)| reason.as_deref().is_some_and(|it| it.contains("composefs"))));
    }

    #[test]
    fn what_is_staged_is_discarded_instead_of_removed() {
        let found = buttons(vec![staged('3'), booted('2')], '3');
        assert!(found[0].1.is_some() && found[1].1.is_some());
        assert_eq!(found[2], free("Discard 10.3"));
    }

    #[test]
    fn nothing_can_be_pressed_while_something_runs() {
        let mut state = service(snapshot(vec![booted('2'), deployment('1')]));
        state.operation = Some(operation(OperationKind::Check, isotope_model::Progress::default()).into());
        assert!(shown(&state, '1').iter().all(|(_, reason)| reason.is_some()));
    }

    #[test]
    fn what_removing_frees_is_told_where_it_is_known() {
        let state = service(snapshot(vec![booted('2'), deployment('1')]));
        let usage = DiskUsage {
            deployments: vec![isotope_model::DeploymentUsage {
                id: deployment('1').id,
                own_bytes: 1_000_000,
                boot_bytes: 500_000,
            }],
            ..DiskUsage::default()
        };
        let words = |usage| lines(&deployment('1'), &state, usage, &Looker::for_tests())[2].subtitle.clone();
        assert_eq!(words(Some(&usage)), "Frees 1.5\u{a0}MB");
        assert!(words(None).contains("not known"));
    }
}
