// SPDX-License-Identifier: GPL-3.0-or-later
//! A bus of its own, with the service of the tests on it.

use std::process::Stdio;
use std::sync::{Arc, Mutex};

use isotope_model::names::{BUS_NAME, OBJECT_PATH};
use isotope_model::{HostCatalogs, Refusal, Snapshot};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Notify;
use zbus::Connection;

use crate::hosts::updated;
use crate::service::Service;
use crate::stage::{Findings, Lookup, Play, Registry, Request, Stage, locked};

/// A bus with the service on it.
pub(crate) struct Bus {
    _daemon: Child,
    address: String,
    connection: Connection,
    stage: Arc<Mutex<Stage>>,
    told: Arc<Notify>,
}

impl Bus {
    pub(crate) async fn start(snapshot: Snapshot, play: Play) -> Self {
        let (daemon, address) = daemon().await;
        let stage = Arc::new(Mutex::new(Stage {
            snapshot,
            play,
            after: updated(),
            running: false,
            requests: Vec::new(),
            registry: Registry::Refuses(Refusal::Network { detail: String::new() }),
            lookups: Vec::new(),
            findings: Findings::Refuses(Refusal::NotAuthorised { action: String::new() }),
            content: Findings::Refuses(Refusal::NotAuthorised { action: String::new() }),
            preflights: Vec::new(),
            catalogs: HostCatalogs::default(),
        }));
        let told = Arc::new(Notify::new());
        let service = Service { stage: stage.clone(), told: told.clone() };
        let builder = zbus::connection::Builder::address(address.as_str()).unwrap();
        let builder = builder.serve_at(OBJECT_PATH, service).unwrap().name(BUS_NAME).unwrap();
        let connection = builder.build().await.unwrap();
        Self { _daemon: daemon, address, connection, stage, told }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        locked(&self.stage).requests.clone()
    }

    pub(crate) fn lookups(&self) -> Vec<Lookup> {
        locked(&self.stage).lookups.clone()
    }

    /// Lets the registry answer this; until told otherwise it cannot be reached.
    pub(crate) fn registry(&self, registry: Registry) {
        locked(&self.stage).registry = registry;
    }

    pub(crate) fn preflights(&self) -> Vec<Lookup> {
        locked(&self.stage).preflights.clone()
    }

    /// Lets this be found before a switch; until told otherwise nobody may ask.
    pub(crate) fn findings(&self, findings: Findings) {
        locked(&self.stage).findings = findings;
    }

    /// Lets this be found of what is staged; until told otherwise nobody may ask.
    pub(crate) fn content(&self, findings: Findings) {
        locked(&self.stage).content = findings;
    }

    /// Lets vendors publish this; until told otherwise there is no catalog.
    pub(crate) fn catalogs(&self, catalogs: HostCatalogs) {
        locked(&self.stage).catalogs = catalogs;
    }

    /// Lets it do something else from now on.
    pub(crate) fn play(&self, play: Play) {
        locked(&self.stage).play = play;
    }

    /// Lets the host be like this once an operation has staged something.
    pub(crate) fn then(&self, snapshot: Snapshot) {
        locked(&self.stage).after = snapshot;
    }

    pub(crate) fn tell(&self) {
        self.told.notify_one();
    }

    /// Lets the host be in another state, and says so.
    pub(crate) async fn change(&self, snapshot: Snapshot) {
        locked(&self.stage).snapshot = snapshot;
        let service = self.connection.object_server().interface::<_, Service>(OBJECT_PATH).await.unwrap();
        service.get().await.snapshot_changed(service.signal_emitter()).await.unwrap();
    }
}

async fn daemon() -> (Child, String) {
    let mut daemon = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--nopidfile", "--print-address=1"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(daemon.stdout.take().unwrap()).lines();
    let address = lines.next_line().await.unwrap().expect("the address of the bus");
    (daemon, address)
}
