// SPDX-License-Identifier: GPL-3.0-or-later
//! How the computer stands to the network, and where that is set.

use relm4::Sender;
use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

use super::FirstBootInput;
use crate::view_model::first_boot::{Network, settings_app};

/// How it stands now; every change is told.
pub(super) fn watch(input: &Sender<FirstBootInput>) -> Network {
    let monitor = gio::NetworkMonitor::default();
    let (changed, connectivity) = (input.clone(), input.clone());
    monitor.connect_network_changed(move |monitor, _| changed.emit(FirstBootInput::NetworkChanged(seen(monitor))));
    monitor.connect_connectivity_notify(move |monitor| {
        connectivity.emit(FirstBootInput::NetworkChanged(seen(monitor)));
    });
    seen(&monitor)
}

fn seen(monitor: &gio::NetworkMonitor) -> Network {
    match monitor.connectivity() {
        _ if !monitor.is_network_available() => Network::Offline,
        gio::NetworkConnectivity::Portal => Network::SignIn,
        _ => Network::Online,
    }
}

/// What opens the settings of the network on the desktop that runs, where there is such a thing.
pub(super) fn settings() -> Option<gio::AppInfo> {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let installed = gio::AppInfo::all();
    let of = |file: &str| installed.iter().find(|app| app.id().is_some_and(|id| id == file)).cloned();
    settings_app(&desktop, |file| of(file).is_some()).and_then(of)
}
