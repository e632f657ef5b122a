// SPDX-License-Identifier: GPL-3.0-or-later
//! What a look at a remote may take, all in all: nobody has agreed to anything yet.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::Refusal;
use ostree::gio;
use ostree::gio::CancelledHandlerId;
use ostree::gio::prelude::{CancellableExt as _, CancellableExtManual as _};

use super::super::scratch_repo::ScratchRepo;
use crate::failure::Failure;
use crate::ostree_backend::pull::Limits;

/// So much.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allowance {
    /// From the beginning to the end.
    pub(super) time: Duration,
    /// What of the content is fetched at most.
    pub(super) content: Limits,
    /// Bytes: with less room on the disk none of the content is fetched.
    pub(super) room: u64,
}

impl Default for Allowance {
    fn default() -> Self {
        let content = Limits { bytes: 128 << 20, objects: 50_000 };
        Self { time: Duration::from_secs(60), content, room: 1 << 30 }
    }
}

/// What was taken of it on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::preflight) struct Used {
    /// Bytes.
    pub(in crate::preflight) bytes: u64,
    /// Files and folders.
    pub(in crate::preflight) objects: u64,
}

/// What is left of it.
#[derive(Debug)]
pub(super) struct Budget {
    allowance: Allowance,
    given: gio::Cancellable,
    stop: gio::Cancellable,
    handler: Option<CancelledHandlerId>,
    /// Ends the clock.
    _clock: mpsc::Sender<()>,
}

impl Budget {
    /// The time begins to run.
    ///
    /// # Errors
    /// There is no clock to be had.
    pub(super) fn begin(allowance: Allowance, given: &gio::Cancellable) -> anyhow::Result<Self> {
        let stop = gio::Cancellable::new();
        let (clock, ended) = mpsc::channel();
        let too_slow = stop.clone();
        let run = move || {
            if ended.recv_timeout(allowance.time) == Err(RecvTimeoutError::Timeout) {
                too_slow.cancel();
            }
        };
        thread::Builder::new().name("clock".into()).spawn(run).context("a clock")?;
        let passed_on = stop.clone();
        let handler = given.connect_cancelled(move |_| passed_on.cancel());
        Ok(Self { allowance, given: given.clone(), stop, handler, _clock: clock })
    }

    /// Is cancelled with what was given, and when the time is up.
    pub(super) fn cancellable(&self) -> &gio::Cancellable {
        &self.stop
    }

    /// What still may be fetched.
    ///
    /// # Errors
    /// Nothing may; the disk.
    pub(super) fn rest(&self, scratch: &ScratchRepo) -> Result<Limits, Refusal> {
        let used = scratch.used().map_err(|error| Failure::from(error).into_refusal())?;
        let (allowed, free) = (self.allowance.content, scratch.free());
        let rest = allowed.bytes.checked_sub(used.bytes).zip(allowed.objects.checked_sub(used.objects));
        match rest {
            _ if free.is_none_or(|free| free < self.allowance.room) => {
                Err(Refusal::Failed { detail: format!("no room to look at the content: {free:?} bytes are free") })
            }
            Some((bytes, objects)) => Ok(Limits { bytes, objects }),
            None => Err(Refusal::Failed { detail: format!("{used:?} is more than {allowed:?}") }),
        }
    }

    /// Nobody has cancelled what only took too long.
    pub(super) fn explained(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::Cancelled if !self.given.is_cancelled() => {
                let seconds = self.allowance.time.as_secs();
                Refusal::Network { detail: format!("the server did not tell enough in {seconds} seconds") }
            }
            refusal => refusal,
        }
    }
}

impl Drop for Budget {
    fn drop(&mut self) {
        if let Some(handler) = self.handler.take() {
            self.given.disconnect_cancelled(handler);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(time: Duration, given: &gio::Cancellable) -> Budget {
        Budget::begin(Allowance { time, ..Allowance::default() }, given).unwrap()
    }

    #[test]
    fn a_cancel_is_one_and_the_end_of_the_time_is_the_networks_fault() {
        let given = gio::Cancellable::new();
        let slow = budget(Duration::ZERO, &given);
        while !slow.cancellable().is_cancelled() {
            thread::yield_now();
        }
        assert!(!given.is_cancelled());
        assert_eq!(slow.explained(Refusal::Cancelled).code(), "network");
        assert_eq!(slow.explained(Refusal::NothingStaged), Refusal::NothingStaged);
        let cancelled = budget(Duration::from_secs(60), &given);
        assert!(!cancelled.cancellable().is_cancelled());
        given.cancel();
        assert!(cancelled.cancellable().is_cancelled());
        assert_eq!(cancelled.explained(Refusal::Cancelled), Refusal::Cancelled);
        assert!(budget(Duration::from_secs(60), &given).cancellable().is_cancelled(), "it was before");
    }
}
