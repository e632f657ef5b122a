// SPDX-License-Identifier: GPL-3.0-or-later
//! Leaving when there is nothing to do.

use std::time::Duration;

use super::Daemon;

/// Returns when nobody has needed the daemon for as long as its configuration says.
pub(super) async fn wait(daemon: &Daemon) {
    loop {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let known = daemon.known();
        let busy = known.active.is_some() || !known.clients.is_empty();
        if known.configuration.idle.is_some_and(|idle| !busy && known.idle_since.elapsed() >= idle) {
            return;
        }
    }
}
