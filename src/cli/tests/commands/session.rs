// SPDX-License-Identifier: GPL-3.0-or-later
//! Runs the program on a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use nix::pty::{Winsize, openpty};
use tokio::process::Child;

use crate::bus::Bus;
use crate::isotopectl::command;

/// A run on a terminal, and the side of it where the person sits.
pub(crate) struct Session {
    pub(crate) child: Child,
    person: File,
}

impl Session {
    pub(crate) fn start(bus: &Bus, arguments: &[&str], kind: &str) -> Self {
        Self::start_in(bus, arguments, kind, None)
    }

    /// The same with the clock of this zone, as `TZ` has it.
    pub(crate) fn start_in(bus: &Bus, arguments: &[&str], kind: &str, zone: Option<&str>) -> Self {
        let size = Winsize { ws_row: 24, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(&size, None).unwrap();
        let side = || Stdio::from(pty.slave.try_clone().unwrap());
        let mut command = command(bus, arguments);
        command.envs(zone.map(|zone| ("TZ", zone)));
        let child = command.env("TERM", kind).stdin(side()).stdout(side()).stderr(side()).spawn().unwrap();
        Self { child, person: pty.master.into() }
    }

    pub(crate) fn types(&mut self, text: &str) {
        self.person.write_all(text.as_bytes()).unwrap();
    }

    /// What was shown up to these words.
    pub(crate) async fn until(&mut self, words: &'static str) -> String {
        let mut person = self.person.try_clone().unwrap();
        let reading = tokio::task::spawn_blocking(move || {
            let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
            while !String::from_utf8_lossy(&shown).contains(words) {
                let Ok(read @ 1..) = person.read(&mut piece) else { break };
                shown.extend_from_slice(&piece[..read]);
            }
            String::from_utf8_lossy(&shown).into_owned()
        });
        tokio::time::timeout(Duration::from_secs(20), reading).await.expect("these words").unwrap()
    }

    /// Everything that was shown, and the exit code.
    pub(crate) async fn end(mut self) -> (String, Option<i32>) {
        let mut person = self.person;
        let reading = tokio::task::spawn_blocking(move || {
            let (mut shown, mut piece) = (Vec::new(), [0; 4096]);
            // The other side closed is an error on Linux, not an end of file.
            while let Ok(read @ 1..) = person.read(&mut piece) {
                shown.extend_from_slice(&piece[..read]);
            }
            String::from_utf8_lossy(&shown).into_owned()
        });
        let status = tokio::time::timeout(Duration::from_secs(20), self.child.wait()).await.expect("an end").unwrap();
        (reading.await.unwrap(), status.code())
    }
}

/// What was shown, without what makes it bold or dim.
pub(crate) fn plainly(shown: &str) -> String {
    shown.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
}
