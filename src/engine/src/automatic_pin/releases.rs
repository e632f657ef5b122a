// SPDX-License-Identifier: GPL-3.0-or-later
//! When ways back are let go. Nothing here touches what somebody has pinned by hand.

#[cfg(test)]
mod tests;

use isotope_model::{AutomaticPin, Deployment, DeploymentId, Snapshot};
use ostree::Sysroot;

use super::standing::{Standing, standings};
use super::{Pin, stale_marks, write};
use crate::failure::Failure;

/// What becomes of an automatic pin.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    deployment: DeploymentId,
    pin: Pin,
}

const KEPT: Pin = Pin::Automatic(AutomaticPin { updates_left: Some(AutomaticPin::UPDATES) });

/// What becomes of the automatic pins with what is staged now and was not before. A switch lets go of nothing that
/// somebody may want to go back to: it may be discarded, or fail.
fn changes(before: &Snapshot, now: &Snapshot) -> Vec<Change> {
    let (Some(booted), Some(staged)) = (now.booted(), now.staged()) else { return Vec::new() };
    let update = staged.image == booted.image;
    // What takes the place of a staged update is no further one.
    let further = update && before.staged().is_none_or(|replaced| replaced.image != staged.image);
    let becomes = |standing| match standing {
        // Somebody went back to it. It is what runs, and stays in any case.
        Standing::Running | Standing::Superseded if update => Some(Pin::None),
        Standing::SameImage => Some(Pin::None),
        Standing::Kept(left) if further && left > 1 => {
            Some(Pin::Automatic(AutomaticPin { updates_left: Some(left - 1) }))
        }
        Standing::Kept(_) if further => Some(Pin::None),
        _ => None,
    };
    let change = |(deployment, standing): (&Deployment, Standing)| {
        Some(Change { deployment: deployment.id.clone(), pin: becomes(standing)? })
    };
    standings(now).into_iter().filter_map(change).collect()
}

/// What becomes of the automatic pins once somebody keeps what runs: the other ways back that nobody has decided about
/// are let go.
fn decided(now: &Snapshot, way_back: &DeploymentId) -> Vec<Change> {
    let undecided = standings(now).into_iter().filter(|(deployment, standing)| {
        *standing != Standing::Running && deployment.automatic_pin.is_some_and(|pin| !pin.is_kept())
    });
    let change = |deployment: &DeploymentId| {
        let pin = if deployment == way_back { KEPT } else { Pin::None };
        Change { deployment: deployment.clone(), pin }
    };
    undecided.map(|(deployment, _)| change(&deployment.id)).collect()
}

/// The ways back that may be let go where /boot has no room for another kernel: first those that nobody needs, then those
/// that are kept for a while, and where `way_back` is pinned for a switch, also those that it comes in place of. Of several
/// the oldest first.
pub(crate) fn releasable(now: &Snapshot, way_back: Option<&DeploymentId>) -> Vec<DeploymentId> {
    let rank = |standing| match standing {
        Standing::Running => None,
        Standing::SameImage | Standing::Superseded => Some(0),
        Standing::Kept(_) => Some(1),
        Standing::Undecided => way_back.map(|_| 2),
    };
    let oldest_first = standings(now).into_iter().rev();
    let may_go = oldest_first.filter_map(|(deployment, standing)| Some((rank(standing)?, &deployment.id)));
    let mut may_go: Vec<_> = may_go.filter(|(_, id)| Some(*id) != way_back).collect();
    may_go.sort_by_key(|(rank, _)| *rank);
    may_go.into_iter().map(|(_, id)| id.clone()).collect()
}

/// There is anything for [`settle`] to do.
pub(crate) fn would_settle(sysroot: &Sysroot, before: &Snapshot, now: &Snapshot) -> bool {
    !changes(before, now).is_empty() || stale_marks::any(sysroot)
}

/// Counts down and releases, now that something was staged. Returns what was released. The sysroot's lock is held; what
/// cannot be written waits for the next time.
pub(crate) fn settle(sysroot: &Sysroot, before: &Snapshot, now: &Snapshot) -> Vec<DeploymentId> {
    stale_marks::remove(sysroot);
    let written = changes(before, now).into_iter().filter(|change| write_or_warn(sysroot, change));
    written.filter(|change| change.pin == Pin::None).map(|change| change.deployment).collect()
}

/// Somebody keeps what runs: from now on the way back goes in time. The sysroot's lock is held.
///
/// # Errors
/// The disk; libostree.
pub(crate) fn keep(sysroot: &Sysroot, now: &Snapshot, way_back: &DeploymentId) -> Result<(), Failure> {
    write(sysroot, way_back, KEPT)?;
    stale_marks::remove(sysroot);
    for change in decided(now, way_back).iter().filter(|change| change.deployment != *way_back) {
        write_or_warn(sysroot, change);
    }
    Ok(())
}

fn write_or_warn(sysroot: &Sysroot, change: &Change) -> bool {
    let written = write(sysroot, &change.deployment, change.pin);
    if let Err(failure) = &written {
        tracing::warn!("the pin of {} stays as it is: {failure:?}", change.deployment);
    }
    written.is_ok()
}

/// Releases all of these or none. `before` shows how they are pinned. The sysroot's lock is held.
///
/// # Errors
/// The disk; libostree.
pub(crate) fn release(sysroot: &Sysroot, before: &Snapshot, deployments: &[DeploymentId]) -> Result<(), Failure> {
    let released = deployments.iter().try_for_each(|deployment| write(sysroot, deployment, Pin::None));
    released.inspect_err(|_| restore(sysroot, before, deployments))
}

/// Pins them again as they were before, because nothing came of what they were released for. The sysroot's lock is held.
pub(crate) fn restore(sysroot: &Sysroot, before: &Snapshot, released: &[DeploymentId]) {
    for deployment in released.iter().filter_map(|id| before.deployment(id)) {
        if let Err(failure) = write(sysroot, &deployment.id, Pin::of(deployment)) {
            tracing::warn!("{} stays released: {failure:?}", deployment.id);
        }
    }
}

/// What runs also starts next: it is no way back, and nothing came of the switch that has pinned it. The sysroot's lock is
/// held.
pub(crate) fn let_go_of_running(sysroot: &Sysroot, now: &Snapshot) {
    let stays = now.next().filter(|next| next.booted && now.staged().is_none());
    let stays = stays.filter(|stays| matches!(Pin::of(stays), Pin::Automatic(_)));
    if let Some(Err(failure)) = stays.map(|stays| write(sysroot, &stays.id, Pin::None)) {
        tracing::warn!("what runs stays pinned: {failure:?}");
    }
}
