// SPDX-License-Identifier: GPL-3.0-or-later
//! A login manager for the tests, at the other end of a connection.

use std::sync::{Arc, Mutex};

use zbus::message::{Flags, Header};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;

use super::manager::{InhibitorRow, SessionRow};

/// What it was asked to do, and agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    WithFlags(u64),
    Interactive(bool),
    At(String, u64),
    /// Without the leave to ask for a password, which is then needed.
    Unasked,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Age {
    #[default]
    New,
    WithoutSkipping,
    WithoutFlags,
}

#[derive(Clone, Debug, Default)]
pub(super) struct StandIn {
    pub(super) age: Age,
    pub(super) denies: bool,
    pub(super) inhibitors: Vec<InhibitorRow>,
    /// The user's number and name, seat and class.
    pub(super) sessions: Vec<(u32, String, String, String)>,
    pub(super) asked: Arc<Mutex<Vec<Asked>>>,
    pub(super) scheduled: Arc<Mutex<Option<(String, u64)>>>,
}

impl StandIn {
    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// What a list of inhibitors has of a program that holds a restart back.
    pub(super) fn held_by(who: &str, why: &str) -> Vec<InhibitorRow> {
        vec![("shutdown".into(), who.into(), why.into(), "block".into(), 0, 1)]
    }

    fn is_inhibited(&self) -> bool {
        self.inhibitors.iter().any(|(what, _, _, mode, ..)| what == "shutdown" && mode == "block")
    }

    /// Needs a password, and may not ask for it.
    fn require_leave(&self, header: &Header<'_>) -> Result<(), Refused> {
        if header.primary().flags().contains(Flags::AllowInteractiveAuth) {
            return Ok(());
        }
        self.agree(Asked::Unasked);
        Err(Refused::InteractiveAuthorizationRequired("Interactive authentication required.".into()))
    }

    fn agree(&self, asked: Asked) {
        self.asked.lock().unwrap().push(asked);
    }
}

/// Runs a test with a connection to this login manager.
pub(super) fn against<F: AsyncFnOnce(zbus::Connection)>(manager: &StandIn, test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (ours, theirs) = tokio::net::UnixStream::pair().unwrap();
        let server = zbus::connection::Builder::unix_stream(theirs).server(zbus::Guid::generate()).unwrap().p2p();
        let mut server = server.serve_at("/org/freedesktop/login1", manager.clone()).unwrap();
        for (at, (.., class)) in manager.sessions.iter().enumerate().filter(|(_, (.., class))| class != "gone") {
            server = server.serve_at(path_of(at), Session { class: class.clone() }).unwrap();
        }
        let bus = zbus::connection::Builder::unix_stream(ours).p2p();
        let (bus, _server) = tokio::try_join!(bus.build(), server.build()).unwrap();
        test(bus).await;
    });
}

fn path_of(at: usize) -> OwnedObjectPath {
    OwnedObjectPath::try_from(format!("/org/freedesktop/login1/session/_{at}")).unwrap()
}

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop")]
enum Refused {
    #[zbus(error)]
    ZBus(zbus::Error),
    #[zbus(name = "login1.BlockedByInhibitorLock")]
    Inhibited(String),
    #[zbus(name = "DBus.Error.InvalidArgs")]
    InvalidArgs(String),
    #[zbus(name = "DBus.Error.UnknownMethod")]
    UnknownMethod(String),
    #[zbus(name = "DBus.Error.InteractiveAuthorizationRequired")]
    InteractiveAuthorizationRequired(String),
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl StandIn {
    fn reboot_with_flags(&self, #[zbus(header)] header: Header<'_>, flags: u64) -> Result<(), Refused> {
        let skips = flags & super::SKIP_INHIBITORS != 0;
        match self.age {
            Age::WithoutFlags => Err(Refused::UnknownMethod("Unknown method RebootWithFlags".into())),
            Age::WithoutSkipping if skips => Err(Refused::InvalidArgs("Invalid flags parameter".into())),
            Age::New if self.is_inhibited() && !skips => Err(Refused::Inhibited("Operation denied".into())),
            _ => {
                self.require_leave(&header)?;
                self.agree(Asked::WithFlags(flags));
                Ok(())
            }
        }
    }

    fn reboot(&self, interactive: bool) {
        self.agree(Asked::Interactive(interactive));
    }

    async fn schedule_shutdown(
        &self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        #[zbus(header)] header: Header<'_>,
        kind: String,
        microseconds: u64,
    ) -> Result<(), Refused> {
        if self.denies {
            return Err(Refused::InteractiveAuthorizationRequired("Interactive authentication required.".into()));
        }
        self.require_leave(&header)?;
        self.agree(Asked::At(kind.clone(), microseconds));
        *self.scheduled.lock().unwrap() = Some((kind, microseconds));
        Ok(self.scheduled_shutdown_changed(&emitter).await?)
    }

    async fn cancel_scheduled_shutdown(
        &self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<bool, Refused> {
        self.require_leave(&header)?;
        let was_scheduled = self.scheduled.lock().unwrap().take().is_some();
        self.scheduled_shutdown_changed(&emitter).await?;
        Ok(was_scheduled)
    }

    #[zbus(property)]
    fn scheduled_shutdown(&self) -> (String, u64) {
        self.scheduled.lock().unwrap().clone().unwrap_or((String::new(), u64::MAX))
    }

    fn list_inhibitors(&self) -> Vec<InhibitorRow> {
        self.inhibitors.clone()
    }

    fn list_sessions(&self) -> Vec<SessionRow> {
        let row = |(at, (user, name, seat, _)): (usize, &(u32, String, String, String))| {
            (at.to_string(), *user, name.clone(), seat.clone(), path_of(at))
        };
        self.sessions.iter().enumerate().map(row).collect()
    }
}

#[derive(Debug)]
struct Session {
    class: String,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn class(&self) -> String {
        self.class.clone()
    }
}
