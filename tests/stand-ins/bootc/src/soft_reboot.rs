// SPDX-License-Identifier: GPL-3.0-or-later
//! Preparing a restart that goes on with another root and leaves the kernel running.
//!
//! libostree does that since 2025.3. The one here may be older, so this does the same: the deployment is mounted where
//! systemd looks for the next root.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use ostree::glib::VariantDict;
use ostree::prelude::ToVariant;
use ostree::{Deployment, gio};

use crate::arguments::SoftReboot;
use crate::speaker::Speaker;
use crate::status::{Entry, Status};
use crate::system::System;

const NEXT_ROOT: &str = "/run/nextroot";
/// What libostree notes of it.
const NOTE: &str = "/run/ostree/nextroot-booted";

/// Prepares it for what is staged, if it was asked for.
pub(crate) fn prepare_staged(mode: Option<SoftReboot>, system: &System, speaker: &Speaker) -> Result<()> {
    if mode.is_none() {
        return Ok(());
    }
    system.sysroot.load_if_changed(gio::Cancellable::NONE)?;
    let status = Status::read(system)?;
    let entry = status.as_ref().and_then(|status| status.staged.as_ref());
    prepare(mode, system, entry, "staged", speaker).context("Handling staged soft reboot")
}

/// Prepares it for `entry`, if it was asked for; `kind` is what the entry is called in errors.
pub(crate) fn prepare(
    mode: Option<SoftReboot>,
    system: &System,
    entry: Option<&Entry>,
    kind: &str,
    speaker: &Speaker,
) -> Result<()> {
    let Some(mode) = mode else { return Ok(()) };
    choose(mode, system, entry, kind, speaker).context("Handling soft reboot")
}

fn choose(mode: SoftReboot, system: &System, entry: Option<&Entry>, kind: &str, speaker: &Speaker) -> Result<()> {
    let Some(entry) = entry.filter(|entry| entry.soft_reboot_capable) else {
        if mode == SoftReboot::Required {
            bail!("Soft reboot was required but {kind} deployment is not soft-reboot capable");
        }
        return Ok(());
    };
    let (first, rest) = kind.split_at(1);
    let first = first.to_uppercase();
    speaker.say(&format!("{first}{rest} deployment is soft-reboot capable, preparing for soft-reboot..."));
    mount_next_root(system, &entry.deployment)
        .context("Failed to prepare soft-reboot")
        .context("Preparing soft reboot")
        .with_context(|| format!("Soft reboot {kind} deployment"))
}

/// What was prepared is not what starts next any more.
pub(crate) fn forget() -> Result<()> {
    // One can lie over another.
    while is_mounted()? {
        on_the_machine(&["umount", "--lazy", NEXT_ROOT])?;
    }
    match std::fs::remove_file(NOTE) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("Clearing soft reboot"),
        _ => Ok(()),
    }
}

fn mount_next_root(system: &System, deployment: &Deployment) -> Result<()> {
    forget()?;
    let folder: PathBuf = Path::new("/sysroot").join(system.sysroot.deployment_dirpath(deployment).as_str());
    let known = std::fs::metadata(&folder).with_context(|| format!("opening {}", folder.display()))?;
    std::fs::create_dir_all(NEXT_ROOT)?;
    on_the_machine(&["mount", "--options=bind,ro", &folder.to_string_lossy(), NEXT_ROOT])?;
    ensure!(is_mounted()?, "{NEXT_ROOT} is not mounted");
    let note = VariantDict::new(None);
    note.insert("backing-root-device-inode", (known.dev(), known.ino()));
    note.insert("sysroot-ro", true);
    std::fs::write(NOTE, note.end().to_variant().data()).with_context(|| format!("writing {NOTE}"))
}

/// Something of another file system, or of the same one mounted anew, is there for everybody on the machine.
fn is_mounted() -> Result<bool> {
    let mounts = std::fs::read_to_string("/proc/1/mountinfo").context("reading the machine's mounts")?;
    Ok(mounts.lines().any(|line| line.split(' ').nth(4) == Some(NEXT_ROOT)))
}

/// Runs a program in the mounts that everybody sees: this process has its own.
fn on_the_machine(words: &[&str]) -> Result<()> {
    let mut command = Command::new("nsenter");
    command.args(["--target=1", "--mount", "--root", "--wd=/", "--"]).args(words);
    let output = command.output().context("starting nsenter")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{}: {}", words[0], said.trim());
    Ok(())
}
