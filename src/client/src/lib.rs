// SPDX-License-Identifier: GPL-3.0-or-later
//! Typed access to the Isotope service; what the app and the command line share.
//!
//! [`Client`] asks for things to be done, [`Operation`] follows one that runs, and [`watch`] keeps telling how the
//! host stands, through restarts of the service, of the bus, and of the computer in the lab.

mod client;
mod error;
pub mod login;
mod operation;
pub mod proxy;
mod service_state;
mod watch;
pub mod wording;

pub use client::{Client, DiscardOptions, KeepOptions, RollBackOptions, SwitchOptions, UpdateOptions};
pub use error::ClientError;
pub use login::restart;
pub use operation::Operation;
pub use service_state::ServiceState;
pub use watch::{Event, watch};
