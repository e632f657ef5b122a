// SPDX-License-Identifier: GPL-3.0-or-later
//! The end of a connection is not the end of a transaction: while the daemon goes on with it, it is joined again.

use std::ops::ControlFlow;
use std::time::Duration;

use tokio::time::{sleep, timeout};
use zbus::Connection;

use super::super::activity::{self, Active, Activity};
use super::super::peer::Peer;
use super::{Begin, End, Heard, follow};

/// How often it is joined in vain, one after the other.
const TRIES: u32 = 30;
/// The first pause between two tries, and the longest: a daemon that dies has left the bus by then.
const PAUSE: Duration = Duration::from_millis(300);
const LONGEST: Duration = Duration::from_secs(5);
/// A daemon that is there opens a connection by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// What comes of joining a transaction again.
#[derive(Debug)]
pub(crate) enum Again {
    /// It goes on.
    Joined(Box<Peer>),
    /// It cannot be told yet.
    NotNow,
    /// The daemon is gone, or does not do that any more.
    Over,
}

/// Joins what the daemon does, if that `is_it`.
pub(crate) async fn join_again(bus: &Connection, is_it: impl Fn(&Active) -> bool) -> Again {
    let active = match activity::read(bus).await {
        Activity::Active(active) if is_it(&active) => active,
        Activity::Active(_) | Activity::Idle => return Again::Over,
        Activity::Unknown => return Again::NotNow,
    };
    match timeout(PATIENCE, Peer::connect(&active.address)).await {
        Ok(Ok(peer)) => Again::Joined(Box::new(peer)),
        Ok(Err(error)) => {
            tracing::debug!("joining what rpm-ostree does: {error:#}");
            Again::NotNow
        }
        Err(_) => Again::NotNow,
    }
}

/// Follows it to its end, and joins it again where the connection is lost before. Each connection is closed at once.
pub(crate) async fn follow_all(
    mut peer: Peer,
    mut begin: Begin,
    mut again: impl AsyncFnMut() -> Again,
    cancelled: impl AsyncFn(),
    mut hear: impl FnMut(Heard<'_>) -> ControlFlow<()>,
) -> End {
    let mut all = End::default();
    let mut in_vain = 0;
    loop {
        let End { finished, joined, was_heard, stopped, was_lost: _ } =
            follow(&mut peer, begin, cancelled(), &mut hear).await;
        peer.close().await;
        all.joined |= joined;
        all.was_heard |= was_heard;
        all.stopped |= stopped;
        if finished.is_some() {
            return End { finished, ..all };
        }
        if was_heard {
            in_vain = 0;
        }
        tracing::warn!("the connection to a transaction of rpm-ostree's is lost");
        peer = loop {
            if in_vain == TRIES {
                return all;
            }
            sleep((PAUSE * 2_u32.pow(in_vain.min(4))).min(LONGEST)).await;
            in_vain += 1;
            match again().await {
                Again::Joined(peer) => break *peer,
                Again::NotNow => {}
                Again::Over => return all,
            }
        };
        all.was_lost = true;
        // It was begun, and had it ended meanwhile, it would not say so by itself.
        begin = Begin::AtOnce;
    }
}
