// SPDX-License-Identifier: GPL-3.0-or-later
//! Who uses the daemon.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use futures_util::StreamExt;
use tokio::task::JoinHandle;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;

use super::Daemon;
use crate::transaction::Phase;
use crate::update_driver;

/// Registered clients by their names on the bus.
pub(crate) type Clients = BTreeMap<String, String>;

/// Who a caller is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(crate) uid: u32,
    pub(crate) unit: Option<String>,
}

/// Notices who leaves the bus.
pub(super) async fn watch(daemon: &Arc<Daemon>) -> Result<JoinHandle<Result<()>>> {
    let bus = DBusProxy::new(&daemon.bus).await?;
    let mut changes = bus.receive_name_owner_changed().await?;
    let daemon = Arc::clone(daemon);
    Ok(tokio::spawn(async move {
        while let Some(change) = changes.next().await {
            let change = change.args()?;
            if change.new_owner().is_none() {
                daemon.left(change.name().as_str()).await;
            }
        }
        Ok(())
    }))
}

impl Daemon {
    pub(crate) fn register(&self, client: &str, id: &str) {
        self.known().clients.insert(client.to_owned(), id.to_owned());
    }

    pub(crate) fn unregister(&self, client: &str) {
        let mut known = self.known();
        if known.clients.remove(client).is_some() && known.clients.is_empty() {
            known.idle_since = Instant::now();
        }
    }

    async fn left(&self, name: &str) {
        self.unregister(name);
        let active = self.active().filter(|active| active.request.sender == name && active.phase() == Phase::Prepared);
        if let Some(transaction) = active {
            transaction.abandon();
            transaction.close().await;
            self.let_go(&transaction).await;
        }
    }

    pub(crate) async fn caller(&self, client: &str) -> zbus::Result<Caller> {
        let bus = DBusProxy::new(&self.bus).await?;
        let credentials = bus.get_connection_credentials(BusName::try_from(client)?).await?;
        let uid = credentials.unix_user_id().unwrap_or(u32::MAX);
        Ok(Caller { uid, unit: credentials.process_id().and_then(update_driver::unit_of) })
    }

    /// The caller, in words.
    pub(crate) async fn describe(&self, client: &str) -> String {
        let id = self.known().clients.get(client).cloned();
        let caller = self.caller(client).await.ok();
        let mut words = String::from("client(");
        if let Some(id) = id {
            words.push_str(&format!("id:{id} "));
        }
        words.push_str(&format!("dbus:{}", client.trim_start_matches(':')));
        if let Some(unit) = caller.as_ref().and_then(|caller| caller.unit.as_deref()) {
            words.push_str(&format!(" unit:{unit}"));
        }
        match caller {
            Some(caller) => words.push_str(&format!(" uid:{})", caller.uid)),
            None => words.push_str(" uid:<unknown>)"),
        }
        words
    }
}
