// SPDX-License-Identifier: GPL-3.0-or-later
//! Joins what another program has the daemon do, once that is at work: what nobody has begun yet is not begun for them, and
//! what has ended is none of it any more.

use std::pin::pin;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use super::super::events::TransactionEvent;
use super::super::foreign::{NOT_BEGUN, title_tells};
use super::super::peer::{About, Peer};
use super::again::Again;

/// One that has ended says so again by then.
const MOMENT: Duration = Duration::from_secs(1);
/// An answer that needs no work.
const ANSWER: Duration = Duration::from_secs(10);
/// One that may have ended is kept from being closed no longer than this.
const LISTEN: Duration = Duration::from_secs(3);
const PAUSE: Duration = Duration::from_millis(300);
/// How often it cannot be told, one time after the other, what is done.
const TRIES: u32 = 30;

/// A transaction that is at work.
#[derive(Debug)]
pub(crate) struct Joined {
    /// The connection to it.
    pub(crate) peer: Peer,
    /// What it says of itself.
    pub(crate) about: About,
}

/// What a transaction does.
#[derive(Debug)]
enum Work {
    /// Something.
    Goes(About),
    /// Nothing any more.
    HasEnded,
    /// It says nothing, and may not have been begun, or may have ended.
    Silent,
}

/// Joins what this method has made. Nothing where it ends without having been at work, or had ended.
pub(crate) async fn join(method: &str, mut again: impl AsyncFnMut() -> Again) -> Option<Joined> {
    let mut in_vain = 0;
    while in_vain < TRIES {
        match again().await {
            Again::Over => return None,
            Again::NotNow => in_vain += 1,
            Again::Joined(mut peer) => {
                in_vain = 0;
                match work(&mut peer, method).await {
                    Work::Goes(about) => return Some(Joined { peer: *peer, about }),
                    Work::HasEnded => {
                        peer.close().await;
                        return None;
                    }
                    Work::Silent => peer.close().await,
                }
            }
        }
        sleep(PAUSE).await;
    }
    None
}

async fn work(peer: &mut Peer, method: &str) -> Work {
    let Ok(about) = peer.about().await else { return Work::Silent };
    if !title_tells(method) {
        return match peer.kept().is_some() || timeout(LISTEN, peer.take()).await == Ok(true) {
            true => Work::Goes(about),
            false => Work::Silent,
        };
    }
    if about.title != NOT_BEGUN {
        return asked(peer, about).await;
    }
    // However long its owner takes: with the owner it goes.
    if peer.kept().is_none() && !peer.take().await {
        return Work::Silent;
    }
    peer.about().await.map_or(Work::Silent, Work::Goes)
}

/// To begin what was begun before changes nothing, but has it say once more that it has ended.
async fn asked(peer: &mut Peer, about: About) -> Work {
    let transaction = peer.transaction();
    let mut start = pin!(timeout(ANSWER, transaction.start()));
    let mut open = true;
    loop {
        tokio::select! {
            _ = &mut start => break,
            taken = peer.take(), if open => open = taken,
        }
    }
    if open && peer.kept().is_none() {
        // Silence is work as well.
        open = timeout(MOMENT, peer.take()).await.unwrap_or(true);
    }
    match peer.kept() {
        Some(TransactionEvent::Finished { .. }) => Work::HasEnded,
        None if !open => Work::Silent,
        _ => Work::Goes(about),
    }
}
