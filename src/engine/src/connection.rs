// SPDX-License-Identifier: GPL-3.0-or-later
//! The helper's end of the socket: who it is, what it asks, what it is told.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use isotope_model::Refusal;
use isotope_model::engine_protocol::{LONGEST_REPLY, LONGEST_REQUEST, Order, Reply, Request};
use isotope_model::names::HELPER_USER;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::socket::{getsockopt, sockopt::PeerCredentials};
use ostree::gio;
use ostree::gio::prelude::CancellableExt as _;
use tokio::sync::mpsc;

/// Where replies go.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    stream: Arc<UnixStream>,
}

/// Where the request, and then orders, come from.
#[derive(Debug)]
pub(crate) struct Incoming {
    reader: BufReader<UnixStream>,
}

/// What the helper orders while the request is served. A cancel, or the helper's end, also cancels `cancellable`.
#[derive(Debug)]
pub(crate) struct Orders {
    receiver: mpsc::UnboundedReceiver<Order>,
    cancellable: gio::Cancellable,
}

/// How long a peer may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

impl Connection {
    /// Takes the connection that the service manager hands over as standard input.
    ///
    /// # Errors
    /// It is no socket, or the peer is neither root nor the helper's user.
    pub(crate) fn accept() -> anyhow::Result<(Self, Incoming)> {
        let stream = UnixStream::from(std::io::stdin().as_fd().try_clone_to_owned()?);
        let peer = getsockopt(&stream, PeerCredentials).context("standard input is no socket")?;
        let helper = nix::unistd::User::from_name(HELPER_USER)?.map(|user| user.uid.as_raw());
        if peer.uid() != 0 && Some(peer.uid()) != helper {
            bail!("user {} may not ask the engine", peer.uid());
        }
        let reader = stream.try_clone()?;
        reader.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok((Self { stream: Arc::new(stream) }, Incoming { reader: BufReader::new(reader) }))
    }

    /// Says something to the helper.
    ///
    /// # Errors
    /// The helper is gone.
    pub(crate) fn send(&self, reply: &Reply) -> anyhow::Result<()> {
        let mut line = serde_json::to_vec(reply)?;
        if line.len() as u64 >= LONGEST_REPLY {
            let detail = format!("the reply is longer than {LONGEST_REPLY} bytes");
            line = serde_json::to_vec(&Reply::Refused(Refusal::Failed { detail }))?;
        }
        line.push(b'\n');
        let sent = (&*self.stream).write_all(&line);
        if sent.is_err() {
            // Half a line would spoil what follows; the other side sees the end instead.
            let _ = self.stream.shutdown(std::net::Shutdown::Both);
        }
        sent.context("the helper is gone")
    }
}

impl Incoming {
    /// Reads the request.
    ///
    /// # Errors
    /// It takes too long, is too long, or is not on the list.
    pub(crate) fn request(&mut self) -> anyhow::Result<Request> {
        let mut line = String::new();
        self.reader.by_ref().take(LONGEST_REQUEST).read_line(&mut line)?;
        if !line.ends_with('\n') {
            bail!("it ends early or is longer than {LONGEST_REQUEST} bytes");
        }
        serde_json::from_str(&line).context("it is not on the list")
    }

    /// Ends this process when the helper is gone, which a reading that takes long would not notice.
    ///
    /// # Errors
    /// No thread can be started.
    pub(crate) fn end_with_helper(self) -> anyhow::Result<()> {
        std::thread::Builder::new().name("helper".into()).spawn(move || {
            // What is asked for nothing is still told when the other side is closed for good.
            let mut hung_up = [PollFd::new(self.reader.get_ref().as_fd(), PollFlags::empty())];
            while !matches!(poll(&mut hung_up, PollTimeout::NONE), Ok(1..)) {}
            std::process::exit(1);
        })?;
        Ok(())
    }

    /// From now on listens for orders.
    ///
    /// # Errors
    /// No thread can be started.
    pub(crate) fn listen(self) -> anyhow::Result<Orders> {
        self.reader.get_ref().set_read_timeout(None)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let cancellable = gio::Cancellable::new();
        let cancelled = cancellable.clone();
        std::thread::Builder::new().name("orders".into()).spawn(move || {
            let mut lines = self.reader.take(LONGEST_REQUEST).lines();
            loop {
                let order = lines.next().and_then(Result::ok);
                let order = order.and_then(|line| serde_json::from_str(&line).ok()).unwrap_or(Order::Cancel);
                if order == Order::Cancel {
                    cancelled.cancel();
                }
                if sender.send(order).is_err() || order == Order::Cancel {
                    return;
                }
            }
        })?;
        Ok(Orders { receiver, cancellable })
    }
}

impl Incoming {
    /// From now on listens for a cancel, which cancels the result. The end of the helper ends this process, and nothing
    /// else: what is followed is another program's.
    ///
    /// # Errors
    /// No thread can be started.
    pub(crate) fn listen_while_following(self) -> anyhow::Result<gio::Cancellable> {
        self.reader.get_ref().set_read_timeout(None)?;
        let cancellable = gio::Cancellable::new();
        let cancelled = cancellable.clone();
        std::thread::Builder::new().name("orders".into()).spawn(move || {
            let lines = self.reader.take(LONGEST_REQUEST).lines().map_while(Result::ok);
            for order in lines.map_while(|line| serde_json::from_str::<Order>(&line).ok()) {
                if order == Order::Cancel {
                    cancelled.cancel();
                }
            }
            std::process::exit(0);
        })?;
        Ok(cancellable)
    }
}

impl Orders {
    /// The next order; [`Order::Cancel`] once the helper is gone.
    pub(crate) async fn next(&mut self) -> Order {
        self.receiver.recv().await.unwrap_or(Order::Cancel)
    }

    /// Is cancelled when the helper orders that or goes away.
    pub(crate) fn cancellable(&self) -> &gio::Cancellable {
        &self.cancellable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_nobody_would_read_to_its_end_becomes_one_that_says_so() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        let connection = Connection { stream: Arc::new(ours) };
        let detail = "x".repeat(usize::try_from(LONGEST_REPLY).unwrap());
        connection.send(&Reply::Refused(Refusal::Failed { detail })).unwrap();
        let mut line = String::new();
        BufReader::new(theirs).read_line(&mut line).unwrap();
        assert!(line.contains("the reply is longer than") && line.len() < 200);
    }
}
