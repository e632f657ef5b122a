// SPDX-License-Identifier: GPL-3.0-or-later
//! The life of the one transaction.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};
use zbus::zvariant::Value;

use super::{Active, Daemon};
use crate::events::Event;
use crate::failure::{Code, Failure};
use crate::faults::Faults;
use crate::names::{SYSROOT_INTERFACE, SYSROOT_PATH, TRANSACTION_ADDRESS};
use crate::reporter::Reporter;
use crate::transaction::{self, Ended, Phase, Request, Server, Transaction};
use crate::work::Work;

/// How long peers may stay connected afterwards.
const PATIENCE: Duration = Duration::from_secs(30);

impl Daemon {
    pub(crate) fn active(&self) -> Option<Arc<Transaction>> {
        self.known().active.as_ref().map(|active| Arc::clone(&active.transaction))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.active().is_some_and(|active| active.phase() == Phase::Running)
    }

    /// Begins a transaction, or joins the same one. The address of its socket comes back.
    pub(crate) async fn begin(self: &Arc<Self>, request: Request, work: Work) -> Result<String, Failure> {
        let _one = self.making.lock().await;
        if self.known().restarting {
            return Err(Failure::coded(Code::Failed, "Reboot initiated, cannot start new transaction"));
        }
        if let Some(active) = self.active() {
            let same = active.request.method == request.method
                && active.request.path == request.path
                && active.request.arguments == request.arguments;
            return if same { Ok(TRANSACTION_ADDRESS.to_owned()) } else { Err(busy(&active)) };
        }
        let (prepared, go, end) = transaction::prepare().await?;
        let (events, said) = mpsc::unbounded_channel();
        let reporter = Reporter::new(events, work.to_self(), Faults::read());
        let made = Transaction::new(request, work.first_title(), go);
        let server = Server::listen(&made)?;
        prepared.give(Arc::clone(&made), work, reporter);
        self.known().active = Some(Active { transaction: Arc::clone(&made), _server: server });
        self.announce_active().await?;
        let daemon = Arc::clone(self);
        tokio::spawn(async move { daemon.follow(made, said, end).await });
        Ok(TRANSACTION_ADDRESS.to_owned())
    }

    /// Passes on what it says, until all is over.
    pub(crate) async fn follow(
        &self,
        transaction: Arc<Transaction>,
        mut said: mpsc::UnboundedReceiver<Event>,
        end: oneshot::Receiver<Ended>,
    ) {
        let mut end = std::pin::pin!(end);
        let mut update_changed = false;
        let ended = loop {
            tokio::select! {
                biased;
                Some(event) = said.recv() => self.pass_on(&transaction, &event, &mut update_changed).await,
                ended = &mut end => break ended,
            }
        };
        while let Ok(event) = said.try_recv() {
            self.pass_on(&transaction, &event, &mut update_changed).await;
        }
        let (success, text) = match &ended {
            Ok(Ended { result: Ok(()), .. }) => (true, String::new()),
            Ok(Ended { result: Err(error), .. }) => (false, format!("{error:#}")),
            // One that was never started has no end; whoever abandoned it lets it go.
            Err(_) if transaction.phase() == Phase::Prepared => return,
            Err(_) => (false, "The thread of the transaction ended".to_owned()),
        };
        self.refresh(false).await;
        transaction.finish(success, &text);
        drop(ended);
        let mut listeners = transaction.listeners.subscribe();
        let all_gone = listeners.wait_for(|count| *count == 0);
        if tokio::time::timeout(PATIENCE, all_gone).await.is_err() {
            transaction.close().await;
        }
        // What was found is told of only now.
        self.refresh_update().await;
        self.let_go(&transaction).await;
    }

    async fn pass_on(&self, transaction: &Transaction, event: &Event, update_changed: &mut bool) {
        match event {
            Event::SysrootChanged => self.refresh(std::mem::take(update_changed)).await,
            Event::UpdateChanged => *update_changed = true,
            Event::Restarting => self.known().restarting = true,
            Event::Title(title) => transaction.set_title(title),
            _ => {}
        }
        match event.signal() {
            Ok(Some(message)) => transaction.broadcast(&message),
            Ok(None) => {}
            Err(error) => eprintln!("rpm-ostree: {error:#}"),
        }
    }

    /// There is no transaction any more.
    pub(crate) async fn let_go(&self, transaction: &Arc<Transaction>) {
        {
            let mut known = self.known();
            if !known.active.as_ref().is_some_and(|active| Arc::ptr_eq(&active.transaction, transaction)) {
                return;
            }
            known.active = None;
            known.idle_since = Instant::now();
        }
        if let Err(failure) = self.announce_active().await {
            eprintln!("rpm-ostree: {failure:#}");
        }
    }

    /// Method, sender and path, and where to join; all empty if nothing is active.
    pub(crate) fn active_words(&self) -> ((String, String, String), String) {
        match self.active() {
            Some(active) => {
                let Request { method, sender, path, .. } = active.request.clone();
                ((method.to_owned(), sender, path), TRANSACTION_ADDRESS.to_owned())
            }
            None => Default::default(),
        }
    }

    async fn announce_active(&self) -> anyhow::Result<()> {
        let (active, address) = self.active_words();
        let changes = HashMap::from([
            ("ActiveTransaction", Value::from(active)),
            ("ActiveTransactionPath", Value::from(address)),
        ]);
        self.announce(SYSROOT_PATH, SYSROOT_INTERFACE, changes).await
    }
}

fn busy(active: &Transaction) -> Failure {
    let title = active.title();
    Failure::coded(
        Code::Busy,
        format!("Transaction in progress: {title}\n You can cancel the current transaction with `rpm-ostree cancel`"),
    )
}
