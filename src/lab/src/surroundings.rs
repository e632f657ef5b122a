// SPDX-License-Identifier: GPL-3.0-or-later
//! What the machine finds around it: its network, its power, and who else is logged in.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::services::SurroundingsControlProxy;

/// What the machine's services are told when they start.
const VARIABLE: &str = "ISOTOPE_LAB_SURROUNDINGS";

/// What the machine's NetworkManager says; what the lab publishes can be reached all the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Network {
    /// There is one, and it costs nothing.
    #[default]
    Online,
    /// There is none.
    Offline,
    /// There is one that costs by what is transferred.
    Metered,
}

/// What the machine's UPower says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PowerSupply {
    /// It is plugged in.
    #[default]
    Mains,
    /// It is not.
    Battery,
}

/// Somebody's session on the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct LoggedIn {
    pub(crate) user: String,
    pub(crate) seat: Option<String>,
    pub(crate) class: String,
}

/// What stays so until it is changed, also over restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub(crate) struct Surroundings {
    pub(crate) network: Network,
    pub(crate) power: PowerSupply,
}

impl Surroundings {
    /// What the process is told that starts the machine's services.
    pub(crate) fn variable(self) -> Result<(&'static str, String)> {
        Ok((VARIABLE, serde_json::to_string(&self)?))
    }

    /// The same, as that process hears it.
    pub(crate) fn told_to_services() -> Self {
        std::env::var(VARIABLE).ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Tells the services of a machine that runs, by its /run.
    pub(crate) async fn tell(self, run: &Path) -> Result<()> {
        let text = serde_json::to_string(&self)?;
        Ok(control(run).await?.change(&text).await?)
    }
}

impl LoggedIn {
    /// Lets them be logged in on a machine that runs, by its /run.
    pub(crate) async fn tell(&self, run: &Path) -> Result<String> {
        let seat = self.seat.as_deref().unwrap_or_default();
        Ok(control(run).await?.log_in(&self.user, seat, &self.class).await?)
    }
}

async fn control(run: &Path) -> Result<SurroundingsControlProxy<'static>> {
    let address = format!("unix:path={}", run.join("dbus/system_bus_socket").display());
    let bus = zbus::connection::Builder::address(address.as_str())?.build().await.context("the bus does not answer")?;
    Ok(SurroundingsControlProxy::new(&bus).await?)
}
