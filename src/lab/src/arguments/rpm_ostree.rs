// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use isotope_lab::{Lab, RpmOstreeFault, RpmOstreeMoment};

use super::named;

/// What the stand-in does wrong.
#[derive(Debug, Args)]
pub(crate) struct RpmOstree {
    folder: PathBuf,
    #[arg(value_enum)]
    fault: Option<Fault>,
    /// How late it is, where it is late
    #[arg(long, value_name = "N", default_value_t = 5)]
    seconds: u64,
    /// When it dies: pulling, staging or staged
    #[arg(long, value_parser = named::<RpmOstreeMoment>, default_value = "pulling")]
    moment: RpmOstreeMoment,
    /// What it says of a transaction that it calls failed
    #[arg(long, default_value = "it went wrong")]
    text: String,
    /// It has staged all the same
    #[arg(long)]
    staged: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Fault {
    /// Ends before it is on the bus
    DoesNotStart,
    /// Is on the bus only after --seconds
    StartsLate,
    /// Answers each call only after --seconds
    AnswersLate,
    /// Kills itself in a transaction, at --moment
    DiesInTransaction,
    /// Says that a transaction failed, with --text; see --staged
    FinishedFalse,
    /// Ends what is cancelled only after --seconds
    SlowCancel,
    /// Says nothing but that a transaction is finished
    Silent,
    /// Says thousands of things, and very long ones
    ManySignals,
}

impl RpmOstree {
    pub(crate) fn perform(self) -> Result<()> {
        let (lab, seconds) = (Lab::open(self.folder)?, self.seconds);
        lab.set_rpm_ostree_fault(match self.fault {
            None => return lab.clear_rpm_ostree_fault(),
            Some(Fault::DoesNotStart) => RpmOstreeFault::DoesNotStart,
            Some(Fault::StartsLate) => RpmOstreeFault::StartsLate { seconds },
            Some(Fault::AnswersLate) => RpmOstreeFault::AnswersLate { seconds },
            Some(Fault::DiesInTransaction) => RpmOstreeFault::DiesInTransaction { moment: self.moment },
            Some(Fault::FinishedFalse) => RpmOstreeFault::FinishedFalse { text: self.text, staged: self.staged },
            Some(Fault::SlowCancel) => RpmOstreeFault::SlowCancel { seconds },
            Some(Fault::Silent) => RpmOstreeFault::Silent,
            Some(Fault::ManySignals) => RpmOstreeFault::ManySignals,
        })
    }
}

/// Who drives updates.
#[derive(Debug, Args)]
pub(crate) struct Driver {
    folder: PathBuf,
    name: Option<String>,
    /// Its unit; NAME.service in small letters unless given
    unit: Option<String>,
}

impl Driver {
    pub(crate) fn perform(self) -> Result<()> {
        let lab = Lab::open(self.folder)?;
        let Some(name) = self.name else { return lab.unregister_update_driver() };
        let unit = self.unit.unwrap_or_else(|| format!("{}.service", name.to_lowercase()));
        lab.register_update_driver(&name, &unit).context("cannot note who drives the updates")
    }
}
