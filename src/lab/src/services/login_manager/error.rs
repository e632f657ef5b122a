// SPDX-License-Identifier: GPL-3.0-or-later

/// What it answers instead of doing something, by the names that the real one has for that.
#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop")]
pub(super) enum LoginError {
    #[zbus(error)]
    ZBus(zbus::Error),
    #[zbus(name = "login1.BlockedByInhibitorLock")]
    BlockedByInhibitorLock(String),
    #[zbus(name = "DBus.Error.InvalidArgs")]
    InvalidArgs(String),
    #[zbus(name = "DBus.Error.AccessDenied")]
    AccessDenied(String),
}
