// SPDX-License-Identifier: GPL-3.0-or-later
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use isotope_model::{Phase, Progress, Refusal};

use crate::ostree_backend::room;
use crate::rpm_ostree_backend::follow::Heard;
use crate::rpm_ostree_backend::progress::RpmOstreeProgress;

/// After such a silence it is told how long that has lasted.
const SILENCE: Duration = Duration::from_secs(2);

/// Watches a transaction: reports how far it is, and breaks it off as soon as it pulls another image than the one that was
/// previewed, or there is no room for it.
pub(super) struct Watch<'a, Report> {
    progress: RpmOstreeProgress,
    expected: Option<&'a str>,
    /// So many bytes there was room for.
    sized: u64,
    refused: Option<Refusal>,
    told: Progress,
    since: Instant,
    report: Report,
}

impl<'a, Report: FnMut(Progress)> Watch<'a, Report> {
    /// Watches one that begins now with this phase. `report` takes each reading.
    pub(super) fn new(expected: Option<&'a str>, phase: Phase, report: Report) -> Self {
        let told = Progress { phase, ..Progress::default() };
        let progress = RpmOstreeProgress::default();
        Self { progress, expected, sized: 0, refused: None, told, since: Instant::now(), report }
    }

    /// Watches another program's, and never breaks it off.
    pub(super) fn only(phase: Phase, report: Report) -> Self {
        Self { sized: u64::MAX, ..Self::new(None, phase, report) }
    }

    /// Why it was broken off, if it was.
    pub(super) fn refused(&self) -> Option<Refusal> {
        self.refused.clone()
    }

    /// The digest of the image that is pulled, once it is known.
    pub(super) fn digest(&self) -> Option<String> {
        self.progress.digest().map(str::to_owned)
    }

    /// Hears of the transaction.
    pub(super) fn hear(&mut self, heard: Heard<'_>) -> ControlFlow<()> {
        match heard {
            Heard::Event(event) => {
                if let Some(reading) = self.progress.take(event) {
                    if reading.phase != self.told.phase || reading.layers != self.told.layers {
                        self.since = Instant::now();
                    }
                    self.told = reading.clone();
                    self.refused = self.refused.take().or_else(|| self.objection());
                    // What it does until it has ended is not what was asked for.
                    if self.refused.is_none() {
                        (self.report)(reading);
                    }
                } else if self.refused.is_none() {
                    self.refused = self.objection();
                }
            }
            Heard::Silence if self.told.bytes.is_none() && self.since.elapsed() >= SILENCE => {
                let seconds_in_phase = Some(self.since.elapsed().as_secs());
                (self.report)(Progress { seconds_in_phase, ..self.told.clone() });
            }
            Heard::Silence => (self.report)(self.told.clone()),
        }
        if self.refused.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// What speaks against going on.
    fn objection(&mut self) -> Option<Refusal> {
        match (self.expected, self.progress.digest()) {
            (Some(expected), Some(found)) if expected != found => {
                return Some(Refusal::ImageChanged { expected: expected.to_owned(), found: found.to_owned() });
            }
            _ => {}
        }
        room::require_for_download(self.missing_beyond()).err()
    }

    /// Bytes that are still to be downloaded, where they are more than there was known to be room for: of an image the layers
    /// of several kinds are told one after the other.
    fn missing_beyond(&mut self) -> Option<u64> {
        let total = self.told.total_bytes.filter(|total| *total > self.sized)?;
        self.sized = total;
        Some(total.saturating_sub(self.told.bytes.unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use crate::rpm_ostree_backend::events::TransactionEvent;

    use super::*;

    #[test]
    fn another_image_than_the_previewed_one_is_broken_off_as_soon_as_it_is_known() {
        let digest = |digit: &str| format!("sha256:{}", digit.repeat(64));
        let importing = format!("Importing: ostree-unverified-registry:q.io/o (digest: {})", digest("a"));
        for (expected, goes_on) in [(None, true), (Some(digest("a")), true), (Some(digest("b")), false)] {
            let mut watch = Watch::new(expected.as_deref(), Phase::Checking, |_| {});
            assert!(watch.hear(Heard::Silence).is_continue());
            let event = TransactionEvent::message(&importing);
            assert_eq!(watch.hear(Heard::Event(&event)).is_continue(), goes_on, "{expected:?}");
            assert_eq!(watch.refused.is_none(), goes_on);
        }
    }

    fn measured(watch: &mut Watch<'_, impl FnMut(Progress)>, text: &str) -> [Option<u64>; 2] {
        if let Some(reading) = watch.progress.take(&TransactionEvent::message(text)) {
            watch.told = reading;
        }
        [watch.missing_beyond(), watch.missing_beyond()]
    }

    #[test]
    fn room_is_measured_again_for_layers_that_are_told_later() {
        let mut watch = Watch::new(None, Phase::Checking, |_| {});
        assert_eq!(measured(&mut watch, "ostree chunk layers needed: 2 (10.0 MB)"), [Some(10_000_000), None]);
        assert_eq!(measured(&mut watch, "custom layers needed: 1 (5.0 MB)"), [Some(15_000_000), None]);
        assert_eq!(measured(&mut watch, "Pruned images: 0"), [None, None]);
        let mut only = Watch::only(Phase::Checking, |_| {});
        assert_eq!(measured(&mut only, "custom layers needed: 1 (5.0 MB)"), [None, None]);
    }
}
