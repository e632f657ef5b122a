// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use isotope_client::ServiceState;
use relm4::ComponentController as _;

use super::App;
use crate::pages::SystemInput;
use crate::view_model::{Calendar, FlowMeter, OperationLog};

/// What was seen so far of the operation that runs.
#[derive(Debug)]
pub(super) struct Operating {
    began: Instant,
    meter: FlowMeter,
    seconds_left: Option<u64>,
    log: OperationLog,
    /// The log has grown since it was painted.
    is_new: bool,
}

impl Default for Operating {
    fn default() -> Self {
        let (meter, log) = (FlowMeter::default(), OperationLog::default());
        Self { began: Instant::now(), meter, seconds_left: None, log, is_new: false }
    }
}

impl Operating {
    /// Takes in a state that was just heard.
    pub(super) fn see(&mut self, state: &ServiceState) {
        let passed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.seconds_left = self.meter.take(state, passed);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.is_new |= self.log.take(state, now);
    }

    /// How long what is downloaded still takes, where that can be estimated.
    pub(super) fn seconds_left(&self) -> Option<u64> {
        self.seconds_left
    }
}

impl App {
    /// Shows what was done, where there is more of it.
    pub(super) fn paint_log(&mut self) {
        if let Some(page) = self.system.as_ref().filter(|_| self.operating.is_new) {
            self.operating.is_new = false;
            page.sender().emit(SystemInput::ShowLog(self.operating.log.view(&Calendar::here_and_now())));
        }
    }
}
