// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result};
use ostree::{Deployment, gio};

use crate::speaker::Speaker;
use crate::status::{Entry, Status};
use crate::system::{self, System};

pub(crate) fn rollback(speaker: &Speaker) -> Result<()> {
    run(speaker).context("Rolling back")
}

fn run(speaker: &Speaker) -> Result<()> {
    let system = System::require()?;
    let status = Status::read(&system)?.context("System not booted via bootc")?;
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
    system.sysroot.write_deployments(&order, gio::Cancellable::NONE)?;
    speaker.say(if reverting { "Next boot: current deployment" } else { "Next boot: rollback deployment" });
    system::note_reboot_required(&digest)?;
    system.touch()
}
