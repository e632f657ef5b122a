// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context as _, anyhow};
use isotope_model::{DeploymentId, Outcome, Phase, Refusal, RollbackPlan, Snapshot};
use ostree::gio::prelude::CancellableExt as _;
use ostree::{Sysroot, SysrootWriteDeploymentsOpts, gio};

use crate::deployment_reader;
use crate::failure::{Failure, of_change};
use crate::inhibitor::Against;
use crate::session::Session;
use crate::sysroot;

/// Puts the previous deployment first in the boot order, or the booted one again where a rollback is queued.
/// `expected` is the deployment that the person agreed to boot next.
pub(crate) fn roll_back(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    session.change(|sysroot, before| change_boot_order(session, sysroot, before, expected))
}

fn change_boot_order(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    expected: Option<&DeploymentId>,
) -> Result<Outcome, Failure> {
    let plan = RollbackPlan::of(before)?;
    if expected.is_some_and(|expected| *expected != plan.boots_next) {
        return Err(Refusal::StateChanged.into());
    }
    let order = plan.order.iter().map(|id| find(sysroot, id)).collect::<anyhow::Result<Vec<_>>>()?;
    let _on = session.inhibit(Against::Shutdown);
    if session.cancellable().is_cancelled() {
        return Err(Refusal::Cancelled.into());
    }
    session.reporter.phase(Phase::ChangingBootOrder);
    // Clean-up comes with the next update: what is rolled back from stays whole until then.
    let options = SysrootWriteDeploymentsOpts { do_postclean: false };
    // From here on there is no way back: libostree discards what is staged before it writes the boot order.
    if let Err(error) = sysroot.write_deployments_with_options(&order, &options, gio::Cancellable::NONE) {
        return Err(told_with_loss(of_change(&error), &plan).into());
    }
    sysroot.load_if_changed(gio::Cancellable::NONE).context("reading the sysroot again")?;
    let after = sysroot::snapshot_of(sysroot)?;
    match after.next() {
        Some(next) if next.id == plan.boots_next => {
            Ok(Outcome::BootOrderChanged { boots_next: plan.boots_next, discarded: plan.discards })
        }
        other => {
            let found = other.map(|next| next.id.to_string());
            Err(anyhow!("the boot order was written, but {found:?} boots next instead of {}", plan.boots_next).into())
        }
    }
}

/// A failure in the middle may have cost the staged deployment; that is told.
fn told_with_loss(refusal: Refusal, plan: &RollbackPlan) -> Refusal {
    let still_staged = sysroot::read_snapshot().ok().and_then(|now| now.staged().map(|staged| staged.id.clone()));
    let lost = match &plan.discards {
        Some(discarded) if still_staged.as_ref() != Some(discarded) => format!("; the staged {discarded} is discarded"),
        _ => String::new(),
    };
    match refusal {
        Refusal::NoSpace { detail } => Refusal::NoSpace { detail: detail + &lost },
        Refusal::Failed { detail } => Refusal::Failed { detail: detail + &lost },
        other => other,
    }
}

fn find(sysroot: &Sysroot, id: &DeploymentId) -> anyhow::Result<ostree::Deployment> {
    for deployment in sysroot.deployments() {
        if deployment_reader::id(&deployment)? == *id {
            return Ok(deployment);
        }
    }
    Err(anyhow!("{id} is gone"))
}
