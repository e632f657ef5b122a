// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Deployment, OperationKind, Outcome, Phase, Refusal, RollbackPlan, Snapshot};

/// How an operation ended whose engine was lost in this phase: by what the sysroot shows now, compared with before, and
/// only where the engine had come so far that the change can be its doing.
pub(crate) fn outcome(
    kind: OperationKind,
    phase: Phase,
    before: &Snapshot,
    after: Option<&Snapshot>,
    detail: String,
) -> Outcome {
    let failed = Outcome::Failed { refusal: Refusal::WorkerLost { detail } };
    let Some(after) = after.filter(|after| !after.changing) else { return failed };
    let id = |deployment: Option<&Deployment>| deployment.map(|deployment| deployment.id.clone());
    match kind {
        OperationKind::Update if phase >= Phase::Staging => match id(after.staged()) {
            Some(staged) if Some(&staged) != id(before.staged()).as_ref() => {
                Outcome::Staged { deployment: staged, replaced: id(before.staged()) }
            }
            _ => failed,
        },
        OperationKind::RollBack if phase >= Phase::ChangingBootOrder => {
            match (RollbackPlan::of(before), id(after.next())) {
                (Ok(plan), Some(next)) if next == plan.boots_next => {
                    let discarded = plan.discards.filter(|discarded| after.deployment(discarded).is_none());
                    Outcome::BootOrderChanged { boots_next: next, discarded }
                }
                _ => failed,
            }
        }
        _ => failed,
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{DeploymentId, Host, classify};

    use super::*;

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
        let told = outcome(OperationKind::Update, Phase::Staging, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Staged { deployment, .. } if deployment.checksum() == "2".repeat(64)));
        let told = outcome(OperationKind::Update, Phase::Staging, &before, Some(&before), String::new());
        assert!(matches!(told, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }));
    }

    #[test]
    fn a_changed_boot_order_is_told_as_changed() {
        let before = host(&[("2", true, false), ("1", false, false)]);
        let after = host(&[("1", false, false), ("2", true, false)]);
        assert!(matches!(
            outcome(OperationKind::RollBack, Phase::ChangingBootOrder, &before, Some(&after), String::new()),
            Outcome::BootOrderChanged { discarded: None, .. }
        ));
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        let before = host(&[("1", true, false)]);
        assert!(matches!(
            outcome(OperationKind::Update, Phase::Staging, &before, None, "x".into()),
            Outcome::Failed { .. }
        ));
    }

    #[test]
    fn what_another_program_did_is_not_claimed() {
        let (before, after) = (host(&[("1", true, false)]), host(&[("2", false, true), ("1", true, false)]));
        let told = outcome(OperationKind::Update, Phase::Waiting, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Failed { .. }));
    }

    #[test]
    fn a_rollback_that_only_lost_what_was_staged_is_no_rollback() {
        let before = host(&[("3", false, true), ("2", true, false), ("1", false, false)]);
        let after = host(&[("2", true, false), ("1", false, false)]);
        let told = outcome(OperationKind::RollBack, Phase::ChangingBootOrder, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Failed { .. }), "{told:?}");
    }
}
