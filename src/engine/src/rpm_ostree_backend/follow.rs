// SPDX-License-Identifier: GPL-3.0-or-later
//! Follows a transaction to its end: its own word for that, or the end of the connection.

mod again;
mod at_work;

use std::future::{Future, pending};
use std::ops::ControlFlow;
use std::pin::{Pin, pin};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval, timeout};

use super::events::TransactionEvent;
use super::peer::Peer;

pub(crate) use self::again::{follow_all, join_again};
pub(crate) use self::at_work::{Joined, join};

/// When a transaction is told to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// At once: it is one's own, or was begun before, and is only asked whether it has ended.
    AtOnce,
    /// Never: it is another's.
    Never,
}

/// What is heard of a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Heard<'a> {
    /// It says something.
    Event(&'a TransactionEvent),
    /// Nothing for a moment, but it has not ended.
    Silence,
}

/// How it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct End {
    /// Whether it went well, and what it said; nothing where the connection was lost before.
    pub(crate) finished: Option<(bool, String)>,
    /// It had been begun by somebody else.
    pub(crate) joined: bool,
    /// It said something before its end.
    pub(crate) was_heard: bool,
    /// It was told to stop.
    pub(crate) stopped: bool,
    /// The connection was lost in the middle of it, and made again.
    pub(crate) was_lost: bool,
}

impl End {
    /// It had ended before it was joined: what it says is not about what was asked for now.
    pub(crate) fn is_stale(&self) -> bool {
        self.joined && !self.was_heard && !self.stopped && !self.was_lost && self.finished.is_some()
    }
}

/// A silence of this length is told.
const MOMENT: Duration = Duration::from_secs(1);
/// The answer to a method comes after the end at times; then it is there soon.
const SHORTLY: Duration = Duration::from_secs(2);

type Answer<T> = Pin<Box<dyn Future<Output = zbus::Result<T>>>>;

/// Follows it. It is told to stop when `cancelled` comes true or `hear` breaks off; its end is waited for all the same,
/// however long that takes.
pub(crate) async fn follow(
    peer: &mut Peer,
    begin: Begin,
    cancelled: impl Future<Output = ()>,
    mut hear: impl FnMut(Heard<'_>) -> ControlFlow<()>,
) -> End {
    let mut cancelled = pin!(cancelled);
    let transaction = peer.transaction();
    let start = || -> Option<Answer<bool>> {
        let transaction = transaction.clone();
        Some(Box::pin(async move { transaction.start().await }))
    };
    let stop = || -> Option<Answer<()>> {
        let transaction = transaction.clone();
        Some(Box::pin(async move { transaction.cancel().await }))
    };
    let mut starting = if begin == Begin::AtOnce { start() } else { None };
    let mut stopping = None;
    let mut heard = Instant::now();
    let mut moments = interval(MOMENT);
    moments.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut end = End::default();
    loop {
        let go_on = tokio::select! {
            biased;
            // However much is told.
            () = &mut cancelled, if !end.stopped => ControlFlow::Break(()),
            begun = answer(&mut starting) => {
                starting = None;
                match begun {
                    Ok(begun) => end.joined = !begun,
                    Err(error) => {
                        tracing::warn!("beginning a transaction of rpm-ostree's: {error}");
                        return end;
                    }
                }
                ControlFlow::Continue(())
            }
            stopped = answer(&mut stopping) => {
                stopping = None;
                if let Err(error) = stopped {
                    tracing::warn!("stopping a transaction of rpm-ostree's: {error}");
                }
                ControlFlow::Continue(())
            }
            event = peer.next() => match event {
                None => return end,
                Some(TransactionEvent::Finished { success, message }) => {
                    end.finished = Some((success, message));
                    break;
                }
                Some(event) => {
                    heard = Instant::now();
                    // That it changes its title says nothing of its having begun.
                    end.was_heard |= !matches!(event, TransactionEvent::Title(_));
                    hear(Heard::Event(&event))
                }
            },
            _ = moments.tick() => {
                if heard.elapsed() >= MOMENT { hear(Heard::Silence) } else { ControlFlow::Continue(()) }
            }
        };
        if go_on.is_break() && !end.stopped {
            end.stopped = true;
            stopping = stop();
        }
    }
    if starting.is_some()
        && let Ok(Ok(begun)) = timeout(SHORTLY, answer(&mut starting)).await
    {
        end.joined = !begun;
    }
    end
}

/// The answer to a method that was called; never where none was.
async fn answer<T>(called: &mut Option<Answer<T>>) -> zbus::Result<T> {
    match called {
        Some(answer) => answer.await,
        None => pending().await,
    }
}

#[cfg(test)]
mod tests;
