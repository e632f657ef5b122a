// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

use super::super::{Network, StatusButton, StatusView};

/// What the step about the network shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetworkStep {
    /// All of it; the button opens the settings of the system.
    pub(crate) status: StatusView,
}

impl NetworkStep {
    /// What to say of this network, where the settings of the system can be opened or not.
    pub(crate) fn of(network: Network, can_open_settings: bool) -> Self {
        let (icon, title, description) = match network {
            Network::Online | Network::Metered => (
                "isotope-good-symbolic",
                gettext("Connected"),
                gettext("Other desktops and updates can be downloaded."),
            ),
            Network::SignIn => (
                "isotope-attention-symbolic",
                gettext("Sign-In Needed"),
                gettext(
                    "This network wants somebody to sign in on a web page first. Until then nothing can be downloaded.",
                ),
            ),
            Network::Offline => (
                "isotope-attention-symbolic",
                gettext("No Network"),
                gettext(
                    "Without a connection no other desktop can be downloaded now. Everything else goes on, and you can \
                     choose another desktop at any time later.",
                ),
            ),
        };
        let button = StatusButton { label: gettext("Network _Settings"), suggested: false, sensitive: true };
        let button = (!network.is_connected() && can_open_settings).then_some(button);
        Self { status: StatusView { icon: Some(icon), title, description, button } }
    }
}

/// Where desktops keep the settings of the network: part of the name of the desktop, and desktop files, the best one first.
const SETTINGS: [(&str, &[&str]); 6] = [
    ("GNOME", &["gnome-wifi-panel.desktop", "gnome-network-panel.desktop", "org.gnome.Settings.desktop"]),
    ("KDE", &["kcm_networkmanagement.desktop", "systemsettings.desktop"]),
    ("COSMIC", &["com.system76.CosmicSettings.Network.desktop", "com.system76.CosmicSettings.desktop"]),
    ("Budgie", &["budgie-wifi-panel.desktop", "budgie-network-panel.desktop", "gnome-wifi-panel.desktop"]),
    ("X-Cinnamon", &["cinnamon-settings-network.desktop"]),
    ("", &["nm-connection-editor.desktop", "connman-gtk.desktop"]),
];

/// Which of these installed desktop files opens the settings of the network on this desktop, as `XDG_CURRENT_DESKTOP` names
/// it. That of another desktop would not be this one's.
pub(crate) fn settings_app(current_desktop: &str, is_installed: impl Fn(&str) -> bool) -> Option<&'static str> {
    let runs = |desktop: &str| desktop.is_empty() || current_desktop.split(':').any(|name| name == desktop);
    let wanted = SETTINGS.iter().filter(|(desktop, _)| runs(desktop)).flat_map(|(_, files)| files.iter());
    wanted.copied().find(|file| is_installed(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_settings_of_the_desktop_that_runs_are_opened() {
        let everything = |_: &str| true;
        assert_eq!(settings_app("GNOME", everything), Some("gnome-wifi-panel.desktop"));
        assert_eq!(settings_app("ubuntu:GNOME", everything), Some("gnome-wifi-panel.desktop"));
        assert_eq!(settings_app("KDE", everything), Some("kcm_networkmanagement.desktop"));
        assert_eq!(settings_app("sway", everything), Some("nm-connection-editor.desktop"));
        let plain = |file: &str| file == "org.gnome.Settings.desktop";
        assert_eq!(settings_app("GNOME", plain), Some("org.gnome.Settings.desktop"));
        assert_eq!(settings_app("KDE", plain), None, "that of another desktop is none");
    }

    #[test]
    fn there_is_a_button_where_it_helps_and_works() {
        assert!(NetworkStep::of(Network::Offline, true).status.button.is_some());
        assert!(NetworkStep::of(Network::Offline, false).status.button.is_none());
        assert!(NetworkStep::of(Network::Online, true).status.button.is_none());
        assert!(NetworkStep::of(Network::Offline, true).status.description.contains("Everything else goes on"));
        assert_ne!(NetworkStep::of(Network::SignIn, true), NetworkStep::of(Network::Offline, true));
    }
}
