// SPDX-License-Identifier: GPL-3.0-or-later
//! End-to-end tests: the real helper and engine on a real sysroot, over a real bus, with the real polkit.

#[macro_use]
mod on_every_backend;

mod authority;
mod automatic;
mod bad_input;
mod bootc;
mod catalogs;
mod command_line;
mod deployments;
mod engine_socket;
mod first_boot;
mod history;
mod holding_back;
mod interface;
mod kills;
mod method_table;
mod preflight;
mod refusals;
mod restarting;
mod rollback;
mod rpm_ostree;
mod settings;
mod switch;
mod trial;
mod update;
mod watching;
