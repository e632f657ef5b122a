// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::engine_protocol::Task;
use isotope_model::{BootOrderPlan, Deployment, DeploymentId, Outcome, Phase, Refusal, RollbackPlan, Snapshot, Trial};

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
            after.staged_since(before).map(|staged| staged_with_pin(staged, before, after))
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
        Task::Keep { .. } if phase >= Phase::Pinning => {
            let way_back = Trial::of(before).ok()?.before.id.clone();
            let kept = after.deployment(&way_back)?.automatic_pin?.is_kept();
            kept.then_some(Outcome::Kept { deployment: way_back })
        }
        Task::Remove { deployment } if ordered && after.deployment(deployment).is_none() => {
            Some(Outcome::Removed { deployment: deployment.clone(), freed_bytes: None })
        }
        _ => None,
    }
}

/// What was staged, and what was pinned with it as the way back.
fn staged_with_pin(staged: &Deployment, before: &Snapshot, after: &Snapshot) -> Outcome {
    let automatic = |deployment: &Deployment| deployment.automatic_pin.filter(|_| deployment.pinned);
    let pin_before = before.booted().and_then(automatic);
    let way_back = after.booted().filter(|booted| automatic(booted).is_some() && pin_before != automatic(booted));
    let no_longer =
        |one: &&Deployment| automatic(one).is_some() && after.deployment(&one.id).is_some_and(|now| !now.pinned);
    let gone = before.deployments.iter().find(no_longer);
    match Outcome::staged(&staged.id, before) {
        Outcome::Staged { deployment, replaced, .. } => {
            let id = |one: &Deployment| one.id.clone();
            Outcome::Staged { deployment, replaced, pinned: way_back.map(id), released: gone.map(id) }
        }
        other => other,
    }
}

fn started_next(after: &Snapshot, boots_next: DeploymentId, discards: Option<DeploymentId>) -> Option<Outcome> {
    after.next().filter(|next| next.id == boots_next)?;
    let discarded = discards.filter(|discarded| after.deployment(discarded).is_none());
    Some(Outcome::BootOrderChanged { boots_next, discarded })
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticPin, Host, classify};

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

    #[test]
    fn what_was_pinned_with_a_switch_and_what_was_kept_before_the_loss_is_told() {
        let automatic = |updates_left| Some(AutomaticPin { updates_left });
        let (before, mut after) = (host(&[("1", true, false)]), host(&[("2", false, true), ("1", true, false)]));
        let switch =
            Task::Switch { image: "r:kde".into(), expected: None, soft_restart: false, pin: true, reset: false };
        let pinned_with = |after: &Snapshot| match outcome(&switch, Phase::Staging, &before, Some(after), String::new())
        {
            Outcome::Staged { pinned, .. } => pinned,
            other => panic!("{other:?}"),
        };
        assert_eq!(pinned_with(&after), None);
        (after.deployments[1].pinned, after.deployments[1].automatic_pin) = (true, automatic(None));
        assert_eq!(pinned_with(&after), Some(after.deployments[1].id.clone()));

        let mut trial = host(&[("2", true, false), ("1", false, false)]);
        trial.deployments[0].image = isotope_model::ImageReference::from_refspec("r:kde").ok();
        (trial.deployments[1].pinned, trial.deployments[1].automatic_pin) = (true, automatic(None));
        let keep = Task::Keep { expected: None };
        let told = |after: &Snapshot| outcome(&keep, Phase::Pinning, &trial, Some(after), String::new());
        assert!(matches!(told(&trial), Outcome::Failed { .. }));
        let mut kept = trial.clone();
        kept.deployments[1].automatic_pin = automatic(Some(3));
        assert_eq!(told(&kept), Outcome::Kept { deployment: trial.deployments[1].id.clone() });
    }
}
