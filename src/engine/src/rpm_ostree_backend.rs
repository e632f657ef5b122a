// SPDX-License-Identifier: GPL-3.0-or-later
//! rpm-ostree as the one that pulls and stages: on hosts where it has layered packages, or that follow an image which
//! nothing else pulls. Its daemon is asked for what only it can do, and what came of it the sysroot tells.

pub(crate) mod activity;
pub(crate) mod automatic_updates;
pub(crate) mod base_commit;
pub(crate) mod cached_update;
pub(crate) mod daemon;
pub(crate) mod driver;
pub(crate) mod errors;
pub(crate) mod events;
pub(crate) mod follow;
pub(crate) mod foreign;
pub(crate) mod in_sight;
pub(crate) mod layered;
pub(crate) mod package_changes;
pub(crate) mod peer;
pub(crate) mod progress;
pub(crate) mod proxies;
#[cfg(test)]
mod recordings;
pub(crate) mod transaction;
pub(crate) mod unlocked;
mod values;
