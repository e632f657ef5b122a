// SPDX-License-Identifier: GPL-3.0-or-later
//! What of the stand-ins on the bus the lab's supervisor changes while the machine runs. Only root may ask.

use anyhow::{Context, Result};
use zbus::Connection;

use super::{login_manager, network_manager, power};
use crate::surroundings::Surroundings;

const PATH: &str = "/io/github/isotope_desktop/IsotopeLab1";
const NAME: &str = "io.github.isotope_desktop.IsotopeLab1";

/// All stand-ins, on a bus where they are the only ones of their names.
pub(super) async fn start(socket: &str) -> Result<Connection> {
    let surroundings = Surroundings::told_to_services();
    let address = format!("unix:path={socket}");
    let connection = zbus::connection::Builder::address(address.as_str())?.build().await?;
    login_manager::serve(&connection).await.context("the login manager's stand-in cannot get on the bus")?;
    network_manager::serve(&connection, surroundings.network).await.context("NetworkManager's stand-in")?;
    power::serve(&connection, surroundings.power).await.context("UPower's stand-in")?;
    connection.object_server().at(PATH, Control).await?;
    connection.request_name(NAME).await?;
    Ok(connection)
}

#[derive(Debug)]
struct Control;

fn failed(error: impl std::fmt::Display) -> zbus::fdo::Error {
    zbus::fdo::Error::Failed(format!("{error:#}"))
}

#[zbus::interface(name = "io.github.isotope_desktop.IsotopeLab1")]
impl Control {
    /// How they are from now on, as JSON.
    async fn change(&self, #[zbus(connection)] connection: &Connection, surroundings: &str) -> zbus::fdo::Result<()> {
        let surroundings = serde_json::from_str::<Surroundings>(surroundings).map_err(failed)?;
        network_manager::change(connection, surroundings.network).await.map_err(failed)?;
        power::change(connection, surroundings.power).await.map_err(failed)
    }

    /// Somebody logs in: at a seat, or from elsewhere where that is empty.
    async fn log_in(
        &self,
        #[zbus(connection)] connection: &Connection,
        user: &str,
        seat: &str,
        class: &str,
    ) -> zbus::fdo::Result<String> {
        login_manager::add_session(connection, user, seat, class).await.map_err(failed)
    }
}

/// The control, as the supervisor calls it.
#[zbus::proxy(
    interface = "io.github.isotope_desktop.IsotopeLab1",
    default_service = "io.github.isotope_desktop.IsotopeLab1",
    default_path = "/io/github/isotope_desktop/IsotopeLab1",
    gen_blocking = false
)]
pub(crate) trait SurroundingsControl {
    fn change(&self, surroundings: &str) -> zbus::Result<()>;

    fn log_in(&self, user: &str, seat: &str, class: &str) -> zbus::Result<String>;
}
