// SPDX-License-Identifier: GPL-3.0-or-later
//! Restarting is the login manager's business; a client asks it on the person's behalf.

use crate::ClientError;

/// `org.freedesktop.login1(5)`.
#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait LoginManager {
    #[zbus(allow_interactive_auth)]
    fn reboot_with_flags(&self, flags: u64) -> zbus::Result<()>;

    #[zbus(allow_interactive_auth)]
    fn reboot(&self, interactive: bool) -> zbus::Result<()>;
}

/// Restart the hardware only where no root for a soft restart is prepared: `SD_LOGIND_SOFT_REBOOT_IF_NEXTROOT_SET_UP`,
/// from systemd 255 on.
const SOFT_IF_PREPARED: u64 = 1 << 3;

/// What a login manager answers that does not know the method, or the flag.
const TOO_OLD: [&str; 2] = ["org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.InvalidArgs"];

/// Asks the login manager to restart the computer, without its hardware where that was prepared.
///
/// # Errors
/// It is not there, or it refuses.
pub async fn restart(connection: &zbus::Connection) -> Result<(), ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    match manager.reboot_with_flags(SOFT_IF_PREPARED).await {
        Err(zbus::Error::MethodError(name, ..)) if TOO_OLD.contains(&name.as_str()) => Ok(manager.reboot(true).await?),
        asked => Ok(asked?),
    }
}
