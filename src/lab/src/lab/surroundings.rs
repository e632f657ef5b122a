// SPDX-License-Identifier: GPL-3.0-or-later
//! What the machine finds around it.

use anyhow::Result;

use super::Lab;
use crate::control::Order;
use crate::surroundings::{LoggedIn, Network, PowerSupply};

impl Lab {
    /// Lets the machine's NetworkManager say this of the network, from now on and after restarts. What the lab publishes
    /// can be reached all the same: for that there is [`Lab::set_remote`].
    ///
    /// # Errors
    /// The supervisor or the machine's bus does not answer.
    pub fn set_network(&self, network: Network) -> Result<()> {
        self.order(&Order::Network { network })
    }

    /// Lets the machine's UPower say this of its power, from now on and after restarts.
    ///
    /// # Errors
    /// As with [`Lab::set_network`].
    pub fn set_power_supply(&self, power: PowerSupply) -> Result<()> {
        self.order(&Order::PowerSupply { power })
    }

    /// Lets one of the machine's users be logged in until it is switched off: at a seat, or from elsewhere. The user
    /// `person` is so from the beginning, at `seat0`.
    ///
    /// # Errors
    /// The machine is off, there is no such user, or the bus does not answer.
    pub fn add_session(&self, user: &str, seat: Option<&str>) -> Result<()> {
        let (user, seat) = (user.to_owned(), seat.map(str::to_owned));
        self.order(&Order::LogIn { session: LoggedIn { user, seat, class: "user".to_owned() } })
    }
}
