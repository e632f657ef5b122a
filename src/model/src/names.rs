// SPDX-License-Identifier: GPL-3.0-or-later
//! The identifiers of Isotope on a host: bus name, object paths, polkit actions, sockets.

/// The well-known name on the system bus.
pub const BUS_NAME: &str = "io.github.isotope_desktop.Isotope1";
/// The path of the one service object.
pub const OBJECT_PATH: &str = "/io/github/isotope_desktop/Isotope1";
/// The interface of the service object.
pub const INTERFACE: &str = "io.github.isotope_desktop.Isotope1";
/// The interface of an operation object.
pub const OPERATION_INTERFACE: &str = "io.github.isotope_desktop.Isotope1.Operation";
/// The interface that sets the computer.
pub const SETTINGS_INTERFACE: &str = "io.github.isotope_desktop.Isotope1.Settings";
/// What every error name of the interface begins with.
pub const ERROR_PREFIX: &str = "io.github.isotope_desktop.Isotope1.Error.";
/// What every polkit action begins with.
pub const ACTION_PREFIX: &str = "io.github.isotope_desktop.isotope.";
/// The version of the bus interface that this code speaks; it grows when members are added.
pub const INTERFACE_VERSION: u32 = 1;
/// Where the engine listens; only the helper's user may connect.
pub const ENGINE_SOCKET: &str = "/run/isotope/engine.sock";
/// Where the lookup listens; only the helper's user may connect.
pub const LOOKUP_SOCKET: &str = "/run/isotope/lookup.sock";
/// The user that the helper runs as.
pub const HELPER_USER: &str = match option_env!("ISOTOPE_HELPER_USER") {
    Some(user) => user,
    None => "isotope",
};
/// The gettext domain of every translated text.
pub const GETTEXT_DOMAIN: &str = "isotope";
/// The application id of the app.
pub const APPLICATION_ID: &str = match option_env!("ISOTOPE_APPLICATION_ID") {
    Some(id) => id,
    None => "io.github.isotope_desktop.Isotope",
};
