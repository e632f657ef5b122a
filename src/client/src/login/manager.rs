// SPDX-License-Identifier: GPL-3.0-or-later
use serde::Serialize;
use zbus::proxy::MethodFlags;
use zbus::zvariant::{DynamicDeserialize, DynamicType, OwnedObjectPath};

/// What, who, why, mode, user, process.
pub(super) type InhibitorRow = (String, String, String, String, u32, u32);
/// Id, user's number, user's name, seat, object.
pub(super) type SessionRow = (String, u32, String, String, OwnedObjectPath);

/// `org.freedesktop.login1(5)`: what can be read. What changes something goes through [`LoginManagerProxy::ask`].
#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
pub(super) trait LoginManager {
    fn list_inhibitors(&self) -> zbus::Result<Vec<InhibitorRow>>;

    fn list_sessions(&self) -> zbus::Result<Vec<SessionRow>>;

    // The change is told by systemd 256 and later only: what an older one says must not be remembered.
    #[zbus(property(emits_changed_signal = "false"))]
    fn scheduled_shutdown(&self) -> zbus::Result<(String, u64)>;
}

impl LoginManagerProxy<'_> {
    /// Asks for something that takes authority. The person is asked for a password only where that is wanted.
    pub(super) async fn ask<B, R>(&self, method: &str, body: &B, interactive: bool) -> zbus::Result<R>
    where
        B: Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        let flags = if interactive { MethodFlags::AllowInteractiveAuth.into() } else { Default::default() };
        let answer = self.inner().call_with_flags(method, flags, body).await?;
        answer.ok_or_else(|| zbus::Error::Failure("no reply".into()))
    }
}

#[zbus::proxy(
    interface = "org.freedesktop.login1.Session",
    default_service = "org.freedesktop.login1",
    gen_blocking = false
)]
pub(super) trait LoginSession {
    #[zbus(property(emits_changed_signal = "const"))]
    fn class(&self) -> zbus::Result<String>;
}
