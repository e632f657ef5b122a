// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for the login manager: restarts the lab's machine, now or at a time, unless somebody holds it back.

mod error;
mod flags;
mod inhibitor;
mod permission;
mod schedule;
mod sessions;

use std::os::fd::OwnedFd;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use zbus::Connection;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{self, OwnedObjectPath};

use self::error::LoginError;
use self::flags::{skip_inhibitors, start_meant};
use self::inhibitor::Inhibitor;
use self::permission::caller;
use self::schedule::{Plan, Scheduled, time_meant};
use self::sessions::Session;
use super::{Reboot, ServiceEvent, next_root};
use crate::accounts;
use crate::control::Start;

/// Who asks for a restart is ended by it, as everybody is, but hears the answer before.
const TIME_FOR_REPLY: Duration = Duration::from_millis(200);
const PATH: &str = "/org/freedesktop/login1";
pub(super) const NAME: &str = "org.freedesktop.login1";

/// Puts it on the bus, with the session of the person who sits at the machine.
pub(super) async fn serve(connection: &Connection) -> Result<()> {
    connection.object_server().at(PATH, LoginManager::default()).await?;
    add_session(connection, "person", "seat0", "user").await?;
    Ok(connection.request_name(NAME).await?)
}

/// Lets somebody be logged in, and tells the session's name.
pub(super) async fn add_session(connection: &Connection, user: &str, seat: &str, class: &str) -> Result<String> {
    let account = accounts::find(user)?;
    let manager = connection.object_server().interface::<_, LoginManager>(PATH).await?;
    let session = {
        let mut manager = manager.get_mut().await;
        manager.sessions_so_far += 1;
        let session = Session::new(manager.sessions_so_far, &account, seat, class);
        manager.sessions.push(session.clone());
        session
    };
    let (id, path) = (session.id.clone(), session.path());
    connection.object_server().at(&path, session).await?;
    LoginManager::session_new(manager.signal_emitter(), &id, path).await?;
    Ok(id)
}

#[derive(Debug, Default)]
struct LoginManager {
    inhibitors: Vec<Inhibitor>,
    sessions: Vec<Session>,
    sessions_so_far: usize,
    scheduled: Option<Scheduled>,
}

impl LoginManager {
    fn held(&mut self) -> &[Inhibitor] {
        self.inhibitors.retain(Inhibitor::is_held);
        &self.inhibitors
    }

    fn require_uninhibited(&mut self) -> Result<(), LoginError> {
        if let Some(holder) = self.held().iter().find(|inhibitor| inhibitor.blocks_shutdown()) {
            let Inhibitor { who, why, process, .. } = holder;
            let message = format!("Operation denied due to active block inhibitor: {who} (PID {process}): {why}");
            return Err(LoginError::BlockedByInhibitorLock(message));
        }
        Ok(())
    }

    /// Refuses whom polkit refuses; the question is another one where other people are logged in, or where somebody holds
    /// the shutdown back.
    async fn require_permission(
        &mut self,
        connection: &Connection,
        header: &Header<'_>,
        action: &str,
        skip: bool,
    ) -> Result<(), LoginError> {
        if !skip {
            self.require_uninhibited()?;
        }
        let blocked = self.require_uninhibited().is_err();
        let Some(sender) = header.sender() else { return Ok(()) };
        let (user, _) = caller(connection, header).await.map_err(zbus::Error::from)?;
        if user == 0 {
            return Ok(());
        }
        let others = self.sessions.iter().any(|session| session.is_of_another(user));
        for (applies, question) in [
            (others, format!("{action}-multiple-sessions")),
            (blocked, format!("{action}-ignore-inhibit")),
            (!others && !blocked, action.to_owned()),
        ] {
            if applies {
                permission::require(connection, sender, &question).await?;
            }
        }
        Ok(())
    }

    async fn end(emitter: &SignalEmitter<'_>, event: ServiceEvent) -> Result<(), LoginError> {
        Self::prepare_for_shutdown(emitter, true).await?;
        tokio::spawn(async move {
            tokio::time::sleep(TIME_FOR_REPLY).await;
            if let Err(error) = event.send() {
                eprintln!("the supervisor does not hear of {event:?}: {error:#}");
            }
        });
        Ok(())
    }

    /// Waits for the time of what was scheduled, and does it.
    async fn when_time_comes(connection: Connection, plan: Plan, wait: Duration) {
        tokio::time::sleep(wait).await;
        let carried_out = async {
            let manager = connection.object_server().interface::<_, Self>(PATH).await?;
            let emitter = manager.signal_emitter();
            if let Some(event) = plan.event() {
                return Self::end(emitter, event).await;
            }
            let mut manager = manager.get_mut().await;
            // This very task is what is waiting there: it is not to be ended by that.
            let trial = manager.scheduled.take();
            manager.scheduled_shutdown_changed(emitter).await?;
            drop(manager);
            drop(trial);
            Ok(())
        };
        if let Err(error) = carried_out.await {
            eprintln!("what was scheduled was not done: {error}");
        }
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl LoginManager {
    async fn reboot(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        _interactive: bool,
    ) -> Result<(), LoginError> {
        self.require_permission(connection, &header, "org.freedesktop.login1.reboot", false).await?;
        Self::end(&emitter, ServiceEvent::Reboot(Reboot::default())).await
    }

    async fn reboot_with_flags(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        flags: u64,
    ) -> Result<(), LoginError> {
        let start = start_meant(flags, next_root::is_system())?;
        let skip = skip_inhibitors(flags);
        self.require_permission(connection, &header, "org.freedesktop.login1.reboot", skip).await?;
        let next_root = if start == Start::Soft { next_root::deployment() } else { None };
        Self::end(&emitter, ServiceEvent::Reboot(Reboot { start, next_root, flags: Some(flags) })).await
    }

    async fn power_off(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        _interactive: bool,
    ) -> Result<(), LoginError> {
        self.require_permission(connection, &header, "org.freedesktop.login1.power-off", false).await?;
        Self::end(&emitter, ServiceEvent::PowerOff).await
    }

    async fn schedule_shutdown(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        kind: String,
        microseconds: u64,
    ) -> Result<(), LoginError> {
        let plan = Plan::of_kind(&kind)?;
        self.require_permission(connection, &header, plan.action(), false).await?;
        let (microseconds, wait) = time_meant(microseconds, SystemTime::now());
        let waiting = tokio::spawn(Self::when_time_comes(connection.clone(), plan, wait));
        self.scheduled = Some(Scheduled { kind, microseconds, waiting });
        Ok(self.scheduled_shutdown_changed(&emitter).await?)
    }

    async fn cancel_scheduled_shutdown(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
    ) -> Result<bool, LoginError> {
        let Some(scheduled) = &self.scheduled else { return Ok(false) };
        let action = Plan::of_kind(&scheduled.kind)?.action();
        let (user, _) = caller(connection, &header).await.map_err(zbus::Error::from)?;
        if let (Some(sender), true) = (header.sender(), user != 0) {
            permission::require(connection, sender, action).await?;
        }
        self.scheduled = None;
        self.scheduled_shutdown_changed(&emitter).await?;
        Ok(true)
    }

    async fn can_reboot(&self) -> &str {
        "yes"
    }

    async fn can_power_off(&self) -> &str {
        "yes"
    }

    async fn inhibit(
        &mut self,
        #[zbus(connection)] connection: &Connection,
        #[zbus(header)] header: Header<'_>,
        what: String,
        who: String,
        why: String,
        mode: String,
    ) -> zbus::fdo::Result<zvariant::OwnedFd> {
        if !["block", "block-weak", "delay"].contains(&mode.as_str()) {
            return Err(zbus::fdo::Error::InvalidArgs(format!("Invalid mode specification {mode}")));
        }
        let caller = caller(connection, &header).await?;
        let (inhibitor, held) = Inhibitor::new([what, who, why, mode], caller)
            .map_err(|error| zbus::fdo::Error::Failed(error.to_string()))?;
        self.inhibitors.push(inhibitor);
        Ok(OwnedFd::into(held))
    }

    async fn list_inhibitors(&mut self) -> Vec<(String, String, String, String, u32, u32)> {
        self.held().iter().map(Inhibitor::row).collect()
    }

    async fn list_sessions(&self) -> Vec<(String, u32, String, String, OwnedObjectPath)> {
        self.sessions.iter().map(Session::row).collect()
    }

    #[zbus(signal)]
    async fn prepare_for_shutdown(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn session_new(emitter: &SignalEmitter<'_>, id: &str, path: OwnedObjectPath) -> zbus::Result<()>;

    #[zbus(property)]
    fn block_inhibited(&self) -> String {
        inhibitor::blocked(&self.inhibitors)
    }

    #[zbus(property)]
    fn scheduled_shutdown(&self) -> (String, u64) {
        let told = |scheduled: &Scheduled| (scheduled.kind.clone(), scheduled.microseconds);
        self.scheduled.as_ref().map_or((String::new(), u64::MAX), told)
    }
}
