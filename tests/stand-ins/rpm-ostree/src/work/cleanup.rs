// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Result;
use ostree::{SysrootWriteDeploymentsOpts, gio};

use super::Setting;
use crate::events::Event;
use crate::failure::{Code, Failure};
use crate::prune;

/// Removes deployments, and what no deployment needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cleanup {
    stateroot: String,
    base: bool,
    pending: bool,
    rollback: bool,
}

impl Cleanup {
    pub(crate) fn rollback(stateroot: &str) -> Self {
        Self { stateroot: stateroot.to_owned(), rollback: true, ..Self::default() }
    }

    pub(crate) fn parse(stateroot: &str, elements: &[String]) -> Result<Self, Failure> {
        let mut cleanup = Self { stateroot: stateroot.to_owned(), ..Self::default() };
        for element in elements {
            match element.as_str() {
                "base" => cleanup.base = true,
                "pending-deploy" => cleanup.pending = true,
                "rollback-deploy" => cleanup.rollback = true,
                // There is none.
                "repomd" => {}
                other => return Err(Failure::coded(Code::Failed, format!("Invalid cleanup type: {other}"))),
            }
        }
        Ok(cleanup)
    }

    pub(super) fn run(self, setting: &Setting) -> Result<()> {
        let mut base = self.base;
        if self.pending || self.rollback {
            if self.remove(setting)? {
                base = true;
            } else {
                setting.reporter.message("Deployments unchanged.");
            }
        }
        if base { prune::prune(setting) } else { Ok(()) }
    }

    /// What is to be booted next is before the booted deployment, what to go back to behind it.
    fn remove(&self, setting: &Setting) -> Result<bool> {
        let sysroot = &setting.sysroot;
        let all = sysroot.deployments();
        let booted = sysroot.booted_deployment();
        let mut before = true;
        let mut kept = Vec::new();
        for deployment in &all {
            if booted.as_ref().is_some_and(|booted| booted.equal(deployment)) {
                before = false;
            } else if deployment.osname() == self.stateroot.as_str()
                && !deployment.is_pinned()
                && if before { self.pending } else { self.rollback }
            {
                continue;
            }
            kept.push(deployment.clone());
        }
        if kept.len() == all.len() {
            return Ok(false);
        }
        let options = SysrootWriteDeploymentsOpts { do_postclean: false };
        sysroot.write_deployments_with_options(&kept, &options, gio::Cancellable::NONE)?;
        setting.reporter.tell(Event::SysrootChanged);
        Ok(true)
    }
}
