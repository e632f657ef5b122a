// SPDX-License-Identifier: GPL-3.0-or-later
//! What can be held against the recordings without a machine.

mod introspection;
mod transactions;

use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::UnixStream;
use zbus::connection::Builder;
use zbus::{Connection, Guid};

use crate::configuration::Configuration;
use crate::daemon::Daemon;
use crate::snapshot::Snapshot;

/// A recording of the real one.
fn recording(name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../recordings/rpm-ostree-2026.2").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// A daemon on a bus where one listens, and that one's end of it.
async fn daemon() -> (Arc<Daemon>, Connection) {
    let (one, other) = UnixStream::pair().unwrap();
    let server = Builder::unix_stream(one).server(Guid::generate()).unwrap().p2p();
    let client = Builder::unix_stream(other).p2p();
    let (bus, listener) = tokio::join!(server.build(), client.build());
    let daemon = Daemon::new(bus.unwrap(), Snapshot::default(), Configuration::default());
    (Arc::new(daemon), listener.unwrap())
}
