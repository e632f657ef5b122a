// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether polkit will find a login session for this process.

use zbus::zvariant::{OwnedObjectPath, OwnedValue};

const SERVICE: &str = "org.freedesktop.login1";

/// This process belongs to a login session, or its user has one at a display or terminal. Not so for example under
/// `su` from a service, in a container, and where there is no login manager at all.
pub(crate) async fn exists(connection: &zbus::Connection) -> bool {
    own(connection).await.is_ok() || of_the_user(connection).await.unwrap_or(false)
}

async fn own(connection: &zbus::Connection) -> zbus::Result<()> {
    let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
    let process = (std::process::id(),);
    connection.call_method(Some(SERVICE), path, Some(interface), "GetSessionByPID", &process).await?;
    Ok(())
}

async fn of_the_user(connection: &zbus::Connection) -> zbus::Result<bool> {
    let (path, interface) = ("/org/freedesktop/login1/user/self", "org.freedesktop.DBus.Properties");
    let property = ("org.freedesktop.login1.User", "Display");
    let answer = connection.call_method(Some(SERVICE), path, Some(interface), "Get", &property).await?;
    let (name, _) = <(String, OwnedObjectPath)>::try_from(answer.body().deserialize::<OwnedValue>()?)?;
    Ok(!name.is_empty())
}
