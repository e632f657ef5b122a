// SPDX-License-Identifier: GPL-3.0-or-later
//! The helper's end of the socket: what it asks, and what it is told.

use std::os::fd::AsFd as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LONGEST_REPLY, LONGEST_REQUEST, LookupReply, LookupRequest};
use isotope_model::names::HELPER_USER;
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

/// How long a peer may take to say what it wants, or to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where the reply goes.
#[derive(Debug)]
pub(crate) struct Connection {
    writer: OwnedWriteHalf,
}

/// Where the request comes from.
#[derive(Debug)]
pub(crate) struct Incoming {
    reader: BufReader<OwnedReadHalf>,
}

impl Connection {
    /// Takes the connection that the service manager hands over as standard input.
    ///
    /// # Errors
    /// It is no socket, or the peer is neither root, nor the helper's user, nor the user that this runs as.
    pub(crate) fn accept() -> anyhow::Result<(Self, Incoming)> {
        let stream = std::os::unix::net::UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
        let peer = getsockopt(&stream, PeerCredentials).context("standard input is no socket")?;
        let helper = nix::unistd::User::from_name(HELPER_USER)?.map(|user| user.uid.as_raw());
        if peer.uid() != 0 && peer.uid() != nix::unistd::getuid().as_raw() && Some(peer.uid()) != helper {
            bail!("user {} may not ask", peer.uid());
        }
        stream.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(stream)?.into_split();
        Ok((Self { writer }, Incoming { reader: BufReader::new(reader) }))
    }

    /// Says what came of it.
    ///
    /// # Errors
    /// The helper is gone, or does not listen.
    pub(crate) async fn send(&mut self, reply: &LookupReply) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(reply)?;
        if line.len() as u64 >= LONGEST_REPLY {
            let detail = format!("the reply is longer than {LONGEST_REPLY} bytes");
            line = serde_json::to_vec(&LookupReply::Refused(Refusal::Failed { detail }))?;
        }
        line.push(b'\n');
        tokio::time::timeout(PATIENCE, self.writer.write_all(&line)).await?.context("the helper is gone")
    }
}

impl Incoming {
    /// Reads the request.
    ///
    /// # Errors
    /// It takes too long, is too long, or is not on the list.
    pub(crate) async fn request(&mut self) -> anyhow::Result<LookupRequest> {
        let mut line = String::new();
        let mut bounded = (&mut self.reader).take(LONGEST_REQUEST);
        tokio::time::timeout(PATIENCE, bounded.read_line(&mut line)).await.context("it takes too long")??;
        if !line.ends_with('\n') {
            bail!("it ends early or is longer than {LONGEST_REQUEST} bytes");
        }
        serde_json::from_str(&line).context("it is not on the list")
    }

    /// Returns when the helper is gone. What else it says is not listened to.
    pub(crate) async fn end(&mut self) {
        let mut rest = [0; 1024];
        while matches!(self.reader.read(&mut rest).await, Ok(1..)) {}
    }
}
