// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result};
use ostree::gio;

use super::block_on;
use crate::arguments;
use crate::importer::Leniency;
use crate::progress::Progress;
use crate::pull::pull;
use crate::reference::ImageReference;
use crate::soft_reboot;
use crate::speaker::Speaker;
use crate::stage::stage;
use crate::status::{Entry, Status};
use crate::system::System;

pub(crate) fn switch(options: &arguments::Switch, speaker: &Speaker) -> Result<()> {
    run(options, speaker).context("Switching")
}

fn run(options: &arguments::Switch, speaker: &Speaker) -> Result<()> {
    let target = ImageReference::new(&options.transport, &options.target, options.enforce_container_sigpolicy)?;
    let progress = Progress::new(options.progress_fd, speaker.faults)?;
    let system = System::require()?;
    switch_to(&target, options, &system, progress, speaker).context("Switching (ostree)")
}

fn switch_to(
    target: &ImageReference,
    options: &arguments::Switch,
    system: &System,
    mut progress: Progress,
    speaker: &Speaker,
) -> Result<()> {
    let status = Status::read(system)?.context("System not booted via bootc")?;
    if status.followed() == Some(target) {
        speaker.say("Image specification is unchanged.");
        return Ok(());
    }
    let image = block_on(pull(&system.repo, target, Leniency::default(), &mut progress, speaker))?;
    if !options.retain {
        forget_branch(system, &status.booted)?;
    }
    stage(system, &image, target, false, &mut progress, speaker).context("Staging")?;
    system.touch()?;
    soft_reboot::prepare_staged(options.soft_reboot, system, speaker)
}

/// The branch that was followed before, if it was one, needs no ref any more.
fn forget_branch(system: &System, booted: &Entry) -> Result<()> {
    let branch = booted.deployment.origin().and_then(|origin| origin.string("origin", "refspec").ok());
    let Some(branch) = branch else { return Ok(()) };
    let (remote, name) = branch.split_once(':').map_or((None, branch.as_str()), |(remote, name)| (Some(remote), name));
    Ok(system.repo.set_ref_immediate(remote, name, None, gio::Cancellable::NONE)?)
}
