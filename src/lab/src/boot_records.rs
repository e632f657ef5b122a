// SPDX-License-Identifier: GPL-3.0-or-later
//! What a service manager does for `isotope-boot.service` when the machine starts and when it is shut down, and what
//! it does for libostree's `ostree-boot-complete.service`.

use std::fs::File;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::configuration::Folder;
use crate::unit::Unit;
use crate::{Installation, enter};

const UNIT: &str = "isotope-boot.service";
/// What libostree leaves below /boot when it could not finalise a deployment.
const FAILURE: &str = "ostree/finalize-failure.stamp";
/// What systemd waits for unless a unit says otherwise.
const PATIENCE: Duration = Duration::from_secs(90);

/// A machine whose records are kept.
pub(crate) struct Recorder<'a> {
    pub(crate) folder: &'a Folder,
    pub(crate) installation: &'a Installation,
    pub(crate) init: i32,
}

impl Recorder<'_> {
    /// The machine has started. A record that cannot be written holds nothing up.
    pub(crate) fn booted(&self) {
        self.report("the start was not recorded", self.execute("ExecStart", "TimeoutStartSec"));
        if self.folder.boot().join(FAILURE).exists() {
            let complete = self.run("root", &["ostree", "admin", "boot-complete"], PATIENCE).and_then(|status| {
                // It passes on that finalisation failed by failing itself.
                ensure!(status.success(), "ostree admin boot-complete: {status}");
                Ok(())
            });
            self.report("finalisation had failed", complete);
        }
    }

    /// The machine is about to be shut down; everything still runs.
    pub(crate) fn shutting_down(&self) {
        self.report("the shutdown was not recorded", self.execute("ExecStop", "TimeoutStopSec"));
    }

    fn execute(&self, key: &str, patience: &str) -> Result<()> {
        let unit = Unit::read(&self.installation.unit(UNIT))?;
        let (words, _) = unit.command("Service", key).with_context(|| format!("{UNIT} has no {key}"))?;
        let patience = unit.seconds("Service", patience)?.unwrap_or(PATIENCE);
        let status = self.run(unit.value("Service", "User").unwrap_or("root"), &words, patience)?;
        ensure!(status.success(), "{}: {status}", words.join(" "));
        Ok(())
    }

    fn run<S: AsRef<std::ffi::OsStr>>(&self, user: &str, words: &[S], patience: Duration) -> Result<ExitStatus> {
        let mut command = enter::command(&self.installation.lab_program(), self.init, user, words);
        // systemd gives every start of a unit one, and libostree insists on it.
        let id = std::fs::read_to_string("/proc/sys/kernel/random/uuid")?.trim().replace('-', "");
        command.env("INVOCATION_ID", id).stdin(Stdio::null()).stdout(self.log()?).stderr(self.log()?);
        wait(command, patience)
    }

    fn log(&self) -> Result<File> {
        append(&self.folder.log("machine"))
    }

    fn report(&self, what: &str, result: Result<()>) {
        if let Err(error) = result {
            eprintln!("{what}: {error:#}");
        }
    }
}

/// Opens a log to be written at its end.
pub(crate) fn append(log: &Path) -> Result<File> {
    File::options().create(true).append(true).open(log).with_context(|| format!("cannot write {}", log.display()))
}

fn wait(mut command: Command, patience: Duration) -> Result<ExitStatus> {
    let mut child = command.spawn().context("cannot start a program on the machine")?;
    let deadline = Instant::now() + patience;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if Instant::now() > deadline {
            child.kill()?;
            child.wait()?;
            bail!("it takes longer than {patience:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    }
}
