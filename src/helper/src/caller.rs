// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::Context as _;
use isotope_model::Starter;
use isotope_model::engine_protocol;
use zbus::Connection;
use zbus::message::{Flags, Header};
use zbus::names::{BusName, OwnedUniqueName};

/// Who sent a message, as the bus vouches for it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The unique bus name.
    pub(crate) name: OwnedUniqueName,
    /// The user behind it.
    pub(crate) uid: u32,
    /// It agreed to a password dialog.
    pub(crate) interactive: bool,
}

impl Caller {
    /// Reads it off a message.
    ///
    /// # Errors
    /// The caller is gone already.
    pub(crate) async fn of(header: &Header<'_>, connection: &Connection) -> anyhow::Result<Self> {
        let name = header.sender().context("a message without a sender")?.to_owned();
        let bus = zbus::fdo::DBusProxy::new(connection).await?;
        let uid = bus.get_connection_unix_user(BusName::from(name.clone())).await.context("the caller is gone")?;
        let interactive = header.primary().flags().contains(Flags::AllowInteractiveAuth);
        Ok(Self { name: name.into(), uid, interactive })
    }

    /// For the engine.
    pub(crate) fn for_engine(&self) -> engine_protocol::Caller {
        engine_protocol::Caller { bus_name: self.name.to_string(), interactive: self.interactive }
    }

    /// For those who watch.
    pub(crate) fn starter(&self) -> Starter {
        starter(self.uid, None)
    }

    /// Waits until the caller has left the bus.
    pub(crate) async fn gone(&self, connection: &Connection) {
        let _ = wait_until_gone(&self.name, connection).await;
    }
}

/// This user, who started something with this program.
pub(crate) fn starter(uid: u32, program: Option<String>) -> Starter {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::from_raw(uid)).ok().flatten();
    Starter { uid, user: user.map(|user| user.name), program }
}

/// Waits until a unique name has left the bus.
///
/// # Errors
/// The bus is gone.
async fn wait_until_gone(name: &OwnedUniqueName, connection: &Connection) -> zbus::Result<()> {
    use futures_util::StreamExt as _;
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let mut changes = bus.receive_name_owner_changed_with_args(&[(0, name.as_str())]).await?;
    if !bus.name_has_owner(BusName::from(name.as_ref())).await? {
        return Ok(());
    }
    while let Some(change) = changes.next().await {
        if change.args()?.new_owner().is_none() {
            return Ok(());
        }
    }
    Ok(())
}
