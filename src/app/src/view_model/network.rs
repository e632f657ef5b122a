// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{AutomaticMode, Snapshot};

use super::manager::Manager;

/// How the computer is connected. It forbids nothing: an image may also lie on this computer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Network {
    /// As usual.
    #[default]
    Online,
    /// What is transferred costs.
    Metered,
    /// There is a network, but somebody has to sign in on a page of it first.
    SignIn,
    /// Not at all.
    Offline,
}

impl Network {
    /// Whether anything can be downloaded.
    pub(crate) fn is_connected(self) -> bool {
        matches!(self, Self::Online | Self::Metered)
    }

    /// What to say above the page for as long as it is so. What Isotope does not do by itself is not paused.
    pub(crate) fn banner(self, snapshot: &Snapshot) -> Option<String> {
        let settings = &snapshot.settings;
        let pauses = !settings.on_metered && Manager::of(&snapshot.host).is_none();
        match (self, settings.automatic) {
            (Self::Offline, _) => Some(gettext("No network connection")),
            (Self::SignIn, _) => Some(gettext("This network wants somebody to sign in on a web page first")),
            (Self::Metered, AutomaticMode::Check) if pauses => {
                Some(gettext("Metered network: automatic checks are paused"))
            }
            (Self::Metered, AutomaticMode::Download) if pauses => {
                Some(gettext("Metered network: automatic updates are paused"))
            }
            (Self::Online | Self::Metered, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticUpdater, AutomaticUpdates, Host, Settings};

    use super::*;

    #[test]
    fn what_lasts_is_said_and_what_is_paused_only_where_something_would_be_done() {
        let set = |automatic, on_metered| Settings { automatic, on_metered, ..Settings::default() };
        let banner = |network: Network, settings| {
            network.banner(&Snapshot { settings, ..Snapshot::default() }).unwrap_or_default()
        };
        use AutomaticMode::{Check, Download, Off};
        assert_eq!(banner(Network::Offline, set(Off, false)), "No network connection");
        assert!(banner(Network::SignIn, set(Off, false)).contains("sign in"));
        assert_eq!(banner(Network::Metered, set(Check, false)), "Metered network: automatic checks are paused");
        assert_eq!(banner(Network::Metered, set(Download, false)), "Metered network: automatic updates are paused");
        assert_eq!(banner(Network::Metered, set(Download, true)), "");
        assert_eq!(banner(Network::Metered, set(Off, false)), "");
        assert_eq!(banner(Network::Online, set(Download, false)), "");
    }

    #[test]
    fn nothing_is_paused_where_somebody_else_acts() {
        let beside = |does| {
            let updater = AutomaticUpdater { name: "uupd".into(), unit: "uupd.timer".into(), does };
            let host = Host { automatic_updaters: vec![updater], ..Host::default() };
            Network::Metered.banner(&Snapshot { host, ..Snapshot::default() })
        };
        assert!(beside(AutomaticUpdates::Stage).is_none() && beside(AutomaticUpdates::Check).is_some());
    }
}
