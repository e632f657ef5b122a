// SPDX-License-Identifier: GPL-3.0-or-later
use crate::{DeploymentId, Refusal, Snapshot};

/// What making a deployment the first in the boot order would do, worked out before it is done, so that it can be said
/// and agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BootOrderPlan {
    /// The deployment that boots next afterwards.
    pub boots_next: DeploymentId,
    /// The staged deployment that goes away: libostree drops one that is not first in the order.
    pub discards: Option<DeploymentId>,
    /// The complete new boot order.
    pub order: Vec<DeploymentId>,
}

impl BootOrderPlan {
    /// Works out what it means that `target` starts next.
    ///
    /// # Errors
    /// [`Refusal::NotImageBased`], [`Refusal::NotBooted`], [`Refusal::UnknownDeployment`]; [`Refusal::AlreadyDefault`]
    /// where the target starts next anyway.
    pub fn starting(snapshot: &Snapshot, target: &DeploymentId) -> Result<Self, Refusal> {
        require_booted(snapshot)?;
        let found =
            snapshot.deployment(target).ok_or_else(|| Refusal::UnknownDeployment { deployment: target.clone() })?;
        if found.staged && found.finalization_locked {
            return Err(Refusal::StillStaged { deployment: target.clone() });
        }
        if snapshot.next().is_some_and(|next| next.id == *target) {
            return Err(Refusal::AlreadyDefault { deployment: target.clone() });
        }
        Ok(Self::first(snapshot, target))
    }

    /// Works out what discarding the staged deployment means: the boot order stays as it is.
    ///
    /// # Errors
    /// [`Refusal::NotImageBased`], [`Refusal::NotBooted`], [`Refusal::NothingStaged`].
    pub fn discarding(snapshot: &Snapshot) -> Result<Self, Refusal> {
        require_booted(snapshot)?;
        snapshot.staged().ok_or(Refusal::NothingStaged)?;
        let first = snapshot.written().next().ok_or(Refusal::NotBooted)?.id.clone();
        Ok(Self::first(snapshot, &first))
    }

    /// The order with `target`, which is written, in front.
    pub(crate) fn first(snapshot: &Snapshot, target: &DeploymentId) -> Self {
        let rest = snapshot.written().map(|deployment| &deployment.id).filter(|id| *id != target);
        Self {
            boots_next: target.clone(),
            discards: snapshot.staged().map(|staged| staged.id.clone()),
            order: std::iter::once(target).chain(rest).cloned().collect(),
        }
    }
}

/// There are deployments, and the computer runs one of them.
///
/// # Errors
/// [`Refusal::NotImageBased`], [`Refusal::NotBooted`].
pub(crate) fn require_booted(snapshot: &Snapshot) -> Result<(), Refusal> {
    if !snapshot.host.image_based {
        return Err(Refusal::NotImageBased);
    }
    snapshot.booted().map(|_| ()).ok_or(Refusal::NotBooted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{Deployment, Host, classify};

    fn host(mut deployments: Vec<Deployment>) -> Snapshot {
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    fn three() -> Snapshot {
        host(vec![deployment('3'), Deployment { booted: true, ..deployment('2') }, deployment('1')])
    }

    #[test]
    fn the_chosen_one_moves_to_the_front_and_the_rest_keeps_its_order() {
        let plan = BootOrderPlan::starting(&three(), &deployment('1').id).unwrap();
        assert_eq!(plan.order, [deployment('1').id, deployment('3').id, deployment('2').id]);
        assert_eq!(plan.discards, None);
    }

    #[test]
    fn doing_it_again_with_the_old_default_restores_what_starts_next() {
        let before = three();
        let plan = BootOrderPlan::starting(&before, &deployment('1').id).unwrap();
        let reordered = plan.order.iter().map(|id| before.deployment(id).unwrap().clone()).collect();
        let back = BootOrderPlan::starting(&host(reordered), &before.next().unwrap().id).unwrap();
        assert_eq!(back.boots_next, before.next().unwrap().id);
    }

    #[test]
    fn what_starts_next_anyway_is_refused_and_so_is_what_is_not_there() {
        let next = deployment('3').id;
        assert_eq!(BootOrderPlan::starting(&three(), &next), Err(Refusal::AlreadyDefault { deployment: next }));
        let none = deployment('7').id;
        assert_eq!(BootOrderPlan::starting(&three(), &none), Err(Refusal::UnknownDeployment { deployment: none }));
    }

    #[test]
    fn choosing_what_runs_discards_what_is_staged() {
        let staged = Deployment { staged: true, ..deployment('3') };
        let snapshot = host(vec![staged.clone(), Deployment { booted: true, ..deployment('2') }, deployment('1')]);
        let plan = BootOrderPlan::starting(&snapshot, &deployment('2').id).unwrap();
        assert_eq!(plan.discards, Some(staged.id));
        assert_eq!(BootOrderPlan::discarding(&snapshot).unwrap(), plan);
        assert_eq!(BootOrderPlan::discarding(&three()), Err(Refusal::NothingStaged));
    }
}
