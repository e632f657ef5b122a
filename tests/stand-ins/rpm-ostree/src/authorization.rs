// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether a caller may do what it asks for: root may, of others polkit knows.

use std::collections::HashMap;

use zbus::zvariant::Value;

use crate::daemon::Daemon;
use crate::failure::Failure;

const POLKIT: &str = "org.freedesktop.PolicyKit1";
const AUTHORITY: &str = "/org/freedesktop/PolicyKit1/Authority";
const INTERFACE: &str = "org.freedesktop.PolicyKit1.Authority";
/// The daemon always lets people be asked.
const ALLOW_INTERACTION: u32 = 1;

/// Of which object a method is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Object {
    Os,
    Sysroot,
}

/// Asks for each of these actions, without their common prefix.
pub(crate) async fn require(
    daemon: &Daemon,
    sender: &str,
    object: Object,
    method: &str,
    actions: &[&str],
) -> Result<(), Failure> {
    let caller = daemon.caller(sender).await.map_err(anyhow::Error::from)?;
    if caller.uid == 0 {
        return Ok(());
    }
    for action in actions {
        if !is_authorized(daemon, sender, action).await? {
            let object = match object {
                Object::Os => "OS",
                Object::Sysroot => "Sysroot",
            };
            return Err(Failure::denied(format!("rpmostreed {object} operation {method} not allowed for user")));
        }
    }
    Ok(())
}

async fn is_authorized(daemon: &Daemon, sender: &str, action: &str) -> Result<bool, Failure> {
    let subject = ("system-bus-name", HashMap::from([("name", Value::from(sender))]));
    let action = format!("org.projectatomic.rpmostree1.{action}");
    let body = (subject, action, HashMap::<String, String>::new(), ALLOW_INTERACTION, "");
    let asked = daemon.bus().call_method(Some(POLKIT), AUTHORITY, Some(INTERFACE), "CheckAuthorization", &body).await;
    let answer = asked.and_then(|reply| reply.body().deserialize::<(bool, bool, HashMap<String, String>)>());
    match answer {
        Ok((authorized, _, _)) => Ok(authorized),
        Err(zbus::Error::MethodError(name, text, _)) => {
            let text = format!("Authorization error: GDBus.Error:{name}: {}", text.unwrap_or_default());
            Err(Failure::new("org.freedesktop.DBus.Error.Failed", text))
        }
        Err(error) => Err(anyhow::Error::from(error).context("Authorization error").into()),
    }
}
