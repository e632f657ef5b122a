// SPDX-License-Identifier: GPL-3.0-or-later
use crate::boot_order_plan::require_booted;
use crate::{BootOrderPlan, DeploymentId, Refusal, Snapshot};

/// What a rollback would do, worked out before it is done, so that it can be said and agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollbackPlan {
    /// The deployment that boots next afterwards.
    pub boots_next: DeploymentId,
    /// A rollback is queued already, and this takes it back.
    pub takes_back: bool,
    /// The staged deployment that goes away: libostree drops one that is not first in the order.
    pub discards: Option<DeploymentId>,
    /// The complete new boot order.
    pub order: Vec<DeploymentId>,
}

impl RollbackPlan {
    /// Works out what rolling back means on this host now.
    ///
    /// # Errors
    /// [`Refusal::NotBooted`] where no deployment runs, [`Refusal::NothingToRollBackTo`] where there is only one.
    pub fn of(snapshot: &Snapshot) -> Result<Self, Refusal> {
        require_booted(snapshot)?;
        let booted = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let queued = snapshot.written().any(|deployment| deployment.queued);
        let target = if queued { Some(booted) } else { snapshot.written().find(|deployment| deployment.rollback) };
        let target = target.ok_or(Refusal::NothingToRollBackTo)?;
        let BootOrderPlan { boots_next, discards, order } = BootOrderPlan::first(snapshot, &target.id);
        Ok(Self { boots_next, takes_back: queued, discards, order })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{Deployment, Host, classify};

    fn snapshot(mut deployments: Vec<Deployment>) -> Snapshot {
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    fn booted(digit: char) -> Deployment {
        Deployment { booted: true, ..deployment(digit) }
    }

    #[test]
    fn the_previous_deployment_moves_to_the_front() {
        let plan = RollbackPlan::of(&snapshot(vec![booted('2'), deployment('1'), deployment('0')])).unwrap();
        assert_eq!(plan.boots_next, deployment('1').id);
        assert_eq!(plan.order, vec![deployment('1').id, deployment('2').id, deployment('0').id]);
        assert!(!plan.takes_back && plan.discards.is_none());
    }

    #[test]
    fn a_second_rollback_takes_the_first_one_back() {
        let plan = RollbackPlan::of(&snapshot(vec![deployment('1'), booted('2')])).unwrap();
        assert!(plan.takes_back);
        assert_eq!(plan.boots_next, deployment('2').id);
    }

    #[test]
    fn a_staged_update_is_named_as_discarded() {
        let staged = Deployment { staged: true, ..deployment('3') };
        let plan = RollbackPlan::of(&snapshot(vec![staged, booted('2'), deployment('1')])).unwrap();
        assert_eq!(plan.discards, Some(deployment('3').id));
        assert_eq!(plan.order, vec![deployment('1').id, deployment('2').id]);
    }

    #[test]
    fn with_one_deployment_there_is_nothing_to_go_back_to() {
        assert_eq!(RollbackPlan::of(&snapshot(vec![booted('2')])), Err(Refusal::NothingToRollBackTo));
        let staged = Deployment { staged: true, ..deployment('3') };
        assert_eq!(RollbackPlan::of(&snapshot(vec![staged, booted('2')])), Err(Refusal::NothingToRollBackTo));
    }

    #[test]
    fn a_computer_that_runs_no_deployment_is_told_so() {
        assert_eq!(RollbackPlan::of(&snapshot(vec![deployment('2')])), Err(Refusal::NotBooted));
        assert_eq!(RollbackPlan::of(&Snapshot::default()), Err(Refusal::NotImageBased));
    }
}
