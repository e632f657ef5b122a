// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine's `rpm-ostree`: the project's stand-in, or the real one if somebody names it; and who drives its updates.

mod driver;
mod packages;

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

pub use self::packages::change as change_packages;
use crate::configuration::Folder;
use crate::{Installation, stand_ins};

/// Names the program that the machine gets.
const VARIABLE: &str = "ISOTOPE_LAB_RPM_OSTREED";
/// What its actions are called in polkit, before their own word.
pub(crate) const ACTION_PREFIX: &str = "org.projectatomic.rpmostree1.";
const NAME: &str = "rpm-ostree";
/// Below /run of the machine.
const FAULTS: &str = "isotope-lab/rpm-ostree-faults.json";
const DRIVER: &str = "rpm-ostree/update-driver.gv";

/// What the stand-in for `rpm-ostree` does wrong. A real one takes no notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RpmOstreeFault {
    /// Ends before it has its name on the bus.
    DoesNotStart,
    /// Has its name on the bus only after so long.
    StartsLate {
        /// How long that takes.
        seconds: u64,
    },
    /// Answers calls only after so long.
    AnswersLate {
        /// How long that takes.
        seconds: u64,
    },
    /// Kills itself in a transaction.
    DiesInTransaction {
        /// When.
        moment: RpmOstreeMoment,
    },
    /// Says at the end of a transaction that it failed.
    FinishedFalse {
        /// What it says of it.
        text: String,
        /// Something was staged all the same.
        staged: bool,
    },
    /// Ends a cancelled transaction only after so long.
    SlowCancel {
        /// How long that takes.
        seconds: u64,
    },
    /// Says nothing of a transaction but that it is finished.
    Silent,
    /// Says too much, and too long.
    ManySignals,
}

/// When the stand-in kills itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RpmOstreeMoment {
    /// While it downloads.
    #[default]
    Pulling,
    /// Before it is staged.
    Staging,
    /// When it is staged and nothing was said of it.
    Staged,
}

/// The file that the stand-in reads.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Faults<'a> {
    fault: &'static str,
    seconds: Option<u64>,
    moment: Option<RpmOstreeMoment>,
    text: Option<&'a str>,
    staged: bool,
}

impl RpmOstreeFault {
    fn written(&self) -> Faults<'_> {
        let plain = |fault| Faults { fault, seconds: None, moment: None, text: None, staged: false };
        match self {
            Self::DoesNotStart => plain("does-not-start"),
            Self::StartsLate { seconds } => Faults { seconds: Some(*seconds), ..plain("starts-late") },
            Self::AnswersLate { seconds } => Faults { seconds: Some(*seconds), ..plain("answers-late") },
            Self::DiesInTransaction { moment } => Faults { moment: Some(*moment), ..plain("dies-in-transaction") },
            Self::FinishedFalse { text, staged } => {
                Faults { text: Some(text), staged: *staged, ..plain("finished-false") }
            }
            Self::SlowCancel { seconds } => Faults { seconds: Some(*seconds), ..plain("slow-cancel") },
            Self::Silent => plain("silent"),
            Self::ManySignals => plain("many-signals"),
        }
    }
}

/// The program that a new machine gets as /usr/bin/rpm-ostree.
pub(crate) fn program(installation: &Installation) -> Result<PathBuf> {
    stand_ins::program(installation, NAME, VARIABLE)
}

/// What the stand-in does wrong from now on, until the machine is switched off.
pub(crate) fn set_fault(folder: &Folder, fault: &RpmOstreeFault) -> Result<()> {
    let file = folder.run().join(FAULTS);
    let parent = file.parent().context("the machine has no /run")?;
    ensure!(parent.exists(), "the machine is off");
    // It reads the file at every call: the whole of it or nothing.
    let new = file.with_extension("new");
    std::fs::write(&new, serde_json::to_vec(&fault.written())?)?;
    Ok(std::fs::rename(new, file)?)
}

/// It behaves again.
pub(crate) fn clear_fault(folder: &Folder) -> Result<()> {
    forget(&folder.run().join(FAULTS))
}

/// Notes who drives the updates, until the machine is switched off, where the daemon notes it.
pub(crate) fn set_driver(folder: &Folder, name: &str, unit: &str) -> Result<()> {
    ensure!(folder.run().join("dbus").exists(), "the machine is off");
    let file = folder.run().join(DRIVER);
    std::fs::create_dir_all(file.parent().context("the machine has no /run")?)?;
    Ok(std::fs::write(file, driver::serialized(name, unit)?)?)
}

/// Nobody drives them.
pub(crate) fn clear_driver(folder: &Folder) -> Result<()> {
    forget(&folder.run().join(DRIVER))
}

fn forget(file: &std::path::Path) -> Result<()> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_written_with_all_that_there_is_to_them() {
        let written = |fault: RpmOstreeFault| serde_json::to_string(&fault.written()).unwrap();
        assert_eq!(
            written(RpmOstreeFault::DiesInTransaction { moment: RpmOstreeMoment::Staged }),
            r#"{"fault":"dies-in-transaction","seconds":null,"moment":"staged","text":null,"staged":false}"#
        );
        assert_eq!(
            written(RpmOstreeFault::FinishedFalse { text: "no".to_owned(), staged: true }),
            r#"{"fault":"finished-false","seconds":null,"moment":null,"text":"no","staged":true}"#
        );
        assert!(written(RpmOstreeFault::SlowCancel { seconds: 7 }).contains(r#""seconds":7"#));
    }
}
