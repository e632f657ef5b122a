// SPDX-License-Identifier: GPL-3.0-or-later
//! What transactions do.

mod check;
mod cleanup;
mod deploy;
mod finalize;
mod kernel_arguments;
mod modifiers;
mod restart;
mod rollback;

use std::sync::Arc;

use anyhow::{Result, bail};
use ostree::{Deployment, Repo, Sysroot};

pub(crate) use cleanup::Cleanup;
pub(crate) use deploy::Deploy;
pub(crate) use finalize::Finalize;
pub(crate) use kernel_arguments::KernelArguments;
pub(crate) use modifiers::Modifiers;
pub(crate) use rollback::Rollback;

use crate::options::{Lookup, Options};
use crate::reporter::Reporter;
use crate::transaction::Transaction;

/// Where it is done.
pub(crate) struct Setting {
    /// Locked.
    pub(crate) sysroot: Sysroot,
    pub(crate) transaction: Arc<Transaction>,
    pub(crate) reporter: Reporter,
}

impl Setting {
    pub(crate) fn repo(&self) -> Repo {
        self.sysroot.repo()
    }

    /// What the next change starts from: what will be booted next, else what is booted.
    pub(crate) fn origin_deployment(&self, stateroot: &str) -> Result<Deployment> {
        let (pending, _) = self.sysroot.query_deployments_for(Some(stateroot));
        let booted = self.sysroot.booted_deployment().filter(|booted| booted.osname() == stateroot);
        match pending.or(booted) {
            Some(deployment) => Ok(deployment),
            None => bail!("No previous deployment for OS '{stateroot}'"),
        }
    }
}

/// All that can be asked for.
#[derive(Clone, Debug)]
pub(crate) enum Work {
    Deploy(Deploy),
    Rollback(Rollback),
    Cleanup(Cleanup),
    KernelArguments(KernelArguments),
    Finalize(Finalize),
    /// There are no repositories whose metadata could be refreshed.
    RefreshMetadata,
}

impl Work {
    pub(crate) fn rollback(stateroot: &str, options: &Options) -> Self {
        Self::Rollback(Rollback { stateroot: stateroot.to_owned(), restart: options.is_set("reboot") })
    }

    /// What it is called before it is started.
    pub(crate) fn first_title(&self) -> &'static str {
        match self {
            Self::Deploy(_) => "new-deployment",
            Self::Rollback(_) => "rollback",
            Self::Cleanup(_) => "cleanup",
            Self::KernelArguments(_) => "kargs",
            Self::Finalize(_) => "finalize-deployment",
            Self::RefreshMetadata => "refresh-md",
        }
    }

    /// What people are to read is not for peers.
    pub(crate) fn to_self(&self) -> bool {
        matches!(self, Self::Deploy(deploy) if deploy.to_self)
    }

    pub(crate) fn run(self, setting: &Setting) -> Result<()> {
        match self {
            Self::Deploy(deploy) => deploy.run(setting),
            Self::Rollback(rollback) => rollback.run(setting),
            Self::Cleanup(cleanup) => cleanup.run(setting),
            Self::KernelArguments(change) => change.run(setting),
            Self::Finalize(finalize) => finalize.run(setting),
            Self::RefreshMetadata => bail!("No enabled repositories"),
        }
    }
}
