// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for UPower: says of the power supply what a test says.

use anyhow::Result;
use zbus::Connection;

use crate::surroundings::PowerSupply;

const PATH: &str = "/org/freedesktop/UPower";
const NAME: &str = "org.freedesktop.UPower";

/// Puts it on the bus.
pub(super) async fn serve(connection: &Connection, supply: PowerSupply) -> Result<()> {
    connection.object_server().at(PATH, UPower { supply }).await?;
    Ok(connection.request_name(NAME).await?)
}

/// Lets the machine be supplied so from now on.
pub(super) async fn change(connection: &Connection, supply: PowerSupply) -> zbus::Result<()> {
    let power = connection.object_server().interface::<_, UPower>(PATH).await?;
    let emitter = power.signal_emitter();
    let mut power = power.get_mut().await;
    power.supply = supply;
    power.on_battery_changed(emitter).await
}

#[derive(Debug)]
struct UPower {
    supply: PowerSupply,
}

#[zbus::interface(name = "org.freedesktop.UPower")]
impl UPower {
    #[zbus(property)]
    fn on_battery(&self) -> bool {
        self.supply == PowerSupply::Battery
    }

    #[zbus(property)]
    fn lid_is_present(&self) -> bool {
        false
    }

    #[zbus(property)]
    fn daemon_version(&self) -> &str {
        "1.90.9"
    }
}
