// SPDX-License-Identifier: GPL-3.0-or-later
//! Staging a commit, so that it is deployed when the machine is shut down.

use anyhow::{Context, Result, bail};
use ostree::{Deployment, KernelArgs, SysrootDeployTreeOpts, gio};

use crate::events::Event;
use crate::faults::Moment;
use crate::origin::Origin;
use crate::prune;
use crate::work::Setting;

/// What is to be staged.
pub(crate) struct New<'a> {
    pub(crate) stateroot: &'a str,
    pub(crate) commit: &'a str,
    pub(crate) origin: &'a Origin,
    pub(crate) arguments: Vec<String>,
    /// It waits until somebody finalises it.
    pub(crate) locked: bool,
}

/// Stages it; then everything that is no longer needed goes.
pub(crate) fn stage(setting: &Setting, new: &New<'_>) -> Result<()> {
    let faults = &setting.reporter.faults;
    faults.reach(Moment::Staging);
    if let Some(text) = faults.failure(false) {
        bail!(text);
    }
    setting.reporter.task_begins("Staging deployment");
    let staged = write(setting, new);
    if staged.is_ok() {
        faults.reach(Moment::Staged);
        setting.reporter.tell(Event::SysrootChanged);
    }
    setting.reporter.task_ends();
    staged?;
    prune::prune(setting)
}

/// What went well is to be called a failure.
pub(crate) fn after_all(setting: &Setting) -> Result<()> {
    match setting.reporter.faults.failure(true) {
        Some(text) => bail!(text),
        None => Ok(()),
    }
}

fn write(setting: &Setting, new: &New<'_>) -> Result<()> {
    let (sysroot, none) = (&setting.sysroot, gio::Cancellable::NONE);
    let merge = sysroot.merge_deployment(Some(new.stateroot)).context("No merge deployment found")?;
    let arguments: Vec<&str> = new.arguments.iter().map(String::as_str).collect();
    let options = SysrootDeployTreeOpts {
        locked: new.locked,
        override_kernel_argv: Some(&arguments),
        ..SysrootDeployTreeOpts::default()
    };
    let origin = new.origin.file()?;
    sysroot.stage_tree_with_options(Some(new.stateroot), new.commit, Some(&origin), Some(&merge), &options, none)?;
    sysroot.load_if_changed(none)?;
    Ok(())
}

/// What the kernel of a deployment is told, but for which deployment it is to start.
pub(crate) fn kernel_arguments(deployment: &Deployment) -> Vec<String> {
    let options = deployment.bootconfig().and_then(|entry| entry.get("options")).unwrap_or_default();
    let all = KernelArgs::from_string(&options).to_strv();
    all.into_iter().map(String::from).filter(|one| !one.is_empty() && !one.starts_with("ostree=")).collect()
}
