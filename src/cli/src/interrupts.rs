// SPDX-License-Identifier: GPL-3.0-or-later
use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// Ctrl-C, from now on counted instead of ending the program.
#[derive(Debug)]
pub(crate) struct Interrupts(Signal);

impl Interrupts {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(signal(SignalKind::interrupt())?))
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
