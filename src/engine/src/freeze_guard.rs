// SPDX-License-Identifier: GPL-3.0-or-later
//! libostree freezes the file system of /boot for a moment when it has written a boot order, so that boot loaders that
//! read no journal see it. Should this process be killed in that moment, nobody would thaw it: libostree's own watchdog
//! waits for a parent that hangs, but takes one that has died for one that is done. So a process of our own stands by.

use std::io::{Read as _, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context as _, ensure};
use nix::sys::signal::SigSet;

/// The argument that makes the engine the guard of another one.
pub(crate) const ARGUMENT: &str = "--thaw-when-parent-dies";
/// Also where it was replaced meanwhile. Source: `proc_pid_exe(5)`.
const THIS_PROGRAM: &str = "/proc/self/exe";
/// What libostree freezes is one of these.
const PLACES: [&str; 2] = ["/boot", "/sysroot"];
const READY: &[u8] = b"r";
const DONE: &[u8] = b"d";

/// Stands by until dropped.
#[derive(Debug)]
pub(crate) struct FreezeGuard {
    child: Child,
    input: Option<ChildStdin>,
}

impl FreezeGuard {
    /// Has a process stand by.
    ///
    /// # Errors
    /// It does not start.
    pub(crate) fn begin() -> anyhow::Result<Self> {
        let mut child = Command::new(THIS_PROGRAM)
            .arg(ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("starting the guard of a frozen file system")?;
        let input = child.stdin.take();
        let mut answer = [0];
        let output = child.stdout.take().context("the guard has no output")?;
        output.take(1).read_exact(&mut answer).context("the guard of a frozen file system is not ready")?;
        ensure!(answer == READY, "the guard of a frozen file system is not ready");
        Ok(Self { child, input })
    }
}

impl Drop for FreezeGuard {
    fn drop(&mut self) {
        if let Some(mut input) = self.input.take() {
            let _ = input.write_all(DONE);
        }
        let _ = self.child.wait();
    }
}

/// Stands by: ends when the parent says that it is done, and thaws when it dies.
///
/// # Errors
/// The parent cannot be told that all is ready.
pub(crate) fn stand_by() -> anyhow::Result<()> {
    // What ends the parent, a service manager that stops it among others, is not to end this.
    SigSet::all().thread_block().context("blocking signals")?;
    let _ = nix::unistd::setsid();
    let mut output = std::io::stdout();
    output.write_all(READY)?;
    output.flush()?;
    let mut said = Vec::new();
    let heard = std::io::stdin().take(1).read_to_end(&mut said);
    if heard.is_ok() && said == DONE {
        return Ok(());
    }
    for place in PLACES {
        // One that is not frozen is an error to fsfreeze.
        let _ = Command::new("fsfreeze").args(["--unfreeze", place]).stderr(Stdio::null()).status();
    }
    Ok(())
}
