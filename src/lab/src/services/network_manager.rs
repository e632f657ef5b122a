// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for NetworkManager: says of the network what a test says.

use anyhow::Result;
use zbus::Connection;

use crate::surroundings::Network;

const PATH: &str = "/org/freedesktop/NetworkManager";
const NAME: &str = "org.freedesktop.NetworkManager";

/// Puts it on the bus.
pub(super) async fn serve(connection: &Connection, network: Network) -> Result<()> {
    connection.object_server().at(PATH, NetworkManager { network }).await?;
    Ok(connection.request_name(NAME).await?)
}

/// Lets the network be so from now on.
pub(super) async fn change(connection: &Connection, network: Network) -> zbus::Result<()> {
    let manager = connection.object_server().interface::<_, NetworkManager>(PATH).await?;
    let emitter = manager.signal_emitter();
    let mut manager = manager.get_mut().await;
    manager.network = network;
    manager.state_changed(emitter).await?;
    manager.connectivity_changed(emitter).await?;
    manager.metered_changed(emitter).await?;
    NetworkManager::emit_state_changed(emitter, manager.state()).await
}

#[derive(Debug)]
struct NetworkManager {
    network: Network,
}

/// The numbers of `NMState`, `NMConnectivityState` and `NMMetered`.
#[zbus::interface(name = "org.freedesktop.NetworkManager")]
impl NetworkManager {
    #[zbus(signal, name = "StateChanged")]
    async fn emit_state_changed(emitter: &zbus::object_server::SignalEmitter<'_>, state: u32) -> zbus::Result<()>;

    #[zbus(property)]
    fn state(&self) -> u32 {
        match self.network {
            Network::Online | Network::Metered => 70,
            Network::Offline => 20,
        }
    }

    #[zbus(property)]
    fn connectivity(&self) -> u32 {
        match self.network {
            Network::Online | Network::Metered => 4,
            Network::Offline => 1,
        }
    }

    #[zbus(property)]
    fn metered(&self) -> u32 {
        match self.network {
            Network::Metered => 1,
            Network::Online => 4,
            Network::Offline => 0,
        }
    }

    #[zbus(property)]
    fn networking_enabled(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn version(&self) -> &str {
        "1.52.0"
    }
}
