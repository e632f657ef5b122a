// SPDX-License-Identifier: GPL-3.0-or-later
//! One connection to the engine's socket: one request. Dropping it is a cancel.

use std::time::Duration;

use anyhow::{Context as _, bail};
use isotope_model::Snapshot;
use isotope_model::engine_protocol::{LONGEST_REPLY, Order, Reply, Request, Task};
use isotope_model::names::ENGINE_SOCKET;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// The two directions of a connection to one engine process.
#[derive(Debug)]
pub(crate) struct EngineLink {
    /// What the engine says.
    pub(crate) replies: Replies,
    /// What it is ordered.
    pub(crate) orders: Orders,
}

/// What the engine says.
#[derive(Debug)]
pub(crate) struct Replies {
    reader: BufReader<OwnedReadHalf>,
}

/// What the engine is ordered.
#[derive(Debug)]
pub(crate) struct Orders {
    writer: OwnedWriteHalf,
}

/// How long a reading of the sysroot may take.
const READING: Duration = Duration::from_secs(20);

impl EngineLink {
    /// Has an engine started, and asks it.
    ///
    /// # Errors
    /// The socket is not there, or refuses this user.
    pub(crate) async fn ask(request: &Request) -> anyhow::Result<Self> {
        let stream =
            UnixStream::connect(ENGINE_SOCKET).await.with_context(|| format!("the engine's socket {ENGINE_SOCKET}"))?;
        let (reader, mut writer) = stream.into_split();
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        writer.write_all(&line).await.context("asking the engine")?;
        Ok(Self { replies: Replies { reader: BufReader::new(reader) }, orders: Orders { writer } })
    }
}

impl Replies {
    /// The next reply; nothing once the engine has ended.
    ///
    /// # Errors
    /// The line is too long, or makes no sense.
    pub(crate) async fn next(&mut self) -> anyhow::Result<Option<Reply>> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(LONGEST_REPLY).read_until(b'\n', &mut line).await.context("the engine")?;
        if read == 0 {
            return Ok(None);
        }
        if !line.ends_with(b"\n") {
            bail!("the engine broke off in the middle of a line");
        }
        Ok(Some(serde_json::from_slice(&line).context("a reply of the engine")?))
    }
}

impl Orders {
    /// Orders something; that the engine is gone shows in its replies.
    pub(crate) async fn give(&mut self, order: Order) {
        if let Ok(mut line) = serde_json::to_vec(&order) {
            line.push(b'\n');
            let _ = self.writer.write_all(&line).await;
        }
    }
}

/// Has an engine read the sysroot.
///
/// # Errors
/// It cannot, or takes too long.
pub(crate) async fn read_snapshot() -> anyhow::Result<Snapshot> {
    let request = Request { task: Task::Status, caller: None, token: None };
    match read(&request, READING).await? {
        Reply::Snapshot(snapshot) => Ok(*snapshot),
        other => bail!("asked for the state, the engine answered {other:?}"),
    }
}

/// Has an engine read something, which takes this long at most.
///
/// # Errors
/// The engine's [`isotope_model::Refusal`], or it ends or takes too long.
pub(crate) async fn read(request: &Request, patience: Duration) -> anyhow::Result<Reply> {
    let reading = async {
        let mut link = EngineLink::ask(request).await?;
        match link.replies.next().await? {
            Some(Reply::Refused(refusal)) => Err(refusal.into()),
            Some(reply) => Ok(reply),
            None => bail!("the engine ended without an answer"),
        }
    };
    tokio::time::timeout(patience, reading).await.context("the engine took too long to read")?
}
