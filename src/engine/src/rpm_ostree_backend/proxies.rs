// SPDX-License-Identifier: GPL-3.0-or-later
//! The interfaces of rpm-ostree's daemon, as far as they are called. Properties are always asked for: a copy of them would
//! be kept up to date by signals that can come late.

use std::collections::HashMap;

use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

use super::package_changes::Row;

/// The name of the daemon on the system bus.
pub(crate) const NAME: &str = "org.projectatomic.rpmostree1";
/// Its object that stands for the whole computer, and the interface of that.
pub(crate) const SYSROOT_PATH: &str = "/org/projectatomic/rpmostree1/Sysroot";
pub(crate) const SYSROOT_INTERFACE: &str = "org.projectatomic.rpmostree1.Sysroot";
/// The interface of a transaction, on its private socket.
pub(crate) const TRANSACTION_INTERFACE: &str = "org.projectatomic.rpmostree1.Transaction";

/// Named values, as most methods take them.
pub(crate) type Options<'a> = HashMap<&'a str, Value<'a>>;

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.Sysroot",
    default_service = "org.projectatomic.rpmostree1",
    default_path = "/org/projectatomic/rpmostree1/Sysroot",
    gen_blocking = false
)]
pub(crate) trait Sysroot {
    fn register_client(&self, options: &Options<'_>) -> zbus::Result<()>;

    fn reload(&self) -> zbus::Result<()>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn booted(&self) -> zbus::Result<OwnedObjectPath>;
}

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.OS",
    default_service = "org.projectatomic.rpmostree1",
    gen_blocking = false
)]
pub(crate) trait Os {
    fn automatic_update_trigger(&self, options: &Options<'_>) -> zbus::Result<(bool, String)>;

    fn upgrade(&self, options: &Options<'_>) -> zbus::Result<String>;

    fn update_deployment(&self, modifiers: &Options<'_>, options: &Options<'_>) -> zbus::Result<String>;

    fn deploy(&self, revision: &str, options: &Options<'_>) -> zbus::Result<String>;

    fn cleanup(&self, elements: &[&str]) -> zbus::Result<String>;

    fn get_deployments_rpm_diff(&self, from: &str, to: &str) -> zbus::Result<Vec<Row>>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn cached_update(&self) -> zbus::Result<HashMap<String, OwnedValue>>;
}

#[zbus::proxy(
    interface = "org.projectatomic.rpmostree1.Transaction",
    default_service = "org.projectatomic.rpmostree1",
    default_path = "/",
    gen_blocking = false
)]
pub(crate) trait Transaction {
    fn start(&self) -> zbus::Result<bool>;

    fn cancel(&self) -> zbus::Result<()>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn title(&self) -> zbus::Result<String>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn initiating_client_description(&self) -> zbus::Result<String>;
}
