// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether the computer has a network, and whether that costs by what is transferred.

use std::rc::Rc;

use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

use crate::view_model::Network;

/// Looks on as long as it is kept.
#[derive(Debug)]
pub(crate) struct NetworkWatch {
    monitor: gio::NetworkMonitor,
    handlers: Vec<gio::glib::SignalHandlerId>,
}

impl NetworkWatch {
    /// Tells of every change from now on.
    pub(crate) fn new(changed: impl Fn(Network) + 'static) -> Self {
        let monitor = gio::NetworkMonitor::default();
        let changed = Rc::new(move |monitor: &gio::NetworkMonitor| changed(network(monitor)));
        let (on_metered, on_connectivity) = (Rc::clone(&changed), Rc::clone(&changed));
        let handlers = vec![
            monitor.connect_network_changed(move |monitor, _| changed(monitor)),
            monitor.connect_network_metered_notify(move |monitor| on_metered(monitor)),
            monitor.connect_connectivity_notify(move |monitor| on_connectivity(monitor)),
        ];
        Self { monitor, handlers }
    }

    /// How it is now.
    pub(crate) fn now(&self) -> Network {
        network(&self.monitor)
    }
}

impl Drop for NetworkWatch {
    fn drop(&mut self) {
        for handler in self.handlers.drain(..) {
            self.monitor.disconnect(handler);
        }
    }
}

fn network(monitor: &gio::NetworkMonitor) -> Network {
    match monitor.connectivity() {
        _ if !monitor.is_network_available() => Network::Offline,
        gio::NetworkConnectivity::Portal => Network::SignIn,
        _ if monitor.is_network_metered() => Network::Metered,
        _ => Network::Online,
    }
}
