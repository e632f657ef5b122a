// SPDX-License-Identifier: GPL-3.0-or-later
//! A login manager on the bus of the tests, which restarts nothing and writes down what it was asked.

use std::sync::{Arc, Mutex};

use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

use crate::bus::Bus;
use crate::stage::locked;

/// What, who, why, mode, user, process.
type Row = (String, String, String, String, u32, u32);

/// What it was asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// To restart now; whether that passes over what holds restarts back.
    Now { despite: bool },
    /// To restart at some time.
    AtATime,
}

/// The flag for that. Source: `org.freedesktop.login1(5)`.
const SKIP_INHIBITORS: u64 = 1 << 4;

#[derive(Debug, Default)]
struct Desk {
    inhibitors: Vec<Row>,
    asked: Vec<Asked>,
}

/// It, for as long as this is kept.
pub(crate) struct LoginManager {
    desk: Arc<Mutex<Desk>>,
    _connection: Connection,
}

impl LoginManager {
    pub(crate) async fn start(bus: &Bus) -> Self {
        let desk = Arc::new(Mutex::new(Desk::default()));
        let builder = zbus::connection::Builder::address(bus.address()).unwrap();
        let builder = builder.serve_at("/org/freedesktop/login1", Manager { desk: desk.clone() }).unwrap();
        let connection = builder.name("org.freedesktop.login1").unwrap().build().await.unwrap();
        Self { desk, _connection: connection }
    }

    /// Lets these programs, and no others, hold restarts back from now on; those with a `~` only want a moment.
    pub(crate) fn held_by(&self, programs: &[&str]) {
        let row = |program: &&str| {
            let (who, mode) = program.strip_prefix('~').map_or((*program, "block"), |who| (who, "delay"));
            ("shutdown".to_owned(), who.to_owned(), "Writing".to_owned(), mode.to_owned(), 0, 1)
        };
        locked(&self.desk).inhibitors = programs.iter().map(row).collect();
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        locked(&self.desk).asked.clone()
    }
}

struct Manager {
    desk: Arc<Mutex<Desk>>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn reboot_with_flags(&self, flags: u64) {
        locked(&self.desk).asked.push(Asked::Now { despite: flags & SKIP_INHIBITORS != 0 });
    }

    fn schedule_shutdown(&self, _kind: &str, _microseconds: u64) {
        locked(&self.desk).asked.push(Asked::AtATime);
    }

    #[zbus(property)]
    fn scheduled_shutdown(&self) -> (String, u64) {
        (String::new(), u64::MAX)
    }

    fn list_inhibitors(&self) -> Vec<Row> {
        locked(&self.desk).inhibitors.clone()
    }

    fn list_sessions(&self) -> Vec<(String, u32, String, String, OwnedObjectPath)> {
        Vec::new()
    }
}
