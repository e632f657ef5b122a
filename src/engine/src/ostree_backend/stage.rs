// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context as _, anyhow};
use isotope_model::DeploymentId;
use ostree::glib::KeyFile;
use ostree::{Deployment, KernelArgs, Sysroot, SysrootDeployTreeOpts, gio};

use crate::deployment_reader;
use crate::failure::{Failure, of_change};
use crate::soft_restart;

/// Stages a commit that is in the repository, to follow `origin`, with /etc and kernel arguments of the booted
/// deployment; with `hold_back` it is not finalised at shutdown before it is released. Returns what the sysroot says is staged afterwards.
///
/// # Errors
/// What staging can fail with, in the model's words.
pub(crate) fn stage(
    sysroot: &Sysroot,
    checksum: &str,
    origin: &KeyFile,
    booted: &Deployment,
    hold_back: bool,
    cancellable: &gio::Cancellable,
) -> Result<DeploymentId, Failure> {
    let stateroot = booted.osname();
    let merge = sysroot.merge_deployment(Some(&stateroot));
    let from = merge.as_ref().unwrap_or(booted);
    let arguments = kernel_arguments(from);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let options = SysrootDeployTreeOpts {
        locked: hold_back,
        override_kernel_argv: Some(&arguments),
        ..SysrootDeployTreeOpts::default()
    };
    sysroot
        .stage_tree_with_options(Some(&stateroot), checksum, Some(origin), Some(from), &options, Some(cancellable))
        .map_err(|error| of_change(&error))?;
    soft_restart::clear();
    sysroot.load_if_changed(gio::Cancellable::NONE).context("reading the sysroot again")?;
    let staged = sysroot.staged_deployment().filter(|staged| staged.csum() == checksum);
    let staged = staged.ok_or_else(|| anyhow!("libostree reported success, but {checksum} is not staged"))?;
    Ok(deployment_reader::id(&staged)?)
}

/// A copy of an origin without what belongs to the one deployment only, such as its pin.
///
/// # Errors
/// The deployment has no origin.
pub(crate) fn origin_to_follow(deployment: &Deployment) -> anyhow::Result<KeyFile> {
    let origin = deployment.origin().context("the deployment has no origin")?;
    let copy = KeyFile::new();
    copy.load_from_data(&origin.to_data(), ostree::glib::KeyFileFlags::KEEP_COMMENTS)?;
    Deployment::origin_remove_transient_state(&copy);
    // What a chosen version was held at ends with the next update, as with `ostree admin upgrade`.
    let _ = copy.remove_key(ORIGIN, OVERRIDE);
    Ok(copy)
}

/// An origin that follows a branch of a remote and nothing else.
pub(crate) fn origin_of_refspec(refspec: &str) -> KeyFile {
    let origin = KeyFile::new();
    origin.set_string(ORIGIN, "refspec", refspec);
    origin
}

/// Makes an origin stay at one commit until the next update. Source: `ostree-sysroot-upgrader.c`.
pub(crate) fn stay_at(origin: &KeyFile, checksum: &str) {
    origin.set_string(ORIGIN, OVERRIDE, checksum);
}

const ORIGIN: &str = "origin";
const OVERRIDE: &str = "override-commit";

/// The arguments of a boot entry, but the `ostree=` that libostree writes anew for each.
pub(crate) fn kernel_arguments(deployment: &Deployment) -> Vec<String> {
    let options = deployment.bootconfig().and_then(|config| config.get("options")).unwrap_or_default();
    let arguments = KernelArgs::from_string(&options);
    arguments
        .to_strv()
        .into_iter()
        .map(String::from)
        .filter(|argument| !argument.starts_with("ostree=") && !argument.is_empty())
        .collect()
}
