// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result, bail};
use ostree::{SysrootWriteDeploymentsOpts, gio};

use super::{Setting, restart};

/// Makes the previous deployment the first one, or undoes that. At once.
#[derive(Clone, Debug)]
pub(crate) struct Rollback {
    pub(crate) stateroot: String,
    pub(crate) restart: bool,
}

impl Rollback {
    pub(super) fn run(self, setting: &Setting) -> Result<()> {
        let sysroot = &setting.sysroot;
        if sysroot.staged_deployment().is_some() {
            bail!("Staged deployment (remove with cleanup -p)");
        }
        let (pending, rollback) = sysroot.query_deployments_for(Some(&self.stateroot));
        let target = if pending.is_some() { sysroot.booted_deployment() } else { rollback };
        let target = target.context("No rollback deployment found")?;
        let name = format!("{}.{}", target.csum(), target.deployserial());
        setting.reporter.message(format!("Moving '{name}' to be first deployment"));
        let mut all = sysroot.deployments();
        let place = all.iter().position(|one| one.equal(&target)).context("The deployment is gone")?;
        let first = all.remove(place);
        all.insert(0, first);
        let options = SysrootWriteDeploymentsOpts { do_postclean: false };
        sysroot.write_deployments_with_options(&all, &options, gio::Cancellable::NONE)?;
        setting.reporter.tell(crate::events::Event::SysrootChanged);
        if self.restart { restart::restart(setting) } else { Ok(()) }
    }
}
