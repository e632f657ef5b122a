// SPDX-License-Identifier: GPL-3.0-or-later
//! Changing which deployment starts next, and discarding what is staged.

use anyhow::anyhow;
use isotope_model::{BootOrderPlan, DeploymentId, Outcome, Phase, Refusal, RollbackPlan, Snapshot};
use ostree::Sysroot;

use super::{expect_deployment, write_order};
use crate::automatic_pin;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::session::Session;
use crate::sysroot;

/// Puts the previous deployment first in the boot order, or the booted one again where a rollback is queued.
/// `expected` is the deployment that the person agreed to boot next.
pub(crate) fn roll_back(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    session.change(|sysroot, before| {
        let RollbackPlan { boots_next, discards, order, .. } = RollbackPlan::of(before)?;
        expect_deployment(expected, Some(&boots_next))?;
        change(session, sysroot, &BootOrderPlan { boots_next, discards, order })
    })
}

/// Puts a chosen deployment first in the boot order.
pub(crate) fn set_default(session: &Session<'_>, target: &DeploymentId) -> Outcome {
    session.change(|sysroot, before| change(session, sysroot, &BootOrderPlan::starting(before, target)?))
}

/// Discards what is staged. `expected` is what the person agreed to discard.
pub(crate) fn discard(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    session.change(|sysroot, before: &Snapshot| {
        let plan = BootOrderPlan::discarding(before)?;
        expect_deployment(expected, plan.discards.as_ref())?;
        discard_staged(session, sysroot, &plan)
    })
}

/// Has what runs start next again, whatever was to start instead. The sysroot's lock is held.
///
/// # Errors
/// [`Refusal::AlreadyDefault`]; the disk, a cancel, or libostree.
pub(super) fn start_running(session: &Session<'_>, sysroot: &Sysroot, before: &Snapshot) -> Result<Outcome, Failure> {
    let booted = before.booted().ok_or(Refusal::NotBooted)?;
    match before.staged() {
        Some(_) if before.written().next().is_some_and(|first| first.booted) => {
            discard_staged(session, sysroot, &BootOrderPlan::discarding(before)?)
        }
        _ => change(session, sysroot, &BootOrderPlan::starting(before, &booted.id)?),
    }
}

/// Writes the boot order without the staged deployment.
fn discard_staged(session: &Session<'_>, sysroot: &Sysroot, plan: &BootOrderPlan) -> Result<Outcome, Failure> {
    let deployment = plan.discards.clone().ok_or(Refusal::NothingStaged)?;
    write(session, sysroot, plan)?;
    Ok(Outcome::Discarded { deployment })
}

/// Writes the boot order of a plan.
fn change(session: &Session<'_>, sysroot: &Sysroot, plan: &BootOrderPlan) -> Result<Outcome, Failure> {
    write(session, sysroot, plan)?;
    Ok(Outcome::BootOrderChanged { boots_next: plan.boots_next.clone(), discarded: plan.discards.clone() })
}

fn write(session: &Session<'_>, sysroot: &Sysroot, plan: &BootOrderPlan) -> Result<(), Failure> {
    let _on = session.inhibit(Against::Shutdown);
    session.require_not_cancelled()?;
    session.reporter.phase(Phase::ChangingBootOrder);
    // From here on there is no way back: libostree discards what is staged before it writes the boot order.
    // Clean-up comes with the next update: what is rolled back from stays whole until then.
    let written = write_order::write(sysroot, &plan.order);
    let after = written.map_err(|failure| told_with_loss(failure.into_refusal(), plan))?;
    match after.next() {
        Some(next) if next.id == plan.boots_next && after.staged().is_none() => {
            automatic_pin::let_go_of_running(sysroot, &after);
            Ok(())
        }
        other => {
            let found = other.map(|next| next.id.to_string());
            Err(anyhow!("the boot order was written, but {found:?} boots next instead of {}", plan.boots_next).into())
        }
    }
}

/// A failure in the middle may have cost the staged deployment; that is told.
fn told_with_loss(refusal: Refusal, plan: &BootOrderPlan) -> Refusal {
    let still_staged = sysroot::read_snapshot().ok().and_then(|now| now.staged().map(|staged| staged.id.clone()));
    let lost = match &plan.discards {
        Some(discarded) if still_staged.as_ref() != Some(discarded) => format!("; the staged {discarded} is discarded"),
        _ => return refusal,
    };
    // Other refusals say that nothing was changed.
    Refusal::Failed { detail: refusal.to_string() + &detail_of(refusal) + &lost }
}

fn detail_of(refusal: Refusal) -> String {
    match refusal {
        Refusal::NoSpace { detail, .. }
        | Refusal::ReadOnly { detail }
        | Refusal::SysrootDamaged { detail }
        | Refusal::Failed { detail } => format!(": {detail}"),
        _ => String::new(),
    }
}
