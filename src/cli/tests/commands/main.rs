// SPDX-License-Identifier: GPL-3.0-or-later
//! The program as it is run: against a service on a bus of its own that does and refuses as each test says. What the
//! real service does is tested in the lab.

mod bus;
mod catalogs;
mod choosing;
mod containers;
mod ctrl_c;
mod deployments;
mod hosts;
mod images;
mod isotopectl;
mod login_manager;
mod on_a_terminal;
mod operation;
mod preflights;
mod reading;
mod readings;
mod restarting;
mod results;
mod rpm_ostree;
mod service;
mod session;
mod stage;
mod trials;
mod watching;
