// SPDX-License-Identifier: GPL-3.0-or-later
//! Runs bootc as a child that can be watched and stopped. It has no terminal and nothing to read; whatever it says is
//! taken from it at once, since a full pipe would hold it up; and all that it has started ends with it.

use std::ffi::OsString;
use std::future::Future;
use std::io::{self, PipeWriter};
use std::ops::ControlFlow;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ExitStatus, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::unix::pipe;
use tokio::process::{Child, Command};
use tokio::time::{Instant, sleep_until, timeout};

use super::bounded_output::BoundedOutput;
use super::progress_lines::ProgressLines;

/// Ends with this process, should this one be killed before it can end its children.
const DIE_WITH_PARENT: [&str; 4] = ["setpriv", "--pdeathsig", "TERM", "--"];

/// Variables that would make bootc say more, in another language, or in colour.
const UNWANTED: [&str; 8] = [
    "LANGUAGE",
    "TERM",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "RUST_LOG",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "NOTIFY_SOCKET",
];

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Invocation {
    program: OsString,
    arguments: Vec<OsString>,
    progress: bool,
}

/// How long to wait for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// After so much silence the observer hears that the program still runs.
    pub(crate) heartbeat: Duration,
    /// A program that was asked to end has so long until it is killed.
    pub(crate) grace: Duration,
    /// What the program has left in its pipes is waited for so long after its end.
    pub(crate) leftovers: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { heartbeat: Duration::from_secs(2), grace: Duration::from_secs(10), leftovers: Duration::from_secs(1) }
    }
}

/// What is heard of a running program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard<'a> {
    /// A line of progress.
    Line(&'a [u8]),
    /// Nothing for a while, but it runs.
    Heartbeat,
}

/// Why a program was asked to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stopped {
    /// It was cancelled.
    Cancelled,
    /// The observer had heard enough.
    ByObserver,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// With this status.
    Status(i32),
    /// By this signal.
    Signal(i32),
}

/// What came of a run. One that was stopped may have ended well all the same, just before.
#[derive(Clone, Debug)]
pub(crate) struct Ran {
    /// How it ended.
    pub(crate) ended: Ended,
    /// It was asked to end.
    pub(crate) stopped: Option<Stopped>,
    /// What it wrote to its standard output; without its middle, where it was much.
    pub(crate) stdout: String,
    /// What it wrote to its standard error, likewise.
    pub(crate) stderr: String,
}

impl Invocation {
    /// A run of this program with these arguments.
    pub(crate) fn new(program: impl Into<OsString>, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        Self { program: program.into(), arguments: arguments.into_iter().map(Into::into).collect(), progress: false }
    }

    /// It is told to write its progress to a pipe.
    pub(crate) fn with_progress(self, progress: bool) -> Self {
        Self { progress, ..self }
    }

    /// Runs it until it ends, or is stopped because `cancelled` comes true or because the observer breaks off.
    ///
    /// It is started from the calling thread and ends with that thread: call this where the process lives as long as the
    /// run, on its main thread.
    ///
    /// # Errors
    /// It cannot be started or waited for.
    pub(crate) async fn run(
        &self,
        patience: Patience,
        cancelled: impl Future<Output = ()>,
        observe: impl FnMut(Heard<'_>) -> ControlFlow<()>,
    ) -> io::Result<Ran> {
        let (mut child, progress) = self.start()?;
        let group = Group::of(&child)?;
        let mut pipes = Pipes {
            stdout: child.stdout.take(),
            stderr: child.stderr.take(),
            progress,
            kept_stdout: BoundedOutput::default(),
            kept_stderr: BoundedOutput::default(),
            lines: ProgressLines::default(),
            observe,
            enough: false,
        };
        let (mut stopped, mut asked_to_end, mut kill_at) = (None, false, None);
        let mut beat_at = Instant::now() + patience.heartbeat;
        let mut cancelled = std::pin::pin!(cancelled);
        let status = loop {
            let heard = tokio::select! {
                status = child.wait() => break status?,
                heard = pipes.hear() => heard,
                () = &mut cancelled, if stopped.is_none() => {
                    stopped = Some(Stopped::Cancelled);
                    false
                }
                () = sleep_until(kill_at.unwrap_or(beat_at)), if kill_at.is_some() => {
                    group.signal(Signal::SIGKILL);
                    kill_at = None;
                    continue;
                }
                () = sleep_until(beat_at) => {
                    pipes.tell(Heard::Heartbeat);
                    true
                }
            };
            if heard {
                beat_at = Instant::now() + patience.heartbeat;
            }
            if stopped.is_none() && pipes.enough {
                stopped = Some(Stopped::ByObserver);
            }
            if stopped.is_some() && !asked_to_end {
                asked_to_end = true;
                group.signal(Signal::SIGTERM);
                kill_at = Some(Instant::now() + patience.grace);
            }
        };
        // Whatever it has left running goes too; only then do the pipes end.
        drop(group);
        let _ = timeout(patience.leftovers, async { while pipes.hear_more().await {} }).await;
        Ok(Ran {
            ended: Ended::from(status),
            stopped,
            stdout: pipes.kept_stdout.text(),
            stderr: pipes.kept_stderr.text(),
        })
    }

    fn start(&self) -> io::Result<(Child, Option<pipe::Receiver>)> {
        let [wrapper, wrapped @ ..] = DIE_WITH_PARENT;
        let mut command = Command::new(wrapper);
        command.args(wrapped).arg(&self.program).args(&self.arguments);
        command.env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").current_dir("/");
        for name in UNWANTED {
            command.env_remove(name);
        }
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        if !self.progress {
            return Ok((command.spawn()?, None));
        }
        let (reader, writer) = io::pipe()?;
        let reader = pipe::Receiver::from_owned_fd(OwnedFd::from(reader))?;
        // The number is the same in the child.
        command.arg("--progress-fd").arg(writer.as_raw_fd().to_string());
        Ok((spawn_with(&mut command, writer)?, Some(reader)))
    }
}

/// Starts a program that inherits the end of a pipe, and nobody else does who is started from here at the same time.
fn spawn_with(command: &mut Command, writer: PipeWriter) -> io::Result<Child> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    fcntl(&writer, FcntlArg::F_SETFD(FdFlag::empty()))?;
    let child = command.spawn();
    drop(writer);
    child
}

/// The process group of a child. What is left of it when this is dropped is killed.
#[derive(Debug)]
struct Group(Pid);

impl Group {
    fn of(child: &Child) -> io::Result<Self> {
        let id = child.id().and_then(|id| i32::try_from(id).ok()).filter(|id| *id > 1);
        id.map(Pid::from_raw).map(Self).ok_or_else(|| io::Error::other("a child without an id"))
    }

    fn signal(&self, signal: Signal) {
        match killpg(self.0, signal) {
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => tracing::warn!("signalling the process group {}: {error}", self.0),
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

/// The ends of a program's pipes, and what is done with what comes out of them.
#[derive(Debug)]
struct Pipes<Out, Err, Observe> {
    stdout: Option<Out>,
    stderr: Option<Err>,
    progress: Option<pipe::Receiver>,
    kept_stdout: BoundedOutput,
    kept_stderr: BoundedOutput,
    lines: ProgressLines,
    observe: Observe,
    enough: bool,
}

impl<Out, Err, Observe> Pipes<Out, Err, Observe>
where
    Out: AsyncRead + Unpin,
    Err: AsyncRead + Unpin,
    Observe: FnMut(Heard<'_>) -> ControlFlow<()>,
{
    /// Takes what comes next; true if the observer was told of it. Once all pipes have ended it waits for ever.
    async fn hear(&mut self) -> bool {
        let (mut from_stdout, mut from_stderr, mut from_progress) = ([0; 4096], [0; 4096], [0; 16 * 1024]);
        tokio::select! {
            bytes = read(&mut self.stdout, &mut from_stdout), if self.stdout.is_some() => {
                self.kept_stdout.feed(bytes);
                false
            }
            bytes = read(&mut self.stderr, &mut from_stderr), if self.stderr.is_some() => {
                self.kept_stderr.feed(bytes);
                false
            }
            bytes = read(&mut self.progress, &mut from_progress), if self.progress.is_some() => {
                let mut told = false;
                let (observe, enough) = (&mut self.observe, &mut self.enough);
                self.lines.feed(bytes, |line| {
                    told = true;
                    *enough |= observe(Heard::Line(line)).is_break();
                });
                told
            }
            else => std::future::pending().await,
        }
    }

    /// The same for as long as there is anything; false once all have ended.
    async fn hear_more(&mut self) -> bool {
        let any = self.stdout.is_some() || self.stderr.is_some() || self.progress.is_some();
        if any {
            self.hear().await;
        }
        any
    }

    fn tell(&mut self, heard: Heard<'_>) {
        self.enough |= (self.observe)(heard).is_break();
    }
}

/// Reads once; forgets a pipe that has ended or failed.
async fn read<'b>(pipe: &mut Option<impl AsyncRead + Unpin>, buffer: &'b mut [u8]) -> &'b [u8] {
    let length = match pipe {
        Some(open) => open.read(buffer).await.unwrap_or(0),
        None => 0,
    };
    if length == 0 {
        *pipe = None;
    }
    buffer.get(..length).unwrap_or_default()
}

impl From<ExitStatus> for Ended {
    fn from(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Status(code),
            (None, signal) => Self::Signal(signal.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests;
