// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine's `bootc`: the project's stand-in, or the real one if somebody names it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::command::{assigned, command, run};
use crate::configuration::{Folder, STATEROOT};
use crate::{Backend, Installation, container, stand_ins};

/// Names the program that the machine gets.
const VARIABLE: &str = "ISOTOPE_LAB_BOOTC";
const NAME: &str = "bootc";
/// Below /run of the machine.
const FAULTS: &str = "isotope-lab/bootc-faults.json";

/// What the stand-in for `bootc` does wrong. A real one takes no notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BootcFault {
    /// Does its work and says nothing at all.
    Silent,
    /// The first line is cut in the middle, without a line break.
    HalfLine,
    /// A line of a megabyte comes first.
    LongLine,
    /// Bytes that are no UTF-8 come first.
    InvalidUtf8,
    /// Does its work and does not end.
    NeverEnds,
    /// Closes the progress pipe after the first event.
    ClosesProgress,
    /// Pulls and reports success, and stages nothing.
    StagesNothing,
    /// Kills itself.
    Killed,
}

/// When the stand-in kills itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BootcMoment {
    /// After the first layer.
    #[default]
    Pulling,
    /// When all layers are there.
    Importing,
    /// Before it is staged.
    Staging,
    /// When it is staged and nothing was said of it.
    Staged,
}

#[derive(Serialize)]
struct Faults<'a> {
    fault: BootcFault,
    moment: BootcMoment,
    verb: Option<&'a str>,
}

/// What the stand-in does wrong from now on, until the machine is switched off.
pub(crate) fn set_fault(folder: &Folder, fault: BootcFault, moment: BootcMoment, verb: Option<&str>) -> Result<()> {
    let file = folder.run().join(FAULTS);
    let parent = file.parent().context("the machine has no /run")?;
    ensure!(parent.exists(), "the machine is off");
    Ok(std::fs::write(file, serde_json::to_vec(&Faults { fault, moment, verb })?)?)
}

/// It behaves again.
pub(crate) fn clear_fault(folder: &Folder) -> Result<()> {
    match std::fs::remove_file(folder.run().join(FAULTS)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}

/// The program that a new machine gets as /usr/bin/bootc.
pub(crate) fn program(installation: &Installation) -> Result<PathBuf> {
    stand_ins::program(installation, NAME, VARIABLE)
}

/// The project's own.
pub(crate) fn stand_in(installation: &Installation) -> Result<PathBuf> {
    stand_ins::find(installation, NAME)
}

/// Deploys an image from the registry from outside, as an installer would. `port` is that of whoever pushes.
pub(crate) fn install(folder: &Folder, installer: &Path, backend: Backend, reference: &str) -> Result<()> {
    let prefix = match backend {
        Backend::BootcSigned => "ostree-image-signed:docker://",
        Backend::Bootc | Backend::RpmOstree | Backend::RpmOstreeBranch | Backend::Ostree => {
            "ostree-unverified-registry:"
        }
    };
    let mut install = command(&installer.to_string_lossy(), ["lab-install"]);
    install.arg(assigned("--sysroot", &folder.sysroot())).arg(format!("--stateroot={STATEROOT}"));
    install.args(["--karg=root=LABEL=lab", "--karg=rw", "--karg=quiet"]).arg(format!("{prefix}{reference}"));
    install.env("TMPDIR", folder.temporary());
    run(install).context("cannot deploy the first image")?;
    Ok(())
}

/// Makes what has to be there before the first image is built: keys, and the machine's settings for images.
pub(crate) fn prepare(folder: &Folder, backend: Backend, port: u16) -> Result<()> {
    if backend == Backend::BootcSigned {
        container::create_keys(folder)?;
    }
    container::machine_configuration(folder, backend, port)
}
