// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{OperationKind, Outcome, Refusal, Snapshot};

/// How an operation ended whose engine was lost: by what the sysroot shows now, compared with before.
pub(crate) fn outcome(kind: OperationKind, before: &Snapshot, after: Option<&Snapshot>, detail: String) -> Outcome {
    let failed = Outcome::Failed { refusal: Refusal::WorkerLost { detail } };
    let Some(after) = after else { return failed };
    let id = |deployment: Option<&isotope_model::Deployment>| deployment.map(|deployment| deployment.id.clone());
    match kind {
        OperationKind::Update => match id(after.staged()) {
            Some(staged) if Some(&staged) != id(before.staged()).as_ref() => {
                Outcome::Staged { deployment: staged, replaced: id(before.staged()) }
            }
            _ => failed,
        },
        OperationKind::RollBack => match id(after.next()) {
            Some(next) if Some(&next) != id(before.next()).as_ref() => {
                let gone = before.staged().filter(|staged| after.deployment(&staged.id).is_none());
                Outcome::BootOrderChanged { boots_next: next, discarded: gone.map(|staged| staged.id.clone()) }
            }
            _ => failed,
        },
        OperationKind::Check | OperationKind::Unknown => failed,
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, DeploymentId};

    use super::*;

    fn host(order: &[(&str, bool, bool)]) -> Snapshot {
        let deployments = order.iter().map(|(digit, booted, staged)| Deployment {
            id: DeploymentId::new("os", digit.repeat(64), 0),
            name: None,
            variant: None,
            version: None,
            built: None,
            image: None,
            booted: *booted,
            staged: *staged,
            queued: false,
            rollback: false,
            pinned: false,
            finalization_locked: false,
        });
        Snapshot { deployments: deployments.collect(), ..Snapshot::default() }
    }

    #[test]
    fn what_was_staged_before_the_loss_is_told_as_staged() {
        let (before, after) = (host(&[("1", true, false)]), host(&[("2", false, true), ("1", true, false)]));
        let told = outcome(OperationKind::Update, &before, Some(&after), String::new());
        assert!(matches!(told, Outcome::Staged { deployment, .. } if deployment.checksum() == "2".repeat(64)));
        let told = outcome(OperationKind::Update, &before, Some(&before), String::new());
        assert!(matches!(told, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }));
    }

    #[test]
    fn a_changed_boot_order_is_told_as_changed() {
        let before = host(&[("2", true, false), ("1", false, false)]);
        let after = host(&[("1", false, false), ("2", true, false)]);
        assert!(matches!(
            outcome(OperationKind::RollBack, &before, Some(&after), String::new()),
            Outcome::BootOrderChanged { discarded: None, .. }
        ));
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        let before = host(&[("1", true, false)]);
        assert!(matches!(outcome(OperationKind::Update, &before, None, "x".into()), Outcome::Failed { .. }));
    }
}
