// SPDX-License-Identifier: GPL-3.0-or-later
use std::cell::RefCell;
use std::time::{Duration, Instant};

use isotope_model::engine_protocol::Reply;
use isotope_model::{Phase, Progress, ProgressMeter};

use crate::connection::Connection;

/// At most one line in this time, unless the phase changes.
const INTERVAL: Duration = Duration::from_millis(200);

/// Sends progress to the helper, smoothed and not too often.
#[derive(Debug)]
pub(crate) struct ProgressReporter {
    connection: Connection,
    began: Instant,
    state: RefCell<State>,
}

#[derive(Debug, Default)]
struct State {
    meter: ProgressMeter,
    sent: Option<(Instant, Progress)>,
    /// Was held back because another one had just been sent.
    held_back: Option<Progress>,
}

impl ProgressReporter {
    /// Reports over this connection.
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection, began: Instant::now(), state: RefCell::default() }
    }

    /// A phase begins of which nothing is known yet.
    pub(crate) fn phase(&self, phase: Phase) {
        self.report(Progress { phase, ..Progress::default() });
    }

    /// Takes a reading. That the helper is gone shows elsewhere, as a cancel.
    pub(crate) fn report(&self, reading: Progress) {
        let now = Instant::now();
        let milliseconds = u64::try_from((now - self.began).as_millis()).unwrap_or(u64::MAX);
        let mut state = self.state.borrow_mut();
        let shown = state.meter.take(reading, milliseconds);
        let due = state
            .sent
            .as_ref()
            .is_none_or(|(when, sent)| sent.phase != shown.phase || (now - *when >= INTERVAL && *sent != shown));
        if !due {
            state.held_back = Some(shown);
            return;
        }
        // How far a phase came in the end is told before the next one begins.
        let last = state.held_back.take().filter(|last| last.phase != shown.phase);
        for progress in last.iter().chain([&shown]) {
            let _ = self.connection.send(&Reply::Progress(progress.clone()));
        }
        state.sent = Some((now, shown));
    }
}
