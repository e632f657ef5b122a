// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

/// What an operation is busy with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// It was accepted and has done nothing yet.
    #[default]
    Starting,
    /// Another program holds the sysroot's lock.
    Waiting,
    /// It asks the server what is there.
    Checking,
    /// It downloads, checks and writes objects.
    Pulling,
    /// It makes one image of the layers that were downloaded.
    Importing,
    /// It makes the new deployment.
    Staging,
    /// It writes the boot order.
    ChangingBootOrder,
    /// It marks a deployment as pinned, or no longer.
    Pinning,
    /// It removes what nothing refers to any more.
    CleaningUp,
    /// A phase of a newer service.
    #[serde(other)]
    Unknown,
}

/// How far an operation is. What nobody knows is absent, never zero.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Progress {
    /// What it is busy with.
    #[serde(default)]
    pub phase: Phase,
    /// Bytes transferred in this phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Bytes that this phase transfers in all, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_bytes: Option<u64>,
    /// Objects fetched in this phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub objects: Option<u64>,
    /// Objects that this phase fetches, as far as is known now; it may grow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_objects: Option<u64>,
    /// Layers of a container image that are fetched, where nothing is told of bytes in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<u64>,
    /// Layers that are to be fetched in all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_layers: Option<u64>,
    /// About how many bytes the layer has that is being fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer_bytes: Option<u64>,
    /// The program that is waited for, in the waiting phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
    /// Bytes a second over the last moments, while bytes flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes_per_second: Option<u64>,
    /// Thousandths of the whole operation that are done, over all its phases, where its backend can tell. It says nothing
    /// about time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<u16>,
    /// Seconds that this phase has lasted, where nothing else tells that work goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds_in_phase: Option<u64>,
}

impl Progress {
    /// What `overall` is when nothing is left to be done.
    pub const WHOLE: u16 = 1000;

    /// The part of the whole operation that is done, from 0 to 1, where its backend can tell.
    pub fn overall_fraction(&self) -> Option<f64> {
        self.overall.map(|thousandths| f64::from(thousandths.min(Self::WHOLE)) / f64::from(Self::WHOLE))
    }

    /// The part of this phase that is done, from 0 to 1, where it can be told: by bytes, else by objects, else by layers.
    pub fn fraction(&self) -> Option<f64> {
        let of = |done: Option<u64>, total: Option<u64>| match (done, total) {
            #[expect(clippy::cast_precision_loss, reason = "a fraction for a progress bar")]
            (Some(done), Some(total)) if total > 0 => Some((done.min(total) as f64) / (total as f64)),
            _ => None,
        };
        of(self.bytes, self.total_bytes)
            .or_else(|| of(self.objects, self.total_objects))
            .or_else(|| of(self.layers, self.total_layers))
    }

    /// Seconds that the rest takes at the present rate, where total and rate are known.
    pub fn seconds_left(&self) -> Option<u64> {
        let rate = self.bytes_per_second.filter(|rate| *rate > 0)?;
        Some(self.total_bytes?.saturating_sub(self.bytes?).div_ceil(rate))
    }
}

/// Makes a line of progress that never runs backwards out of readings that may.
#[derive(Debug, Default)]
pub struct ProgressMeter {
    shown: Progress,
    highest_fraction: f64,
    mark: Option<(u64, u64)>,
}

/// The rate is taken over stretches of at least this many milliseconds.
const RATE_MILLISECONDS: u64 = 1000;

impl ProgressMeter {
    /// Takes a reading made `milliseconds` after the operation began, and returns what to show.
    ///
    /// Within a phase bytes and objects only grow, nothing exceeds its total, and a total that grows so much that the
    /// fraction would fall is withheld until the fraction has caught up. What is done of the whole only grows over all
    /// phases.
    pub fn take(&mut self, reading: Progress, milliseconds: u64) -> Progress {
        if reading.phase != self.shown.phase {
            let shown = Progress { phase: reading.phase, overall: self.shown.overall, ..Progress::default() };
            *self = Self { shown, ..Self::default() };
        }
        let bytes = reading.bytes.max(self.shown.bytes);
        let objects = reading.objects.max(self.shown.objects);
        let layers = reading.layers.max(self.shown.layers);
        let at_least = |total: Option<u64>, done: Option<u64>| total.map(|total| total.max(done.unwrap_or(0)));
        let mut next = Progress {
            phase: reading.phase,
            bytes,
            total_bytes: at_least(reading.total_bytes, bytes),
            objects,
            total_objects: at_least(reading.total_objects, objects),
            layers,
            total_layers: at_least(reading.total_layers, layers),
            layer_bytes: reading.layer_bytes,
            waits_for: reading.waits_for,
            bytes_per_second: self.rate(bytes, milliseconds),
            overall: reading.overall.map(|overall| overall.min(Progress::WHOLE)).max(self.shown.overall),
            seconds_in_phase: reading.seconds_in_phase,
        };
        match next.fraction() {
            Some(fraction) if fraction < self.highest_fraction => {
                next.total_bytes = None;
                next.total_objects = None;
                next.total_layers = None;
            }
            Some(fraction) => self.highest_fraction = fraction,
            None => {}
        }
        self.shown = next.clone();
        next
    }

    fn rate(&mut self, bytes: Option<u64>, milliseconds: u64) -> Option<u64> {
        let bytes = bytes?;
        let Some((mark_bytes, mark_time)) = self.mark else {
            self.mark = Some((bytes, milliseconds));
            return None;
        };
        let elapsed = milliseconds.saturating_sub(mark_time);
        if elapsed < RATE_MILLISECONDS {
            return self.shown.bytes_per_second;
        }
        self.mark = Some((bytes, milliseconds));
        let rate = bytes.saturating_sub(mark_bytes).saturating_mul(1000) / elapsed;
        (rate > 0).then_some(rate)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pulling(bytes: Option<u64>, total_bytes: Option<u64>, objects: Option<u64>, total: Option<u64>) -> Progress {
        Progress { phase: Phase::Pulling, bytes, total_bytes, objects, total_objects: total, ..Progress::default() }
    }

    proptest! {
        #[test]
        fn progress_never_runs_backwards_and_never_exceeds_its_total(
            readings in prop::collection::vec(
                (prop::option::of(0u64..1000), prop::option::of(0u64..1000), prop::option::of(0u64..50), prop::option::of(0u64..50)),
                1..60,
            )
        ) {
            let mut meter = ProgressMeter::default();
            let (mut bytes, mut objects, mut fraction) = (0, 0, 0.0);
            for (step, (b, tb, o, to)) in readings.into_iter().enumerate() {
                let shown = meter.take(pulling(b, tb, o, to), step as u64 * 200);
                prop_assert!(shown.bytes.unwrap_or(bytes) >= bytes);
                prop_assert!(shown.objects.unwrap_or(objects) >= objects);
                bytes = shown.bytes.unwrap_or(bytes);
                objects = shown.objects.unwrap_or(objects);
                if let Some(now) = shown.fraction() {
                    prop_assert!((fraction..=1.0).contains(&now));
                    fraction = now;
                }
            }
        }
    }

    #[test]
    fn a_new_phase_starts_anew() {
        let mut meter = ProgressMeter::default();
        meter.take(pulling(Some(900), Some(1000), None, None), 0);
        let shown = meter.take(Progress { phase: Phase::Staging, ..Progress::default() }, 200);
        assert_eq!(shown, Progress { phase: Phase::Staging, ..Progress::default() });
    }

    #[test]
    fn what_is_done_of_the_whole_never_falls_and_survives_a_new_phase() {
        let mut meter = ProgressMeter::default();
        let mut at = |phase, overall| meter.take(Progress { phase, overall, ..Progress::default() }, 0).overall;
        assert_eq!(at(Phase::Pulling, None), None);
        assert_eq!(at(Phase::Pulling, Some(700)), Some(700));
        assert_eq!(at(Phase::Importing, Some(600)), Some(700));
        assert_eq!(at(Phase::Staging, None), Some(700));
        assert_eq!(at(Phase::Staging, Some(2000)), Some(1000));
        assert_eq!(Progress { overall: Some(700), ..Progress::default() }.overall_fraction(), Some(0.7));
    }

    #[test]
    fn the_rate_is_bytes_a_second_and_absent_when_nothing_flows() {
        let mut meter = ProgressMeter::default();
        assert_eq!(meter.take(pulling(Some(0), Some(9000), None, None), 0).bytes_per_second, None);
        let shown = meter.take(pulling(Some(3000), Some(9000), None, None), 1500);
        assert_eq!(shown.bytes_per_second, Some(2000));
        assert_eq!(shown.seconds_left(), Some(3));
        assert_eq!(meter.take(pulling(Some(3000), Some(9000), None, None), 3000).bytes_per_second, None);
    }

    #[test]
    fn what_is_unknown_has_no_fraction() {
        assert_eq!(pulling(Some(10), None, None, None).fraction(), None);
        assert_eq!(pulling(Some(10), Some(0), None, None).fraction(), None);
    }
}
