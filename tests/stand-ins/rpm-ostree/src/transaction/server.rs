// SPDX-License-Identifier: GPL-3.0-or-later
//! The socket that everybody may connect to.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use zbus::connection::Builder;
use zbus::{Guid, MessageStream};

use super::{Peer, Transaction};
use crate::names::TRANSACTION_SOCKET;

/// It, while there is a transaction.
#[derive(Debug)]
pub(crate) struct Server {
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) fn listen(transaction: &Arc<Transaction>) -> Result<Self> {
        Self::listen_at(TRANSACTION_SOCKET, transaction)
    }

    pub(crate) fn listen_at(path: &str, transaction: &Arc<Transaction>) -> Result<Self> {
        let _ = std::fs::remove_file(path);
        let listener = UnixListener::bind(path).with_context(|| format!("Listening at {path}"))?;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o666))?;
        let transaction = Arc::clone(transaction);
        let path = path.to_owned();
        let task = tokio::spawn(async move {
            let _socket = Socket(path);
            while let Ok((stream, _)) = listener.accept().await {
                let transaction = Arc::clone(&transaction);
                tokio::spawn(async move {
                    if let Err(error) = serve(stream, transaction).await {
                        eprintln!("rpm-ostree: a peer: {error}");
                    }
                });
            }
        });
        Ok(Self { task })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Socket(String);

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Until the peer is gone.
async fn serve(stream: UnixStream, transaction: Arc<Transaction>) -> zbus::Result<()> {
    let (queue, mut waiting) = mpsc::unbounded_channel();
    let peer = Peer { transaction: Arc::clone(&transaction), queue: queue.clone() };
    let builder = Builder::unix_stream(stream).server(Guid::generate())?.p2p().serve_at("/", peer)?;
    let connection = builder.build().await?;
    let mut incoming = MessageStream::from(&connection);
    let number = transaction.add(connection.clone(), queue);
    loop {
        tokio::select! {
            message = incoming.next() => match message {
                Some(Ok(_)) => {}
                _ => break,
            },
            Some(message) = waiting.recv() => if connection.send(&message).await.is_err() { break },
        }
    }
    transaction.remove(number);
    Ok(())
}
