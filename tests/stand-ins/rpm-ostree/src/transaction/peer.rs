// SPDX-License-Identifier: GPL-3.0-or-later
//! The object on a peer connection.

use std::sync::Arc;

use tokio::sync::mpsc::UnboundedSender;
use zbus::Message;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{OwnedValue, Value};

use super::{Phase, Transaction};
use crate::events;

/// A transaction as one peer sees it.
pub(crate) struct Peer {
    pub(crate) transaction: Arc<Transaction>,
    pub(crate) queue: UnboundedSender<Message>,
}

#[zbus::interface(name = "org.projectatomic.rpmostree1.Transaction")]
impl Peer {
    /// Whoever reaches the socket may cancel.
    fn cancel(&self) {
        self.transaction.cancel();
    }

    #[zbus(out_args("started"))]
    fn start(&self) -> bool {
        let started = self.transaction.start();
        if let Phase::Finished(success, text) = self.transaction.phase()
            && let Ok(message) = events::finished(success, &text)
        {
            let _ = self.queue.send(message);
        }
        started
    }

    #[zbus(property)]
    fn title(&self) -> String {
        self.transaction.title()
    }

    #[zbus(property)]
    fn initiating_client_description(&self) -> String {
        self.transaction.request.client.clone()
    }

    #[zbus(signal)]
    async fn finished(emitter: &SignalEmitter<'_>, success: bool, error_message: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn message(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn task_begin(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn task_end(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn percent_progress(emitter: &SignalEmitter<'_>, text: &str, percentage: u32) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn download_progress(
        emitter: &SignalEmitter<'_>,
        time: (u64, u64),
        outstanding: (u32, u32),
        metadata: (u32, u32, u32),
        delta: (u32, u32, u32, u64),
        content: (u32, u32),
        transfer: (u64, u64),
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn signature_progress(
        emitter: &SignalEmitter<'_>,
        signature: Vec<Value<'_>>,
        commit: &str,
    ) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn progress_end(emitter: &SignalEmitter<'_>) -> zbus::Result<()>;
}

/// What the type of signatures is on the bus.
const _: fn(Vec<OwnedValue>) = drop;
