// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use futures_util::StreamExt as _;
use zbus::MessageStream;

use crate::state::State;

/// The service ends this long after it was last used.
const IDLE: Duration = Duration::from_secs(30);

/// Ends when nobody has used the service for a while, or the bus is gone.
pub(crate) async fn wait(state: &State, connection: &zbus::Connection) {
    let mut messages = MessageStream::from(connection);
    loop {
        tokio::select! {
            message = messages.next() => if message.is_none() { return },
            () = state.changed() => {}
            () = tokio::time::sleep(IDLE) => if state.unused() { return },
        }
    }
}
