// SPDX-License-Identifier: GPL-3.0-or-later
use crate::boot_order_plan::require_booted;
use crate::{BootOrderPlan, DeploymentId, OperationKind, Protection, Refusal, Snapshot};

/// Whether this can be done with this deployment; the same answer for whoever asks, before a password is.
///
/// # Errors
/// The reason why not, for what is done with one deployment; `Ok` for every other kind.
pub fn check_target(kind: OperationKind, snapshot: &Snapshot, target: &DeploymentId) -> Result<(), Refusal> {
    require_booted(snapshot)?;
    let deployment = target.clone();
    let found = snapshot.deployment(target).ok_or_else(|| Refusal::UnknownDeployment { deployment: target.clone() })?;
    match kind {
        OperationKind::SetDefault => BootOrderPlan::starting(snapshot, target).map(|_| ()),
        OperationKind::Pin | OperationKind::Unpin if found.staged => Err(Refusal::StillStaged { deployment }),
        // What a switch has pinned can be pinned by hand, so that it stays.
        OperationKind::Pin if found.pinned && found.automatic_pin.is_none() => {
            Err(Refusal::AlreadyPinned { deployment })
        }
        OperationKind::Unpin if !found.pinned => Err(Refusal::NotPinned { deployment }),
        OperationKind::Remove => match protection(snapshot, found) {
            Some(protection) => Err(Refusal::Protected { deployment, protection }),
            None => Ok(()),
        },
        _ => Ok(()),
    }
}

fn protection(snapshot: &Snapshot, deployment: &crate::Deployment) -> Option<Protection> {
    let first = snapshot.written().next().is_some_and(|first| first.id == deployment.id);
    [
        (deployment.booted, Protection::Booted),
        (deployment.staged, Protection::Staged),
        (deployment.pinned, Protection::Pinned),
        // Otherwise removing would choose what starts next, which is another right.
        (first, Protection::Default),
    ]
    .into_iter()
    .find_map(|(applies, protection)| applies.then_some(protection))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{Deployment, Host, classify};

    fn host() -> Snapshot {
        let mut deployments = vec![
            Deployment { staged: true, ..deployment('4') },
            Deployment { booted: true, ..deployment('3') },
            Deployment { pinned: true, ..deployment('2') },
            deployment('1'),
        ];
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    #[test]
    fn what_can_be_done_with_each_deployment() {
        use OperationKind::{Pin, Remove, SetDefault, Unpin};
        let allowed = |kind, digit| match check_target(kind, &host(), &deployment(digit).id) {
            Ok(()) => String::new(),
            Err(Refusal::Protected { protection, .. }) => format!("{protection:?}"),
            Err(refusal) => refusal.code(),
        };
        let table = [
            (Remove, ["Staged", "Booted", "Pinned", ""]),
            (Pin, ["still-staged", "", "already-pinned", ""]),
            (Unpin, ["still-staged", "not-pinned", "", "not-pinned"]),
            (SetDefault, ["already-default", "", "", ""]),
        ];
        for (kind, expected) in table {
            assert_eq!(['4', '3', '2', '1'].map(|digit| allowed(kind, digit)), expected, "{kind}");
            assert_eq!(allowed(kind, '7'), "unknown-deployment", "{kind}");
        }
    }

    #[test]
    fn what_a_switch_has_pinned_can_be_pinned_by_hand() {
        let mut snapshot = host();
        snapshot.deployments[2].automatic_pin = Some(crate::AutomaticPin::default());
        assert_eq!(check_target(OperationKind::Pin, &snapshot, &deployment('2').id), Ok(()));
    }

    #[test]
    fn what_starts_next_is_protected() {
        let mut snapshot = host();
        snapshot.deployments.remove(0);
        snapshot.deployments.rotate_right(1);
        classify(&mut snapshot.deployments);
        let deployment = deployment('1').id;
        let refused = check_target(OperationKind::Remove, &snapshot, &deployment);
        assert_eq!(refused, Err(Refusal::Protected { deployment, protection: Protection::Default }));
    }

    #[test]
    fn a_computer_that_runs_no_deployment_is_told_so() {
        let id = deployment('1').id;
        assert_eq!(check_target(OperationKind::Pin, &Snapshot::default(), &id), Err(Refusal::NotImageBased));
    }
}
