// SPDX-License-Identifier: GPL-3.0-or-later
//! End-to-end tests: the real helper and engine on a real sysroot, over a real bus, with the real polkit.

mod authority;
mod command_line;
mod engine_socket;
mod interface;
mod kills;
mod refusals;
mod rollback;
mod update;
mod watching;
