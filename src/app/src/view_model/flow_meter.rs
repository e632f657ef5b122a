// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::{ServiceState, wording};
use isotope_model::Phase;

/// The first estimates are the worst: bytes have to flow for so many milliseconds before anything is said.
const PATIENCE: u64 = 3_000;
/// A new rate counts as much as the last ones together after so many milliseconds.
const MEMORY: f64 = 5_000.0;
/// Without a new byte for so long nothing is said.
const STALLED: u64 = 5_000;
/// An estimate that runs down by itself stands as long as the new one differs by less than this part of it.
const TOLERANCE: f64 = 0.2;

/// Estimates how long a download still takes. It says nothing where bytes and total are not both known, and nothing
/// before bytes have flowed for some seconds.
#[derive(Clone, Debug, Default)]
pub(crate) struct FlowMeter {
    flow: Option<Flow>,
}

#[derive(Clone, Debug)]
struct Flow {
    /// Which operation and phase.
    of: (String, u64, Phase),
    began: u64,
    /// The last reading: bytes, and when they were more than before.
    bytes: u64,
    moved: u64,
    /// Bytes a millisecond.
    rate: Option<f64>,
    /// What was said last, in seconds, and when.
    said: Option<(f64, u64)>,
}

impl FlowMeter {
    /// Takes in a state at this moment, counted in milliseconds from any one point; returns how many seconds are left.
    pub(crate) fn take(&mut self, state: &ServiceState, now: u64) -> Option<u64> {
        let Some(operation) = state.running() else {
            self.flow = None;
            return None;
        };
        let (Some(bytes), Some(total)) = (operation.progress.bytes, operation.progress.total_bytes) else {
            self.flow = None;
            return None;
        };
        let path = state.operation_path.as_ref().map(ToString::to_string).unwrap_or_default();
        let of = (path, operation.started, operation.progress.phase);
        let flow = match &mut self.flow {
            Some(flow) if flow.of == of && flow.bytes <= bytes => flow,
            _ => {
                self.flow = Some(Flow { of, began: now, bytes, moved: now, rate: None, said: None });
                return None;
            }
        };
        flow.advance(bytes, now);
        flow.say(total.saturating_sub(bytes), now)
    }
}

impl Flow {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn advance(&mut self, bytes: u64, now: u64) {
        let elapsed = now.saturating_sub(self.moved);
        if bytes == self.bytes || elapsed == 0 {
            return;
        }
        let newest = (bytes - self.bytes) as f64 / elapsed as f64;
        let weight = 1.0 - (-(elapsed as f64) / MEMORY).exp();
        self.rate = Some(self.rate.map_or(newest, |rate| rate + weight * (newest - rate)));
        (self.bytes, self.moved) = (bytes, now);
    }

    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is positive, and cut off where absurd"
    )]
    fn say(&mut self, left: u64, now: u64) -> Option<u64> {
        let early = now.saturating_sub(self.began) < PATIENCE;
        let stalled = now.saturating_sub(self.moved) >= STALLED;
        let rate = self.rate.filter(|rate| *rate > 0.0 && !early && !stalled && left > 0)?;
        let fresh = left as f64 / rate / 1_000.0;
        let run_down = self.said.map(|(said, at)| said - now.saturating_sub(at) as f64 / 1_000.0);
        let seconds = match run_down {
            Some(old) if old > 0.0 && (fresh - old).abs() <= TOLERANCE * old => old,
            _ => fresh,
        };
        self.said = Some((seconds, now));
        Some(seconds.ceil().max(1.0) as u64)
    }
}

/// How long something still takes, roughly: `About 2 minutes left`.
pub(super) fn time_left(seconds: u64) -> String {
    let about = |text: String, number: u64| text.replace("{number}", &number.to_string());
    let (tens, minutes, hours) = (seconds.div_ceil(10) * 10, seconds.div_ceil(60), seconds.div_ceil(3_600));
    match seconds {
        0..10 => gettext("A few seconds left"),
        10..60 => {
            let text = ngettext("About {number} second left", "About {number} seconds left", wording::plural(tens));
            about(text, tens)
        }
        60..3_600 => {
            let text = ngettext("About {number} minute left", "About {number} minutes left", wording::plural(minutes));
            about(text, minutes)
        }
        _ => about(ngettext("About {number} hour left", "About {number} hours left", wording::plural(hours)), hours),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{OperationKind, Progress};
    use proptest::prelude::*;

    use super::super::test_states::{booted, operation, service, snapshot};
    use super::*;

    fn pulling(bytes: Option<u64>, total_bytes: Option<u64>) -> ServiceState {
        let progress = Progress { phase: Phase::Pulling, bytes, total_bytes, ..Progress::default() };
        let mut state = service(snapshot(vec![booted('1')]));
        state.operation = Some(Arc::new(operation(OperationKind::Update, progress)));
        state
    }

    #[test]
    fn nothing_is_said_in_the_first_seconds_and_then_it_runs_down() {
        let mut meter = FlowMeter::default();
        let mut said = Vec::new();
        for second in 0..=100u64 {
            said.push(meter.take(&pulling(Some(second * 1_000), Some(100_000)), second * 1_000));
        }
        assert_eq!(said[..3], [None, None, None]);
        assert_eq!(said[3], Some(97));
        assert_eq!(said[50], Some(50));
        assert_eq!(said[100], None, "nothing is left");
        assert!(said[3..100].windows(2).all(|pair| pair[1] < pair[0]));
    }

    #[test]
    fn what_is_not_known_is_not_invented() {
        for (bytes, total) in [(None, None), (Some(5), None), (None, Some(5))] {
            let mut meter = FlowMeter::default();
            let known = bytes.is_some() && total.is_some();
            assert!((0..10).all(|second| known == meter.take(&pulling(bytes, total), second * 1_000).is_some()));
        }
        let mut meter = FlowMeter::default();
        assert!(
            (0..10).all(|second| meter.take(&pulling(Some(5), Some(50)), second * 1_000).is_none()),
            "no byte comes"
        );
    }

    #[test]
    fn a_stall_ends_the_estimate_and_a_jump_does_not_rule_it() {
        let mut meter = FlowMeter::default();
        for second in 0..10u64 {
            meter.take(&pulling(Some(second * 1_000), Some(100_000)), second * 1_000);
        }
        let jumped = meter.take(&pulling(Some(19_000), Some(100_000)), 10_000).unwrap();
        assert!((25..=90).contains(&jumped), "{jumped}");
        assert_eq!(meter.take(&pulling(Some(19_000), Some(100_000)), 16_000), None);
    }

    #[test]
    fn another_operation_begins_anew() {
        let mut meter = FlowMeter::default();
        for second in 0..10u64 {
            meter.take(&pulling(Some(second * 1_000), Some(100_000)), second * 1_000);
        }
        let mut other = pulling(Some(50_000), Some(100_000));
        other.operation_path = "/operation/2".try_into().ok();
        assert_eq!(meter.take(&other, 10_100), None);
    }

    #[test]
    fn the_time_is_rough_and_begins_with_about() {
        for (seconds, text) in [(3, "A few seconds left"), (42, "About 50 seconds left"), (61, "About 2 minutes left")]
        {
            assert_eq!(time_left(seconds), text);
        }
        assert_eq!(time_left(7_000), "About 2 hours left");
    }

    proptest! {
        #[test]
        fn whatever_comes_an_estimate_is_one(
            readings in prop::collection::vec((any::<Option<u64>>(), any::<Option<u64>>(), 0u64..10_000), 1..40)
        ) {
            let (mut meter, mut now) = (FlowMeter::default(), 0);
            for (bytes, total, pause) in readings {
                now += pause;
                let said = meter.take(&pulling(bytes, total), now);
                prop_assert!(said.is_none() || (bytes.is_some() && total.is_some() && said > Some(0)));
            }
        }
    }
}
