// SPDX-License-Identifier: GPL-3.0-or-later
//! What the daemon is busy with, asked so that it is not started for the question.

use std::time::Duration;

use isotope_model::Refusal;
use tokio::time::{Instant, sleep, timeout};
use zbus::proxy::{Builder, CacheProperties, MethodFlags};
use zbus::zvariant::OwnedValue;
use zbus::{Connection, Proxy};

use super::in_sight::InSight;
use super::proxies::{NAME, SYSROOT_INTERFACE, SYSROOT_PATH};

/// A daemon that runs answers such a question at once.
const ANSWER: Duration = Duration::from_secs(2);
/// Nobody waits longer for what need not be done.
const SHORTLY: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(100);
/// Others that follow a transaction as well have closed it by then.
pub(crate) const CLOSED: Duration = Duration::from_secs(5);
/// Until then the daemon waits for them. Source: `rpmostreed-transaction.cxx`.
pub(crate) const FORCED: Duration = Duration::from_secs(35);

/// What the daemon does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Activity {
    /// Nothing, or it does not run.
    Idle,
    /// This.
    Active(Active),
    /// It does not say.
    Unknown,
}

/// The transaction that is active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Active {
    /// The method that has begun it.
    pub(crate) method: String,
    /// Who has called that: a name on the bus that nobody else ever has.
    pub(crate) sender: String,
    /// Where it can be joined.
    pub(crate) address: String,
}

/// Asks for it.
pub(crate) async fn read(bus: &Connection) -> Activity {
    match timeout(ANSWER, ask(bus)).await {
        Ok(Ok(Some(active))) => Activity::Active(active),
        Ok(Ok(None)) => Activity::Idle,
        Ok(Err(zbus::Error::MethodError(name, ..))) if is_absence(name.as_str()) => Activity::Idle,
        Ok(Err(error)) => {
            tracing::debug!("what rpm-ostree does: {error}");
            Activity::Unknown
        }
        Err(_) => Activity::Unknown,
    }
}

async fn ask(bus: &Connection) -> zbus::Result<Option<Active>> {
    let properties = sysroot(bus, "org.freedesktop.DBus.Properties").await?;
    let get = async |name: &str| -> zbus::Result<OwnedValue> {
        let property = (SYSROOT_INTERFACE, name);
        let value = properties.call_with_flags("Get", MethodFlags::NoAutoStart.into(), &property).await?;
        value.ok_or(zbus::Error::InvalidReply)
    };
    let (method, sender, _object): (String, String, String) = get("ActiveTransaction").await?.try_into()?;
    let address = String::try_from(get("ActiveTransactionPath").await?)?;
    Ok((!method.is_empty() && !address.is_empty()).then_some(Active { method, sender, address }))
}

async fn sysroot(bus: &Connection, interface: &'static str) -> zbus::Result<Proxy<'static>> {
    let proxy = Builder::new(bus).destination(NAME)?.path(SYSROOT_PATH)?.interface(interface)?;
    proxy.cache_properties(CacheProperties::No).build().await
}

fn is_absence(error: &str) -> bool {
    ["org.freedesktop.DBus.Error.ServiceUnknown", "org.freedesktop.DBus.Error.NameHasNoOwner"].contains(&error)
}

/// Waits until what has ended is closed, but no longer than so: until then the daemon begins nothing else, and does not tell
/// what a check has found.
pub(crate) async fn until_closed(bus: &Connection, patience: Duration) {
    if !is_over(bus, patience, |_| true).await {
        tracing::warn!("somebody keeps rpm-ostree from closing what has ended");
    }
}

/// Waits, but not for long, until nothing is active any more that this sender has called for and nobody has begun: the
/// daemon lets go of that, and of the sysroot's lock, once the sender has left the bus.
pub(crate) async fn until_let_go(bus: &Connection, sender: &str) {
    if !is_over(bus, CLOSED, |active| active.sender == sender).await {
        tracing::warn!("rpm-ostree does not let go of what nobody has begun");
    }
}

async fn is_over(bus: &Connection, patience: Duration, is_it: impl Fn(&Active) -> bool) -> bool {
    let began = Instant::now();
    while let Activity::Active(active) = read(bus).await
        && is_it(&active)
    {
        if began.elapsed() > patience {
            return false;
        }
        sleep(PAUSE).await;
    }
    true
}

/// Waits in sight until the daemon does nothing any more, however long that takes.
///
/// # Errors
/// [`Refusal::Cancelled`].
pub(crate) async fn until_idle(bus: &Connection, in_sight: &InSight<'_>, waits_for: &str) -> Result<(), Refusal> {
    loop {
        in_sight.pause(waits_for, PAUSE * 3).await?;
        if read(bus).await == Activity::Idle {
            return Ok(());
        }
    }
}

/// Tells a daemon that runs that the sysroot has changed. It would notice by itself, a little later.
pub(crate) async fn tell_of_change(bus: &Connection) {
    let tell = async {
        let sysroot = sysroot(bus, SYSROOT_INTERFACE).await?;
        sysroot.call_with_flags::<_, _, ()>("Reload", MethodFlags::NoAutoStart.into(), &()).await
    };
    if !matches!(timeout(SHORTLY, tell).await, Ok(Ok(_))) {
        tracing::debug!("rpm-ostree does not run, or notices by itself");
    }
}
