// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether polkit lets somebody end the system.

use std::collections::HashMap;

use zbus::message::Header;
use zbus::names::UniqueName;
use zbus::zvariant::Value;

use super::error::LoginError;

const NO_INTERACTION: u32 = 0;

/// Who asks: user and process.
pub(super) async fn caller(connection: &zbus::Connection, header: &Header<'_>) -> zbus::fdo::Result<(u32, u32)> {
    let Some(sender) = header.sender() else { return Ok((0, 0)) };
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let known = bus.get_connection_credentials(sender.to_owned().into()).await?;
    Ok((known.unix_user_id().unwrap_or(u32::MAX), known.process_id().unwrap_or(0)))
}

/// Refuses what polkit refuses. Nobody has a session of which polkit knows, though the lab's people sit at the computer:
/// what polkit would let somebody do who has a password is let pass.
pub(super) async fn require(
    connection: &zbus::Connection,
    sender: &UniqueName<'_>,
    action: &str,
) -> Result<(), LoginError> {
    let authority = zbus::Proxy::new(
        connection,
        "org.freedesktop.PolicyKit1",
        "/org/freedesktop/PolicyKit1/Authority",
        "org.freedesktop.PolicyKit1.Authority",
    )
    .await?;
    let subject = ("system-bus-name", HashMap::from([("name", Value::from(sender.as_str()))]));
    let details = HashMap::<&str, &str>::new();
    let (is_allowed, is_challenged, _): (bool, bool, HashMap<String, String>) =
        authority.call("CheckAuthorization", &(subject, action, details, NO_INTERACTION, "")).await?;
    if is_allowed || is_challenged {
        return Ok(());
    }
    Err(LoginError::AccessDenied("Permission denied".to_owned()))
}
