// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result, bail, ensure};

use super::block_on;
use crate::arguments;
use crate::importer::{self, Leniency, Prepared};
use crate::progress::Progress;
use crate::pull::pull;
use crate::reference::ImageReference;
use crate::soft_reboot;
use crate::speaker::Speaker;
use crate::stage::stage;
use crate::status::{Entry, Status};
use crate::stored_image::{Description, Layer};
use crate::system::System;

pub(crate) fn upgrade(options: &arguments::Upgrade, speaker: &Speaker) -> Result<()> {
    run(options, speaker).context("Upgrading")
}

fn run(options: &arguments::Upgrade, speaker: &Speaker) -> Result<()> {
    let mut progress = Progress::new(options.progress_fd, speaker.faults)?;
    let system = System::require()?;
    let status = Status::read(&system)?.context("System not booted via bootc")?;
    let Some(reference) = status.followed() else {
        ensure!(
            !status.booted.incompatible,
            "Deployment contains local rpm-ostree modifications; cannot upgrade via bootc. You can run `rpm-ostree \
             reset` to undo the modifications."
        );
        bail!("No image source specified");
    };
    if options.from_downloaded {
        unlock(&system, &status, speaker)?;
        return soft_reboot::prepare_staged(options.soft_reboot, &system, speaker);
    }
    if options.check {
        return check(&system, &status, reference, speaker);
    }
    let image = block_on(pull(&system.repo, reference, Leniency::default(), &mut progress, speaker))?;
    let fetched = &image.description;
    if digest_of(status.staged.as_ref()) == Some(&fetched.digest) {
        keep_staged(options, &system, &status, speaker)?;
        return soft_reboot::prepare_staged(options.soft_reboot, &system, speaker);
    }
    if digest_of(Some(&status.booted)) == Some(&fetched.digest) {
        speaker.say("No update available.");
        return Ok(());
    }
    stage(&system, &image, reference, options.download_only, &mut progress, speaker).context("Staging")?;
    if let Some(booted) = &status.booted.image {
        tell_difference(&booted.description, fetched, speaker)?;
    }
    system.touch()?;
    soft_reboot::prepare_staged(options.soft_reboot, &system, speaker)
}

fn digest_of(entry: Option<&Entry>) -> Option<&str> {
    Some(entry?.image.as_ref()?.description.digest.as_str())
}

fn check(system: &System, status: &Status, reference: &ImageReference, speaker: &Speaker) -> Result<()> {
    match block_on(importer::prepare(&system.repo, reference, Leniency::default()))? {
        Prepared::Present(_) => {
            speaker.say(&format!("No changes in: {}", reference.for_skopeo()));
            Ok(())
        }
        Prepared::Ready(ready) => {
            speaker.say(&format!("Update available for: {}", reference.for_skopeo()));
            if let Some(version) = ready.description.version() {
                speaker.say(&format!("  Version: {version}"));
            }
            speaker.say(&format!("  Digest: {}", ready.description.digest));
            if let Some(booted) = &status.booted.image {
                tell_difference(&booted.description, &ready.description, speaker)?;
            }
            system.touch()
        }
    }
}

/// What is staged is the newest: whether it is finalised may change.
fn keep_staged(options: &arguments::Upgrade, system: &System, status: &Status, speaker: &Speaker) -> Result<()> {
    let staged = status.staged.as_ref().context("No staged deployment found")?;
    let locked = staged.deployment.is_finalization_locked();
    if locked == options.download_only {
        speaker.say("Staged update present, not changed");
        return Ok(());
    }
    system.sysroot.change_finalization(&staged.deployment)?;
    speaker.say(if options.download_only {
        "Image downloaded, but will not be applied on reboot"
    } else {
        "Staged deployment will now be applied on reboot"
    });
    system.touch()
}

fn unlock(system: &System, status: &Status, speaker: &Speaker) -> Result<()> {
    let staged = status.staged.as_ref().context("No staged deployment found")?;
    if staged.deployment.is_finalization_locked() {
        system.sysroot.change_finalization(&staged.deployment)?;
        speaker.say("Staged deployment will now be applied on reboot");
    } else {
        speaker.say("Staged deployment is already set to apply on reboot");
    }
    system.touch()
}

/// The layers that two images do not share.
fn tell_difference(old: &Description, new: &Description, speaker: &Speaker) -> Result<()> {
    let (old, new) = (old.layers()?, new.layers()?);
    let without = |these: &[Layer], those: &[Layer]| -> Vec<Layer> {
        these.iter().filter(|layer| !those.contains(layer)).cloned().collect()
    };
    let (removed, added) = (without(&old, &new), without(&new, &old));
    for (title, layers) in [("Total new layers:", &new), ("Removed layers:", &removed), ("Added layers:", &added)] {
        let size = ostree::glib::format_size(layers.iter().map(|layer| layer.size).sum());
        speaker.say(&format!("{title:<17} {:<4}  Size: {size}", layers.len()));
    }
    Ok(())
}
