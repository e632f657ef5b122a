// SPDX-License-Identifier: GPL-3.0-or-later
//! The mouth of a transaction.

use tokio::sync::mpsc::UnboundedSender;

use crate::events::Event;
use crate::faults::{Fault, Faults, Moment};

/// Of the very long texts.
const LONG: usize = 1 << 20;
const MANY: usize = 5_000;

/// Says how a transaction goes on.
#[derive(Clone, Debug)]
pub(crate) struct Reporter {
    events: UnboundedSender<Event>,
    /// What people are to read goes to the journal.
    to_self: bool,
    pub(crate) faults: Faults,
}

impl Reporter {
    pub(crate) fn new(events: UnboundedSender<Event>, to_self: bool, faults: Faults) -> Self {
        Self { events, to_self, faults }
    }

    pub(crate) fn message(&self, text: impl Into<String>) {
        self.tell(Event::Message(text.into()));
    }

    pub(crate) fn task_begins(&self, text: impl Into<String>) {
        self.tell(Event::TaskBegin(text.into()));
    }

    /// Whatever came of it.
    pub(crate) fn task_ends(&self) {
        self.tell(Event::TaskEnd("done".to_owned()));
    }

    /// Counts things, with the percentage as wrong as it was recorded.
    pub(crate) fn count(&self, text: &str, total: usize) {
        self.tell(Event::Percent(text.to_owned(), 0));
        for number in 1..=total {
            let percentage = if number == total { 100 } else { 0 };
            self.tell(Event::Percent(format!("{text} ({number}/{total})"), percentage));
        }
        self.tell(Event::ProgressEnd);
    }

    /// Begins as the lab wants it.
    pub(crate) fn begin(&self) {
        if self.faults.has(Fault::ManySignals) {
            for number in 0..MANY {
                self.message(format!("Message {number} of {MANY}: {}", "tell me more ".repeat(20)));
            }
            for character in ["x", "é", "\n"] {
                let text = character.repeat(LONG);
                self.message(text.clone());
                self.task_begins(text);
                self.task_ends();
            }
        }
    }

    pub(crate) fn tell(&self, event: Event) {
        match &event {
            Event::Message(text) | Event::TaskBegin(text) if self.to_self => return println!("{text}"),
            Event::TaskEnd(_) | Event::Percent(..) if self.to_self => return,
            Event::SysrootChanged | Event::UpdateChanged | Event::Restarting => {}
            _ if self.faults.has(Fault::Silent) => return,
            _ => {}
        }
        // Nobody listens any more.
        let _ = self.events.send(event);
    }

    /// A sign of a download.
    pub(crate) fn pulling(&self) {
        self.faults.reach(Moment::Pulling);
    }
}
