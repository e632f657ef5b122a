// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::engine_protocol::Task;
use isotope_model::{BootOrderPlan, Deployment, DeploymentId, Outcome, Phase, Refusal, RollbackPlan, Snapshot};

/// How an operation ended whose engine was lost in this phase: by what the sysroot shows now, compared with before, and
/// only where the engine had come so far that the change can be its doing.
pub(crate) fn outcome(
    task: &Task,
    phase: Phase,
    before: &Snapshot,
    after: Option<&Snapshot>,
    detail: String,
) -> Outcome {
    let settled = after.filter(|after| !after.changing);
    let done = settled.and_then(|after| done(task, phase, before, after));
    done.unwrap_or(Outcome::Failed { refusal: Refusal::WorkerLost { detail } })
}

fn done(task: &Task, phase: Phase, before: &Snapshot, after: &Snapshot) -> Option<Outcome> {
    let id = |deployment: Option<&Deployment>| deployment.map(|deployment| deployment.id.clone());
    let ordered = phase >= Phase::ChangingBootOrder;
    match task {
        Task::Update { .. } | Task::Switch { .. } | Task::Deploy { .. } if phase >= Phase::Staging => {
            after.staged_since(before).map(|staged| Outcome::staged(&staged.id, before))
        }
        Task::RollBack { .. } if ordered => {
            let RollbackPlan { boots_next, discards, .. } = RollbackPlan::of(before).ok()?;
            started_next(after, boots_next, discards)
        }
        Task::SetDefault { deployment } if ordered => {
            let BootOrderPlan { boots_next, discards, .. } = BootOrderPlan::starting(before, deployment).ok()?;
            started_next(after, boots_next, discards)
        }
        Task::Discard { .. } if ordered => {
            let deployment = id(before.staged()).filter(|staged| after.deployment(staged).is_none())?;
            Some(Outcome::Discarded { deployment })
        }
        Task::Pin { .. } | Task::Unpin { .. } if phase < Phase::Pinning => None,
        Task::Pin { deployment } if after.deployment(deployment)?.pinned => {
            Some(Outcome::Pinned { deployment: deployment.clone() })
        }
        Task::Unpin { deployment } if !after.deployment(deployment)?.pinned => {
            Some(Outcome::Unpinned { deployment: deployment.clone() })
        }
        Task::Remove { deployment } if ordered && after.deployment(deployment).is_none() => {
            Some(Outcome::Removed { deployment: deployment.clone(), freed_bytes: None })
        }
        _ => None,
    }
}

fn started_next(after: &Snapshot, boots_next: DeploymentId, discards: Option<DeploymentId>) -> Option<Outcome> {
    after.next().filter(|next| next.id == boots_next)?;
    let discarded = discards.filter(|discarded| after.deployment(discarded).is_none());
    Some(Outcome::BootOrderChanged { boots_next, discarded })
}

#[cfg(test)]
mod tests {
    use isotope_model::{Host, classify};

    use super::*;

    const UPDATE: Task = Task::Update { expected: None, mode: isotope_model::UpdateMode::Stage, soft_restart: false };
    const ROLL_BACK: Task = Task::RollBack { expected: None };

    fn host(order: &[(&str, bool, bool)]) -> Snapshot {
        let deployments = order.iter().map(|(digit, booted, staged)| Deployment {
            booted: *booted,
            staged: *staged,
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        });
        let mut deployments: Vec<_> = deployments.collect();
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    #[test]
    fn what_was_staged_before_the_loss_is_told_as_staged() {
        let (before, after) = (host(&[("1", true, false)]), host(&[("2", false, true), ("1", true, false)]));
        let told = outcome(&UPDATE, Phase::Staging, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Staged { deployment, .. } if deployment.checksum() == "2".repeat(64)));
        let told = outcome(&UPDATE, Phase::Staging, &before, Some(&before), String::new());
        assert!(matches!(told, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }));
    }

    #[test]
    fn a_changed_boot_order_is_told_as_changed() {
        let before = host(&[("2", true, false), ("1", false, false)]);
        let after = host(&[("1", false, false), ("2", true, false)]);
        assert!(matches!(
            outcome(&ROLL_BACK, Phase::ChangingBootOrder, &before, Some(&after), String::new()),
            Outcome::BootOrderChanged { discarded: None, .. }
        ));
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        let before = host(&[("1", true, false)]);
        assert!(matches!(outcome(&UPDATE, Phase::Staging, &before, None, "x".into()), Outcome::Failed { .. }));
    }

    #[test]
    fn what_another_program_did_is_not_claimed() {
        let (before, after) = (host(&[("1", true, false)]), host(&[("2", false, true), ("1", true, false)]));
        let told = outcome(&UPDATE, Phase::Waiting, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Failed { .. }));
    }

    #[test]
    fn a_rollback_that_only_lost_what_was_staged_is_no_rollback() {
        let before = host(&[("3", false, true), ("2", true, false), ("1", false, false)]);
        let after = host(&[("2", true, false), ("1", false, false)]);
        let told = outcome(&ROLL_BACK, Phase::ChangingBootOrder, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Failed { .. }), "{told:?}");
    }

    #[test]
    fn what_was_removed_or_pinned_before_the_loss_is_told_so() {
        let before = host(&[("2", true, false), ("1", false, false)]);
        let after = host(&[("2", true, false)]);
        let deployment = DeploymentId::new("os", "1".repeat(64), 0);
        let remove = Task::Remove { deployment: deployment.clone() };
        let told = outcome(&remove, Phase::CleaningUp, &before, Some(&after), String::new());
        assert_eq!(told, Outcome::Removed { deployment: deployment.clone(), freed_bytes: None });
        let told = outcome(&remove, Phase::CleaningUp, &before, Some(&before), String::new());
        assert!(matches!(told, Outcome::Failed { .. }));
        let told = outcome(&Task::Pin { deployment }, Phase::Pinning, &before, Some(&before), String::new());
        assert!(matches!(told, Outcome::Failed { .. }));
    }
}
