// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc does on hosts that follow container images and have an OSTree sysroot. It takes the sysroot's lock itself;
//! what came of it is read from the sysroot. All that pulls nothing is libostree's there as everywhere.

mod check;
mod pull;
mod run;
mod switch;
mod update;

pub(super) use check::check;
pub(super) use run::{End, Run};
pub(super) use switch::switch;
pub(super) use update::update;
