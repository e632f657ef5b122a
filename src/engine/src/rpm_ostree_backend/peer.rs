// SPDX-License-Identifier: GPL-3.0-or-later
//! The private socket of a transaction: a connection to the daemon without a bus between. As long as one is open, the daemon
//! begins nothing else.

use std::collections::{HashMap, VecDeque};
use std::future::pending;
use std::io;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use tokio::net::UnixStream;
use tokio::time::timeout;
use zbus::message::Type;
use zbus::proxy::CacheProperties;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, Message, MessageStream};

use super::events::TransactionEvent;
use super::foreign::NOT_BEGUN;
use super::proxies::{TRANSACTION_INTERFACE, TransactionProxy};

/// The one place where the daemon listens. Source: `rpmostreed-transaction.cxx`.
const SOCKET: &str = "/run/rpm-ostree-transaction.sock";
/// Getting to know each other, and questions that need no work.
const ANSWER: Duration = Duration::from_secs(10);
/// So long a title is waited for.
const MOMENT: Duration = Duration::from_secs(1);
/// So many signals may wait to be looked at.
const WAITING: usize = 256;

/// A connection to a transaction.
#[derive(Debug)]
pub(crate) struct Peer {
    transaction: TransactionProxy<'static>,
    messages: MessageStream,
    /// What was told while something was asked.
    early: VecDeque<TransactionEvent>,
    /// It was told what it is called now.
    titled: bool,
}

/// What a transaction says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// What rpm-ostree calls it.
    pub(crate) title: String,
    /// Who has begun it, in rpm-ostree's form.
    pub(crate) initiator: String,
}

impl Peer {
    /// Opens the one at this address, which the daemon has told. Nothing that is told after this is missed.
    ///
    /// # Errors
    /// It is not the daemon's own; nobody is there any more.
    pub(crate) async fn connect(address: &str) -> anyhow::Result<Self> {
        let path = socket(address)?;
        let stream = UnixStream::connect(path).await.with_context(|| path.to_owned())?;
        let user = stream.peer_cred().context("who listens there")?.uid();
        if user != 0 {
            bail!("user {user} listens at {path}");
        }
        Self::over(stream).await
    }

    /// Takes an open socket.
    ///
    /// # Errors
    /// Nobody answers in the language of the bus.
    pub(crate) async fn over(stream: UnixStream) -> anyhow::Result<Self> {
        let connection = zbus::connection::Builder::unix_stream(stream).p2p().max_queued(WAITING).build();
        let connection = timeout(ANSWER, connection).await.map_err(|_| silent())?.context("the private socket")?;
        let messages = MessageStream::from(&connection);
        let transaction = TransactionProxy::builder(&connection).cache_properties(CacheProperties::No).build().await?;
        Ok(Self { transaction, messages, early: VecDeque::new(), titled: false })
    }

    /// The methods of the transaction. Signals have to be taken while one is waited for.
    pub(crate) fn transaction(&self) -> TransactionProxy<'static> {
        self.transaction.clone()
    }

    /// What it says of itself. One that has just been made does not know its title; that is waited for, for a moment.
    ///
    /// # Errors
    /// It is gone, or does not answer.
    pub(crate) async fn about(&mut self) -> anyhow::Result<About> {
        let about = self.ask().await?;
        let titled = async {
            loop {
                match self.hear().await {
                    Some(TransactionEvent::Title(title)) => return title,
                    Some(event) => self.early.push_back(event),
                    None => pending().await,
                }
            }
        };
        if about.title != NOT_BEGUN {
            return Ok(about);
        }
        match timeout(MOMENT, titled).await {
            Ok(title) => Ok(About { title, ..about }),
            Err(_) => self.ask().await,
        }
    }

    async fn ask(&mut self) -> anyhow::Result<About> {
        let transaction = self.transaction();
        let ask = async {
            let title = transaction.title().await?;
            let initiator = transaction.initiating_client_description().await?;
            zbus::Result::Ok(About { title, initiator })
        };
        let answer = async {
            let mut ask = pin!(ask);
            loop {
                // What is told has to be taken, or the answer behind it does not come.
                tokio::select! {
                    answer = &mut ask => return answer,
                    event = self.hear() => match event {
                        Some(event) => self.early.push_back(event),
                        None => return ask.await,
                    }
                }
            }
        };
        Ok(timeout(ANSWER, answer).await.map_err(|_| silent())??)
    }

    /// The next event; nothing once the connection is lost.
    pub(crate) async fn next(&mut self) -> Option<TransactionEvent> {
        match self.early.pop_front() {
            Some(event) => Some(event),
            None => self.hear().await,
        }
    }

    /// Takes one event, which is kept for [`Self::next`]; false once the connection is lost.
    pub(crate) async fn take(&mut self) -> bool {
        let event = self.hear().await;
        let open = event.is_some();
        self.early.extend(event);
        open
    }

    /// The oldest event that is kept.
    pub(crate) fn kept(&self) -> Option<&TransactionEvent> {
        self.early.front()
    }

    /// Its title has changed since this was opened, as it does when it is begun.
    pub(crate) fn was_titled(&self) -> bool {
        self.titled
    }

    async fn hear(&mut self) -> Option<TransactionEvent> {
        loop {
            match self.messages.next().await? {
                Ok(message) => {
                    if let Some(event) = event(&message) {
                        self.titled |= matches!(event, TransactionEvent::Title(_));
                        return Some(event);
                    }
                }
                // That is no end: where it comes to one, the connection says so.
                Err(error) => tracing::debug!("what cannot be read of the private socket: {error}"),
            }
        }
    }

    /// Closes it, so that the daemon can go on.
    pub(crate) async fn close(self) {
        let connection: Connection = self.messages.into();
        drop(self.transaction);
        if let Err(error) = connection.close().await {
            tracing::debug!("closing the private socket: {error}");
        }
    }
}

fn silent() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, format!("no answer within {} seconds", ANSWER.as_secs()))
}

/// The path of an address, where it is the daemon's.
fn socket(address: &str) -> anyhow::Result<&str> {
    let parts = address.strip_prefix("unix:").unwrap_or_default();
    match parts.split(',').find_map(|part| part.strip_prefix("path=")) {
        Some(path) if Path::new(path) == Path::new(SOCKET) => Ok(path),
        _ => bail!("no address of rpm-ostree's: {:?}", address.chars().take(200).collect::<String>()),
    }
}

fn event(message: &Message) -> Option<TransactionEvent> {
    let header = message.header();
    if header.message_type() != Type::Signal {
        return None;
    }
    match (header.interface()?.as_str(), header.member()?.as_str()) {
        (TRANSACTION_INTERFACE, member) => TransactionEvent::of(member, &message.body()),
        ("org.freedesktop.DBus.Properties", "PropertiesChanged") => {
            let body = message.body();
            let (interface, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) =
                body.deserialize().ok()?;
            let title = changed.get("Title").filter(|_| interface == TRANSACTION_INTERFACE)?;
            Some(TransactionEvent::title(title.downcast_ref::<&str>().ok()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_daemons_own_socket_is_an_address() {
        for address in [format!("unix:path={SOCKET}"), format!("unix:path={SOCKET},guid=0123")] {
            assert_eq!(socket(&address).unwrap(), SOCKET, "{address}");
        }
        for address in [
            "",
            SOCKET,
            "unix:path=/tmp/rpm-ostree-transaction.sock",
            "unix:path=/run/../tmp/x",
            "unix:abstract=/run/rpm-ostree-transaction.sock",
            "tcp:host=localhost,port=1",
            "unixexec:path=/run/rpm-ostree-transaction.sock",
            "unix:path=/run/rpm-ostree-transaction.sock;tcp:host=x",
        ] {
            assert!(socket(address).is_err(), "{address}");
        }
    }
}
