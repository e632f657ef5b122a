// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Result;
use ostree::{SysrootDeployTreeOpts, SysrootSimpleWriteDeploymentFlags, gio};

use super::block_on;
use crate::arguments;
use crate::importer::Leniency;
use crate::progress::Progress;
use crate::pull::pull;
use crate::reference::ImageReference;
use crate::speaker::Speaker;
use crate::stage;
use crate::system::System;

pub(crate) fn install(options: &arguments::Install, speaker: &Speaker) -> Result<()> {
    let reference = ImageReference::parse(&options.reference)?;
    let system = System::at(&options.sysroot)?;
    let mut progress = Progress::new(None, speaker.faults)?;
    let leniency = Leniency { insecure: true };
    let image = block_on(pull(&system.repo, &reference, leniency, &mut progress, speaker))?;
    let arguments: Vec<&str> = options.kernel_arguments.iter().map(String::as_str).collect();
    let settings = SysrootDeployTreeOpts { override_kernel_argv: Some(&arguments), ..SysrootDeployTreeOpts::default() };
    let (stateroot, none) = (Some(options.stateroot.as_str()), gio::Cancellable::NONE);
    let origin = stage::origin(&reference);
    let deployment = system.sysroot.deploy_tree_with_options(
        stateroot,
        &image.commit,
        Some(&origin),
        None,
        Some(&settings),
        none,
    )?;
    let flags = SysrootSimpleWriteDeploymentFlags::NONE;
    system.sysroot.simple_write_deployment(stateroot, &deployment, None, flags, none)?;
    system.sysroot.cleanup(none)?;
    Ok(())
}
