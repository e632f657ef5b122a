// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result};
use ostree::{Deployment, gio};

use crate::arguments;
use crate::soft_reboot;
use crate::speaker::Speaker;
use crate::status::{Entry, Status};
use crate::system::{self, System};

pub(crate) fn rollback(options: &arguments::Rollback, speaker: &Speaker) -> Result<()> {
    run(options, speaker).context("Rollback (ostree)").context("Rollback")
}

fn run(options: &arguments::Rollback, speaker: &Speaker) -> Result<()> {
    let system = System::require()?;
    change_order(&system, speaker)?;
    if options.soft_reboot.is_some() {
        system.sysroot.load_if_changed(gio::Cancellable::NONE)?;
        let status = Status::read(&system)?;
        let entry = status.as_ref().and_then(|status| status.rollback.as_ref());
        soft_reboot::prepare(options.soft_reboot, &system, entry, "rollback", speaker)?;
    }
    Ok(())
}

fn change_order(system: &System, speaker: &Speaker) -> Result<()> {
    let status = Status::read(system)?.context("System not booted via bootc")?;
    let reverting = status.rollback_queued;
    if reverting {
        speaker.say("notice: Reverting queued rollback state");
    }
    let Status { booted, rollback, other, .. } = status;
    let rollback = rollback.context("No rollback available")?;
    let image = rollback.image.as_ref().context("Rollback is not container image based")?;
    let digest = image.description.digest.clone();
    let order = if reverting { [booted, rollback] } else { [rollback, booted] };
    // What is staged is in nobody's list and goes.
    let order: Vec<Deployment> = order.into_iter().chain(other).map(|entry: Entry| entry.deployment).collect();
    soft_reboot::forget()?;
    system.sysroot.write_deployments(&order, gio::Cancellable::NONE)?;
    speaker.say(if reverting { "Next boot: current deployment" } else { "Next boot: rollback deployment" });
    system::note_reboot_required(&digest)?;
    system.touch()
}
