// SPDX-License-Identifier: GPL-3.0-or-later
//! Keeps the computer from sleeping or shutting down at a bad moment. Source: `org.freedesktop.login1(5)`.

use zbus::zvariant::OwnedFd;

#[zbus::proxy(
    interface = "org.freedesktop.login1.Manager",
    default_service = "org.freedesktop.login1",
    default_path = "/org/freedesktop/login1",
    gen_blocking = false
)]
trait LoginManager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::Result<OwnedFd>;
}

/// Ends when dropped.
#[derive(Debug)]
pub(crate) struct Inhibitor {
    _descriptor: OwnedFd,
}

/// What is kept from happening.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Against {
    /// Sleep, while something is downloaded.
    Sleep,
    /// Sleep and shutdown, while deployments or the boot order are written.
    Shutdown,
}

/// Asks the login manager. A host without one works all the same.
pub(crate) async fn inhibit(bus: &zbus::Connection, against: Against) -> Option<Inhibitor> {
    let (what, why) = match against {
        Against::Sleep => ("sleep", "A system update is being downloaded"),
        Against::Shutdown => ("sleep:shutdown", "The system is being changed"),
    };
    let manager = LoginManagerProxy::new(bus).await.ok()?;
    match manager.inhibit(what, "Isotope", why, "block").await {
        Ok(descriptor) => Some(Inhibitor { _descriptor: descriptor }),
        Err(error) => {
            tracing::warn!("no inhibitor against {what}: {error}");
            None
        }
    }
}
