// SPDX-License-Identifier: GPL-3.0-or-later
//! Where no graphical agent asks for passwords, the program brings the one that polkit has for terminals.
//!
//! polkit prefers the agent of the login session to one that is registered as a fallback, and that is wanted. But it
//! passes over a fallback agent where the process has no session at all; there it must be registered as the only one.

use std::io::{self, PipeWriter};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::process::Stdio;
use std::time::Duration;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::{Pid, geteuid};
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};

use crate::login_session;
use crate::terminal::Terminal;

/// A running `pkttyagent(1)` that answers for this process.
#[derive(Debug)]
pub(crate) struct PasswordAgent {
    child: Child,
    /// How the terminal was before: an agent that dies while it asks leaves it without echo.
    settings: Option<Termios>,
}

const LONGEST_REGISTRATION: Duration = Duration::from_secs(5);
const LONGEST_ENDING: Duration = Duration::from_secs(2);

impl PasswordAgent {
    /// Starts one where a person could type a password, and waits until polkit knows it. None where that is no use or
    /// does not work: then polkit says so itself when it comes to that.
    pub(crate) async fn start(terminal: Terminal, verbose: bool, connection: &zbus::Connection) -> Option<Self> {
        if !terminal.input || geteuid().is_root() {
            return None;
        }
        let settings = tcgetattr(io::stdin()).ok();
        let (child, registered) = spawn(login_session::exists(connection).await, verbose).ok()?;
        let mut agent = Self { child, settings };
        let mut receiver = Receiver::from_owned_fd(registered).ok()?;
        let _ = tokio::time::timeout(LONGEST_REGISTRATION, receiver.read_u8()).await;
        match agent.child.try_wait() {
            Ok(None) => Some(agent),
            _ => None,
        }
    }

    /// Ends it, and leaves the terminal as it was.
    pub(crate) async fn end(mut self) {
        if let Some(pid) = self.child.id().and_then(|pid| i32::try_from(pid).ok()) {
            let _ = kill(Pid::from_raw(pid), Signal::SIGTERM);
            let _ = kill(Pid::from_raw(pid), Signal::SIGCONT);
        }
        if tokio::time::timeout(LONGEST_ENDING, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
        if let Some(settings) = &self.settings
            && tcgetattr(io::stdin()).is_ok_and(|now| now.local_flags != settings.local_flags)
        {
            let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, settings);
        }
    }
}

fn spawn(fallback: bool, verbose: bool) -> io::Result<(Child, OwnedFd)> {
    let (registered, notify) = io::pipe()?;
    inherit(&notify)?;
    let child = Command::new("pkttyagent")
        .arg("--process")
        .arg(this_process()?)
        .args(fallback.then_some("--fallback"))
        .arg("--notify-fd")
        .arg(notify.as_raw_fd().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(if verbose { Stdio::inherit() } else { Stdio::null() })
        .kill_on_drop(true)
        .spawn()?;
    Ok((child, registered.into()))
}

fn inherit(pipe: &PipeWriter) -> io::Result<()> {
    fcntl(pipe, FcntlArg::F_SETFD(FdFlag::empty()))?;
    Ok(())
}

/// This process as polkit wants it named: number and start, because numbers are used again.
fn this_process() -> io::Result<String> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let started = start_time(&stat).ok_or_else(|| io::Error::other("/proc/self/stat has no start time"))?;
    Ok(format!("{},{started}", std::process::id()))
}

/// Field 22 of `/proc/PID/stat`; the second one, the name in parentheses, may itself hold blanks and parentheses.
fn start_time(stat: &str) -> Option<u64> {
    stat.rsplit_once(')')?.1.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_found_behind_any_name() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
        for name in ["isotopectl", "a b", "a) (b", ")"] {
            assert_eq!(start_time(&format!("42 ({name}) {fields}\n")), Some(4711), "{name}");
        }
        for text in ["", "42 (a", "42 (a) S 1", "42 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 x"] {
            assert_eq!(start_time(text), None, "{text}");
        }
    }

    #[test]
    fn this_process_is_named_with_its_start() {
        let name = this_process().unwrap();
        let (pid, start) = name.split_once(',').unwrap();
        assert_eq!(pid, std::process::id().to_string());
        assert!(start.parse::<u64>().unwrap() > 0);
    }
}
