// SPDX-License-Identifier: GPL-3.0-or-later
//! The verbs of the command line that take much.

mod create;
mod publish;
mod rpm_ostree;

pub(crate) use self::create::Create;
pub(crate) use self::publish::Publish;
pub(crate) use self::rpm_ostree::{Driver, RpmOstree};

/// The value that has this name.
pub(crate) fn named<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(name.into())
}
