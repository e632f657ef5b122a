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
    fn reboot(&self, interactive: bool) -> zbus::Result<()>;
}

/// Asks the login manager to restart the computer.
///
/// # Errors
/// It is not there, or it refuses.
pub async fn restart(connection: &zbus::Connection) -> Result<(), ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    Ok(manager.reboot(true).await?)
}
