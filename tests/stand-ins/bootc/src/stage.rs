// SPDX-License-Identifier: GPL-3.0-or-later
//! Staging an image that is in the repository.

use std::time::Instant;

use anyhow::{Context, Result};
use ostree::glib::KeyFile;
use ostree::{SysrootDeployTreeOpts, gio};

use crate::faults::{Fault, Moment};
use crate::progress::Progress;
use crate::prune;
use crate::reference::{ImageReference, ORIGIN_KEY};
use crate::soft_reboot;
use crate::speaker::Speaker;
use crate::status::kernel_arguments;
use crate::stored_image::StoredImage;
use crate::system::{self, System};

/// Stages `image` to follow `reference`, with /etc and kernel arguments of what is the default.
pub(crate) fn stage(
    system: &System,
    image: &StoredImage,
    reference: &ImageReference,
    locked: bool,
    progress: &mut Progress,
    speaker: &Speaker,
) -> Result<()> {
    let digest = &image.description.digest;
    speaker.faults.reach(Moment::Staging);
    if !speaker.faults.has(Fault::StagesNothing) {
        progress.staging(digest, 0);
        progress.staging(digest, 1);
        deploy(system, image, reference, locked, speaker).context("Writing deployment")?;
        speaker.faults.reach(Moment::Staged);
        progress.staging(digest, 2);
        progress.staging(digest, 3);
        prune::prune(system, speaker)?;
    }
    speaker.say(&format!("Queued for next boot: {}", reference.name()));
    if let Some(version) = image.description.version() {
        speaker.say(&format!("  Version: {version}"));
    }
    speaker.say(&format!("  Digest: {digest}"));
    progress.staging(digest, 4);
    system::note_reboot_required(digest)
}

fn deploy(
    system: &System,
    image: &StoredImage,
    reference: &ImageReference,
    locked: bool,
    speaker: &Speaker,
) -> Result<()> {
    let sysroot = &system.sysroot;
    let booted = sysroot.booted_deployment().context("System not booted via bootc")?;
    let stateroot = booted.osname();
    let merge = sysroot.merge_deployment(Some(&stateroot));
    let merge = merge.with_context(|| format!("No merge deployment found for stateroot {stateroot}"))?;
    let arguments = kernel_arguments(&merge);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let options =
        SysrootDeployTreeOpts { locked, override_kernel_argv: Some(&arguments), ..SysrootDeployTreeOpts::default() };
    soft_reboot::forget()?;
    let (none, began) = (gio::Cancellable::NONE, Instant::now());
    let origin = origin(reference);
    sysroot.stage_tree_with_options(Some(&stateroot), &image.commit, Some(&origin), Some(&merge), &options, none)?;
    speaker.complain(&format!("Deploying...done ({} seconds)", began.elapsed().as_secs()));
    sysroot.load_if_changed(none)?;
    Ok(())
}

/// The origin of a deployment that follows `reference`.
pub(crate) fn origin(reference: &ImageReference) -> KeyFile {
    let origin = KeyFile::new();
    origin.set_string("origin", ORIGIN_KEY, &reference.origin());
    origin
}
