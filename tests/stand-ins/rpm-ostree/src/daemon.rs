// SPDX-License-Identifier: GPL-3.0-or-later
//! What the daemon knows: the sysroot, its clients, and the transaction.

mod clients;
mod idle;
mod properties;
mod transactions;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::Result;
use zbus::Connection;
use zbus::fdo::ObjectManager;

use crate::configuration::Configuration;
use crate::faults::{Fault, Faults};
use crate::interface::{ExperimentalInterface, OsInterface, SysrootInterface};
use crate::names::{BUS_NAME, ROOT_PATH, SYSROOT_PATH, os_path};
use crate::snapshot::Snapshot;
use crate::transaction::{Server, Transaction};
use clients::Clients;

/// Shared by everything.
#[derive(Debug)]
pub(crate) struct Daemon {
    bus: Connection,
    known: Mutex<Known>,
    /// One transaction is made at a time.
    making: tokio::sync::Mutex<()>,
    /// Properties are read anew one after the other.
    reading: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Known {
    snapshot: Snapshot,
    configuration: Configuration,
    clients: Clients,
    active: Option<Active>,
    /// Since when there is nothing to do.
    idle_since: Instant,
    /// No transaction is begun any more.
    restarting: bool,
}

#[derive(Debug)]
struct Active {
    transaction: Arc<Transaction>,
    _server: Server,
}

/// Runs until there is nothing to do, or somebody ends it.
pub(crate) async fn run() -> Result<()> {
    let bus = zbus::connection::Builder::system()?.build().await?;
    let snapshot = tokio::task::spawn_blocking(Snapshot::read).await??;
    let stateroots: Vec<String> = snapshot.stateroots.keys().cloned().collect();
    let daemon = Arc::new(Daemon::new(bus.clone(), snapshot, Configuration::read()?));
    let objects = bus.object_server();
    objects.at(ROOT_PATH, ObjectManager).await?;
    for name in stateroots {
        let path = os_path(&name);
        objects.at(path.as_str(), ExperimentalInterface).await?;
        objects.at(path.as_str(), OsInterface::new(&daemon, &name)).await?;
    }
    objects.at(SYSROOT_PATH, SysrootInterface::new(&daemon)).await?;
    let watched = clients::watch(&daemon).await?;
    tokio::time::sleep(Faults::read().delay(Fault::StartsLate)).await;
    bus.request_name(BUS_NAME).await?;
    tokio::select! {
        () = idle::wait(&daemon) => Ok(()),
        () = properties::watch(&daemon) => Ok(()),
        result = watched => result?,
    }
}

impl Daemon {
    pub(crate) fn new(bus: Connection, snapshot: Snapshot, configuration: Configuration) -> Self {
        let (clients, idle_since) = (Clients::default(), Instant::now());
        let known = Known { snapshot, configuration, clients, active: None, idle_since, restarting: false };
        Self {
            bus,
            known: Mutex::new(known),
            making: tokio::sync::Mutex::default(),
            reading: tokio::sync::Mutex::default(),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn bus(&self) -> &Connection {
        &self.bus
    }

    /// Something of what was last seen of the sysroot.
    pub(crate) fn snapshot<T>(&self, look: impl FnOnce(&Snapshot) -> T) -> T {
        look(&self.known().snapshot)
    }

    pub(crate) fn policy(&self) -> String {
        self.known().configuration.policy.clone()
    }
}
