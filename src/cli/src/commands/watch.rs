// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use gettextrs::gettext;
use isotope_client::{Event, wording};
use serde_json::Value;
use tokio::sync::mpsc::unbounded_channel;

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::interrupts::Interrupts;
use crate::output;
use crate::render::changes::Changes;
use crate::render::{Line, View, json, time};

/// Tells of every change until Ctrl-C, or until nobody reads it any more.
pub(crate) async fn run(context: &Context) -> Result<Exit, Failure> {
    // Later losses pass by themselves; a service that was never there does not.
    drop(context.connect().await?);
    let mut interrupts = Interrupts::listen()?;
    let (sink, mut events) = unbounded_channel();
    let watching = tokio::spawn(isotope_client::watch(sink));
    let mut told = Told::default();
    loop {
        let event = tokio::select! {
            event = events.recv() => event,
            () = interrupts.next() => None,
        };
        let Some(event) = event else { break };
        let read = if context.json {
            told.record(&event).map_or(Ok(true), |record| output::record(&record))?
        } else {
            output::results(context.terminal, &told.lines(&event, &context.view))?
        };
        if !read {
            break;
        }
    }
    watching.abort();
    Ok(Exit::Done)
}

/// What was told so far.
#[derive(Debug, Default)]
struct Told {
    changes: Changes,
    last_record: Value,
    lost: bool,
}

impl Told {
    fn lines(&mut self, event: &Event, view: &View) -> Vec<Line> {
        let sentences = match event {
            Event::State(state) => {
                let mut sentences = Vec::new();
                if std::mem::take(&mut self.lost) {
                    sentences.push(gettext("The Isotope service answers again."));
                }
                sentences.extend(self.changes.take(state, view, Instant::now()));
                sentences
            }
            Event::Lost(error) => {
                self.lost = true;
                vec![wording::client_error(error).what]
            }
        };
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let clock = time::clock(seconds, &view.zone).unwrap_or_default();
        let with_time = |sentence| Line::dim(format!("{clock}  ")).then(Line::plain(sentence));
        sentences.into_iter().map(with_time).collect()
    }

    fn record(&mut self, event: &Event) -> Option<Value> {
        let record = match event {
            Event::State(state) => json::watched(state),
            Event::Lost(error) => json::lost(error),
        };
        if record == self.last_record {
            return None;
        }
        self.last_record = record.clone();
        Some(record)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::{ClientError, ServiceState};
    use jiff::tz::TimeZone;

    use super::*;

    fn state() -> Event {
        Event::State(Arc::new(ServiceState::default()))
    }

    #[test]
    fn the_same_state_is_recorded_once() {
        let mut told = Told::default();
        assert!(told.record(&state()).is_some());
        assert!(told.record(&state()).is_none());
        assert_eq!(told.record(&Event::Lost(Arc::new(ClientError::ServiceMissing))).unwrap()["event"], "lost");
        assert!(told.record(&state()).is_some());
    }

    #[test]
    fn losing_and_finding_the_service_is_told() {
        let view = View { zone: TimeZone::UTC, verbose: false, now: 0, columns: None };
        let mut told = Told::default();
        assert_eq!(told.lines(&state(), &view).len(), 1);
        assert_eq!(told.lines(&Event::Lost(Arc::new(ClientError::ServiceMissing)), &view).len(), 1);
        assert!(told.lines(&state(), &view)[0].paint(false).ends_with("answers again."));
    }
}
