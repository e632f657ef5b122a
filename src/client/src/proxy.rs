// SPDX-License-Identifier: GPL-3.0-or-later
//! The bus interface as this client calls it. Documented in `data/dbus/io.github.isotope_desktop.Isotope1.xml`.
#![expect(missing_docs, reason = "documented in the introspection data of the service")]

use isotope_model::dictionary::Dictionary;
use zbus::zvariant::OwnedObjectPath;

#[zbus::proxy(
    interface = "io.github.isotope_desktop.Isotope1",
    default_service = "io.github.isotope_desktop.Isotope1",
    default_path = "/io/github/isotope_desktop/Isotope1",
    gen_blocking = false
)]
pub trait Service {
    fn get_snapshot(&self, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_details(&self, deployment: &str, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_package_changes(&self, deployment: &str, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_disk_usage(&self, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_configuration_changes(&self, deployment: &str, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_trust(&self, image: &str, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_catalogs(&self, options: Dictionary) -> zbus::Result<Dictionary>;

    fn get_picture(&self, entry: &str, options: Dictionary) -> zbus::Result<Vec<u8>>;

    fn get_history(&self, options: Dictionary) -> zbus::Result<Vec<Dictionary>>;

    fn watch(&self, options: Dictionary) -> zbus::Result<()>;

    #[zbus(property(emits_changed_signal = "const"))]
    fn interface_version(&self) -> zbus::Result<u32>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn snapshot(&self) -> zbus::Result<Dictionary>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn capabilities(&self) -> zbus::Result<Dictionary>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn current_operation(&self) -> zbus::Result<OwnedObjectPath>;
}

#[zbus::proxy(
    interface = "io.github.isotope_desktop.Isotope1.Operation",
    default_service = "io.github.isotope_desktop.Isotope1",
    gen_blocking = false
)]
pub trait OperationObject {
    #[zbus(allow_interactive_auth)]
    fn cancel(&self, options: Dictionary) -> zbus::Result<()>;

    #[zbus(property(emits_changed_signal = "false"))]
    fn status(&self) -> zbus::Result<Dictionary>;
}

#[zbus::proxy(
    interface = "io.github.isotope_desktop.Isotope1.Settings",
    default_service = "io.github.isotope_desktop.Isotope1",
    default_path = "/io/github/isotope_desktop/Isotope1",
    gen_blocking = false
)]
pub trait SettingsService {
    fn configure(&self, changes: Dictionary, options: Dictionary) -> zbus::Result<()>;
}
