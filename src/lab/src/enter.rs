// SPDX-License-Identifier: GPL-3.0-or-later
//! Running a program on the machine as one of its users.
//!
//! bubblewrap denies its children new privileges for good, which would break every setuid program. So programs do not
//! descend from it: a process of ours enters the machine's namespaces, starts the program and stands in for it.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use nix::sched::{CloneFlags, setns};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::SignalFd;
use nix::unistd::{Pid, chroot, fchdir};

use crate::accounts;

/// Where programs are looked up on the machine.
pub(crate) const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
const FORWARDED: [Signal; 6] =
    [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGQUIT, Signal::SIGUSR1, Signal::SIGUSR2];

/// A command that runs `arguments` as `user` in the namespaces of the process `init`.
pub(crate) fn command<S: AsRef<OsStr>>(program: &Path, init: i32, user: &str, arguments: &[S]) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("LANG", "C.UTF-8");
    if let Some(terminal) = std::env::var_os("TERM") {
        command.env("TERM", terminal);
    }
    command.args(["enter", "--target", &init.to_string(), "--user", user, "--"]).args(arguments);
    command
}

/// Has a process of its own enter the namespaces of `target` and run `arguments` as `user`; passes signals on and ends
/// as the program ended.
///
/// A killed stand-in cannot take leave of its program, and a program of the machine that nobody takes leave of keeps the
/// whole namespace from ending. So the one that is known outside is not the program's parent.
///
/// # Errors
/// The second process cannot be started.
pub fn enter(target: i32, user: &str, arguments: &[OsString]) -> Result<ExitCode> {
    let mut inner = Command::new("/proc/self/exe");
    inner.args(["enter-inner", "--target", &target.to_string(), "--user", user]);
    inner.args(["--parent", &std::process::id().to_string(), "--"]).args(arguments);
    stand_in_for(inner, None)
}

/// Enters the namespaces of `target` and runs `arguments` as `user` until it ends or `parent` does.
///
/// # Errors
/// The machine or the user does not exist, or the program cannot be started.
pub fn enter_inner(target: i32, user: &str, parent: u32, arguments: &[OsString]) -> Result<ExitCode> {
    prctl::set_pdeathsig(Signal::SIGTERM)?;
    let folder = Path::new("/proc").join(target.to_string());
    let open = |name: &str| File::open(folder.join(name)).context("the machine is off");
    let (mounts, processes, root) = (open("ns/mnt")?, open("ns/pid")?, open("root")?);
    setns(processes, CloneFlags::CLONE_NEWPID).context("cannot enter the machine's process namespace")?;
    setns(mounts, CloneFlags::CLONE_NEWNS).context("cannot enter the machine's mount namespace")?;
    // The mount namespace's own root is still the host's.
    fchdir(root)?;
    chroot(".").context("cannot make the machine's root the root")?;
    let account = accounts::find(user)?;

    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--reuid", &account.user.to_string(), "--regid", &account.group.to_string(), "--init-groups"]);
    command.args(["--pdeathsig", "KILL", "--"]).args(arguments);
    command.env("PATH", PATH).env("USER", &account.name).env("LOGNAME", &account.name);
    command.env("HOME", &account.home).env("SHELL", &account.shell);
    let runtime = format!("/run/user/{}", account.user);
    if Path::new(&runtime).is_dir() {
        command.env("XDG_RUNTIME_DIR", runtime);
    }
    stand_in_for(command, Some(parent))
}

/// Starts `command`, passes on the signals that somebody sends, and ends as it ended. It is killed when `parent`, if
/// there is one, is no longer this process' parent.
fn stand_in_for(mut command: Command, parent: Option<u32>) -> Result<ExitCode> {
    let mut child = command.spawn().context("cannot start a program on the machine")?;
    let process = Pid::from_raw(i32::try_from(child.id())?);
    // Not before the program is started: it would inherit the mask.
    let mut signals: SigSet = FORWARDED.into_iter().collect();
    signals.add(Signal::SIGCHLD);
    signals.thread_block()?;
    let queue = SignalFd::new(&signals)?;
    loop {
        if let Some(status) = child.try_wait()? {
            let code = status.code().or(status.signal().map(|number| 128 + number)).unwrap_or(1);
            return Ok(ExitCode::from(u8::try_from(code & 0xff)?));
        }
        if parent.is_some_and(|parent| std::os::unix::process::parent_id() != parent) {
            child.kill()?;
        }
        let Some(signal) = queue.read_signal()? else { continue };
        let number = Signal::try_from(i32::try_from(signal.ssi_signo)?)?;
        // What the terminal sends, it sends to the program as well.
        if number != Signal::SIGCHLD && signal.ssi_code <= 0 {
            let _ = kill(process, number);
        }
    }
}
