// SPDX-License-Identifier: GPL-3.0-or-later
//! What other programs have rpm-ostree do, shown as operations like Isotope's own: GNOME Software, a timer, the command
//! line; also what an engine has begun that is no more. rpm-ostree is only ever listened to here, never started.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::{Stream, StreamExt as _};
use isotope_model::engine_protocol::{ForeignOperation, Reply, Request, Task};
use isotope_model::{OperationStatus, Outcome, Progress, Refusal, Starter};
use zbus::proxy::{CacheProperties, MethodFlags};
use zbus::zvariant::OwnedValue;

use crate::caller;
use crate::clock;
use crate::engine_link::EngineLink;
use crate::engine_run::{self, Shown};
use crate::state::State;

const NAME: &str = "org.projectatomic.rpmostree1";
const OBJECT: &str = "/org/projectatomic/rpmostree1/Sysroot";
const INTERFACE: &str = "org.projectatomic.rpmostree1.Sysroot";
/// Empty while nothing runs. Source: `org.projectatomic.rpmostree1.xml`.
const ACTIVE: &str = "ActiveTransactionPath";
/// An answer takes no longer than this.
const PATIENCE: Duration = Duration::from_secs(10);
/// What an operation of this service has left behind is looked for this much after its end.
const PAUSE: Duration = Duration::from_millis(300);
/// What could not be followed is tried again this much later.
const LATER: Duration = Duration::from_secs(5);
/// Longer than the service lives without being used.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

/// Shows them for as long as the service runs.
pub(crate) async fn run(state: State, connection: zbus::Connection) {
    loop {
        if let Err(error) = watch(&state, &connection).await {
            tracing::warn!("what other programs have rpm-ostree do is not seen: {error:#}");
        }
        tokio::time::sleep(LATER).await;
    }
}

/// What is heard of rpm-ostree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Whatever it did is over, and all have let go of it.
    Closed,
    /// Anything else.
    Other,
}

async fn watch(state: &State, connection: &zbus::Connection) -> anyhow::Result<()> {
    let (mut changes, proxy) = changes(connection).await.context("listening to rpm-ostree")?;
    // What has ended stays to be seen until the last program lets go of it; it is not to be shown again.
    let mut is_over = false;
    loop {
        let free = state.changed();
        let mut again = LONG;
        if !is_over && state.require_free().is_ok() && is_active(&proxy).await {
            let mut following = std::pin::pin!(follow(state, connection));
            let mut closed = false;
            // What is not heard meanwhile would keep everything else from being heard.
            let followed = loop {
                tokio::select! {
                    followed = &mut following => break followed,
                    change = changes.next() => closed |= change.context("the bus is gone")? == Change::Closed,
                }
            };
            match followed {
                Ok(()) => is_over = !closed,
                Err(error) => {
                    tracing::info!("what rpm-ostree does is not followed: {error:#}");
                    again = LATER;
                }
            }
        }
        tokio::select! {
            change = changes.next() => match change.context("the bus is gone")? {
                Change::Closed => is_over = false,
                Change::Other => {}
            },
            // An operation of this service may have left something behind that goes on.
            () = free => tokio::time::sleep(PAUSE).await,
            () = tokio::time::sleep(again) => {}
        }
    }
}

/// What is heard, and a way to ask.
async fn changes(
    connection: &zbus::Connection,
) -> zbus::Result<(impl Stream<Item = Change> + Unpin + use<>, zbus::Proxy<'static>)> {
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let come = bus.receive_name_owner_changed_with_args(&[(0, NAME)]).await?.map(|_| Change::Closed);
    let proxy: zbus::Proxy<'static> = zbus::proxy::Builder::new(connection)
        .destination(NAME)?
        .path(OBJECT)?
        .interface("org.freedesktop.DBus.Properties")?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let changed = proxy.receive_signal("PropertiesChanged").await?.map(|message| {
        let body = message.body();
        let changed = body.deserialize::<(String, HashMap<String, OwnedValue>, Vec<String>)>();
        let address = changed.ok().and_then(|(_, mut changed, _)| changed.remove(ACTIVE));
        let closed = address.is_some_and(|address| <&str>::try_from(&address).is_ok_and(str::is_empty));
        if closed { Change::Closed } else { Change::Other }
    });
    Ok((Box::pin(futures_util::stream::select(come, changed)), proxy))
}

/// rpm-ostree runs and does something.
async fn is_active(proxy: &zbus::Proxy<'static>) -> bool {
    let asked = (INTERFACE, ACTIVE);
    let ask = proxy.call_with_flags::<_, _, OwnedValue>("Get", MethodFlags::NoAutoStart.into(), &asked);
    match tokio::time::timeout(PATIENCE, ask).await {
        Ok(Ok(Some(address))) => <&str>::try_from(&address).is_ok_and(|address| !address.is_empty()),
        _ => false,
    }
}

/// An engine that follows what rpm-ostree does for another program; nothing where that has ended meanwhile.
///
/// # Errors
/// The engine's socket is not there, or it says what it was not asked.
pub(crate) async fn join() -> anyhow::Result<Option<(EngineLink, ForeignOperation)>> {
    let mut engine = EngineLink::ask(&Request { task: Task::Follow, caller: None, token: None }).await?;
    match engine.replies.next().await? {
        Some(Reply::Following(operation)) => Ok(Some((engine, operation))),
        Some(Reply::Refused(refusal)) => Err(refusal.into()),
        Some(other) => anyhow::bail!("the engine answered {other:?}"),
        None => Ok(None),
    }
}

/// Shows what rpm-ostree does, to its end.
async fn follow(state: &State, connection: &zbus::Connection) -> anyhow::Result<()> {
    let Some((mut engine, operation)) = join().await? else { return Ok(()) };
    let ForeignOperation { kind, title, uid, program } = operation;
    tracing::info!("rpm-ostree does something for {program:?}: {title}");
    let path = state.reserve(kind)?;
    let status = OperationStatus {
        kind,
        starter: caller::starter(uid.unwrap_or(Starter::UNKNOWN_USER), program),
        started: clock::seconds_since_1970(),
        title: Some(title),
        progress: Progress::default(),
        outcome: None,
    };
    let (shown, mut cancelled) = Shown::publish(state, connection, path, status).await?;
    let outcome = engine_run::listen(&mut engine, &mut cancelled, &shown, |_| {}).await;
    if let Err(error) = state.refresh().await {
        tracing::warn!("reading the sysroot after rpm-ostree: {error:#}");
    }
    let outcome = outcome.unwrap_or_else(|detail| Outcome::Failed { refusal: Refusal::WorkerLost { detail } });
    tracing::info!("rpm-ostree: {outcome:?}");
    shown.show(|status| status.outcome = Some(outcome)).await;
    state.release(shown.path).await;
    Ok(())
}
