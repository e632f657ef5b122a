// SPDX-License-Identifier: GPL-3.0-or-later
//! A transaction: who asked for what, whether it was started, how it ended, and who listens.

mod peer;
mod server;
mod thread;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ostree::gio;
use ostree::gio::prelude::CancellableExt;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use zbus::{Connection, Message};

pub(crate) use peer::Peer;
pub(crate) use server::Server;
pub(crate) use thread::{Ended, prepare};

use crate::events;
use crate::faults::{Fault, Faults};

/// What is asked for by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) sender: String,
    /// The object that was called.
    pub(crate) path: String,
    /// All arguments: the same call joins.
    pub(crate) arguments: String,
    /// The caller, in words.
    pub(crate) client: String,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Phase {
    #[default]
    Prepared,
    Running,
    Finished(bool, String),
}

#[derive(Debug, Default)]
struct State {
    phase: Phase,
    title: String,
    listeners: Vec<Listener>,
}

/// A peer connection.
#[derive(Clone, Debug)]
pub(crate) struct Listener {
    number: u64,
    connection: Connection,
    queue: UnboundedSender<Message>,
}

#[derive(Debug)]
pub(crate) struct Transaction {
    pub(crate) request: Request,
    state: Mutex<State>,
    pub(crate) cancellable: gio::Cancellable,
    cancelled: watch::Sender<bool>,
    /// Lets the thread go on, or go away.
    go: Mutex<Option<std::sync::mpsc::Sender<bool>>>,
    numbers: AtomicU64,
    /// A listener came or went.
    pub(crate) listeners: watch::Sender<usize>,
}

impl Transaction {
    pub(crate) fn new(request: Request, title: &str, go: std::sync::mpsc::Sender<bool>) -> Arc<Self> {
        let state = State { title: title.to_owned(), ..State::default() };
        Arc::new(Self {
            request,
            state: Mutex::new(state),
            cancellable: gio::Cancellable::new(),
            cancelled: watch::Sender::new(false),
            go: Mutex::new(Some(go)),
            numbers: AtomicU64::new(0),
            listeners: watch::Sender::new(0),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn title(&self) -> String {
        self.state().title.clone()
    }

    pub(crate) fn set_title(&self, title: &str) {
        title.clone_into(&mut self.state().title);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.state().phase.clone()
    }

    /// Starts it; false if somebody has done that.
    pub(crate) fn start(&self) -> bool {
        let mut state = self.state();
        if state.phase != Phase::Prepared {
            return false;
        }
        state.phase = Phase::Running;
        self.send_off(true)
    }

    /// Lets go of one that nobody started.
    pub(crate) fn abandon(&self) {
        self.send_off(false);
    }

    fn send_off(&self, run: bool) -> bool {
        let go = self.go.lock().unwrap_or_else(PoisonError::into_inner).take();
        go.is_some_and(|go| go.send(run).is_ok())
    }

    /// Cancels, now or as late as the lab wants.
    pub(crate) fn cancel(self: &Arc<Self>) {
        let delay = Faults::read().delay(Fault::SlowCancel);
        let transaction = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(delay).await;
            transaction.cancellable.cancel();
            transaction.cancelled.send_replace(true);
        });
    }

    pub(crate) fn when_cancelled(&self) -> watch::Receiver<bool> {
        self.cancelled.subscribe()
    }

    /// Remembers how it ended, and tells all who listen.
    pub(crate) fn finish(&self, success: bool, text: &str) {
        self.state().phase = Phase::Finished(success, text.to_owned());
        match events::finished(success, text) {
            Ok(message) => self.broadcast(&message),
            Err(error) => eprintln!("rpm-ostree: {error}"),
        }
    }

    pub(crate) fn broadcast(&self, message: &Message) {
        for listener in &self.state().listeners {
            let _ = listener.queue.send(message.clone());
        }
    }

    fn add(&self, connection: Connection, queue: UnboundedSender<Message>) -> u64 {
        let number = self.numbers.fetch_add(1, Ordering::Relaxed);
        let mut state = self.state();
        state.listeners.push(Listener { number, connection, queue });
        self.listeners.send_replace(state.listeners.len());
        number
    }

    fn remove(&self, number: u64) {
        let mut state = self.state();
        state.listeners.retain(|listener| listener.number != number);
        self.listeners.send_replace(state.listeners.len());
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        let listeners = self.state().listeners.clone();
        for listener in listeners {
            let _ = listener.connection.close().await;
            self.remove(listener.number);
        }
    }
}
