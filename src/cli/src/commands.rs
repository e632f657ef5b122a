// SPDX-License-Identifier: GPL-3.0-or-later
//! One file for each command; what they have in common stands beside this one.

pub(crate) mod check;
pub(crate) mod rollback;
pub(crate) mod status;
pub(crate) mod update;
pub(crate) mod watch;
