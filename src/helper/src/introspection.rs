// SPDX-License-Identifier: GPL-3.0-or-later
//! The introspection data that packages ship is generated from this code, and must not drift from it.

use std::path::PathBuf;

use isotope_model::{OperationKind, OperationStatus, Progress, Starter};
use zbus::object_server::Interface;

use crate::operation_object::OperationObject;
use crate::service::Service;
use crate::settings_service::SettingsService;
use crate::state::State;

fn document(interface: &dyn Interface) -> String {
    let mut text = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- SPDX-License-Identifier: GPL-3.0-or-later -->\n\
         <!-- Generated from the helper's source; ISOTOPE_BLESS=1 build-aux/test introspection writes it anew. -->\n\
         <!DOCTYPE node PUBLIC \"-//freedesktop//DTD D-BUS Object Introspection 1.0//EN\"\n  \
         \"http://www.freedesktop.org/standards/dbus/1.0/introspect.dtd\">\n<node>\n",
    );
    interface.introspect_to_writer(&mut text, 2);
    text.push_str("</node>\n");
    text
}

fn assert_current(name: &str, interface: &dyn Interface) -> std::io::Result<()> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/dbus").join(name);
    let generated = document(interface);
    if std::env::var_os("ISOTOPE_BLESS").is_some() {
        std::fs::write(&path, &generated)?;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "{} is stale: ISOTOPE_BLESS=1 build-aux/test introspection", path.display());
    Ok(())
}

#[tokio::test]
async fn introspection_data_of_the_service_is_current() -> std::io::Result<()> {
    assert_current("io.github.isotope_desktop.Isotope1.xml", &Service::new(State::new()))
}

#[tokio::test]
async fn introspection_data_of_the_settings_is_current() -> std::io::Result<()> {
    assert_current("io.github.isotope_desktop.Isotope1.Settings.xml", &SettingsService::new(State::new()))
}

#[tokio::test]
async fn introspection_data_of_operations_is_current() -> std::io::Result<()> {
    let status = OperationStatus {
        kind: OperationKind::Check,
        starter: Starter { uid: 0, user: None, program: None },
        started: 0,
        title: None,
        progress: Progress::default(),
        outcome: None,
    };
    let object = OperationObject::new(State::new(), status, tokio::sync::mpsc::unbounded_channel().0);
    assert_current("io.github.isotope_desktop.Isotope1.Operation.xml", &object)
}
