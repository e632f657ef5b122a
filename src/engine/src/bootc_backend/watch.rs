// SPDX-License-Identifier: GPL-3.0-or-later
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use isotope_model::{Phase, Progress, Refusal};

use super::progress::BootcProgress;
use super::runner::Heard;

/// A run that has reported that all is done, and then nothing more for so long, is stuck.
const STUCK: Duration = Duration::from_secs(30);

/// Watches a run that pulls: reports how far it is, and breaks it off as soon as it pulls another image than the one that
/// was previewed, or something else speaks against it.
#[derive(Debug)]
pub(crate) struct Watch<Report> {
    progress: BootcProgress,
    began: Instant,
    heard: Instant,
    stuck: Duration,
    expected: Option<String>,
    refused: Option<Refusal>,
    report: Report,
}

impl<Report: FnMut(Progress) -> Result<(), Refusal>> Watch<Report> {
    /// Watches a run that begins now. `report` takes each reading, and may refuse to go on.
    pub(crate) fn new(expected: Option<String>, report: Report) -> Self {
        let now = Instant::now();
        let progress = BootcProgress::default();
        Self { progress, began: now, heard: now, stuck: STUCK, expected, refused: None, report }
    }

    /// Hears of the run.
    pub(crate) fn hear(&mut self, heard: Heard<'_>) -> ControlFlow<()> {
        let at = self.began.elapsed();
        let reading = match heard {
            Heard::Line(line) => {
                self.heard = Instant::now();
                self.progress.take(line, at)
            }
            Heard::Heartbeat if self.is_done() && self.heard.elapsed() > self.stuck => return ControlFlow::Break(()),
            Heard::Heartbeat => Some(self.progress.now(at)),
        };
        if self.refused.is_none() {
            self.refused = self.unexpected();
        }
        if let (None, Some(reading)) = (&self.refused, reading) {
            self.refused = (self.report)(reading).err();
        }
        if self.refused.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Why the run was broken off, if it was.
    pub(crate) fn refused(&self) -> Option<&Refusal> {
        self.refused.as_ref()
    }

    /// The digest of the image that is pulled, once bootc has told it.
    pub(crate) fn digest(&self) -> Option<&str> {
        self.progress.digest()
    }

    /// The run has reported that everything is staged.
    pub(crate) fn is_done(&self) -> bool {
        let Progress { phase, overall, .. } = self.progress.now(Duration::ZERO);
        phase == Phase::Staging && overall == Some(Progress::WHOLE)
    }

    /// Another image is being pulled than the one that was previewed.
    fn unexpected(&self) -> Option<Refusal> {
        match (&self.expected, self.progress.digest()) {
            (Some(expected), Some(found)) if expected != found => {
                Some(Refusal::ImageChanged { expected: expected.clone(), found: found.to_owned() })
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::super::recordings::path;
    use super::super::runner::{Ended, Invocation, Patience, Ran, Stopped};
    use super::*;

    const MULTI: &str = "sha256:6fa420b71712d5b5e55879243cd09a43c34e31362a4f2697dbbb47745b2343f4";

    /// Runs a program that writes a recording to its progress pipe, and then ends or stays.
    fn replay(expected: &str, then: &str) -> (Ran, Vec<Progress>, Option<Refusal>) {
        let script = format!("cat {} >&${{@: -1}}; {then}", path("switch-multi.progress.jsonl").display());
        let run = Invocation::new("bash", ["-c", &script, "bootc"]).with_progress(true);
        let mut reported = Vec::new();
        let mut watch = Watch::new(Some(expected.to_owned()), |progress| {
            reported.push(progress);
            Ok(())
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let patience = Patience { heartbeat: Duration::from_millis(100), ..Patience::default() };
        let ran = runtime.block_on(async {
            let run = run.run(patience, std::future::pending(), |heard| watch.hear(heard));
            timeout(Duration::from_secs(30), run).await.unwrap().unwrap()
        });
        let unexpected = watch.refused().cloned();
        (ran, reported, unexpected)
    }

    #[test]
    fn a_run_is_reported_from_its_first_byte_to_its_end() {
        let (ran, reported, unexpected) = replay(MULTI, "sleep 0.5");
        assert_eq!((ran.ended, unexpected), (Ended::Status(0), None));
        let first = reported.iter().find(|progress| progress.phase == Phase::Pulling).unwrap();
        assert_eq!((first.bytes, first.total_bytes), (Some(8193), Some(33_022_180)));
        let last = reported.last().unwrap();
        assert_eq!((last.phase, last.overall), (Phase::Staging, Some(Progress::WHOLE)));
        // 74 lines, and then it was silent.
        assert!(reported.len() > 75, "{}", reported.len());
    }

    #[test]
    fn another_image_than_the_previewed_one_is_not_pulled() {
        let expected = format!("sha256:{}", "0".repeat(64));
        let (ran, reported, unexpected) = replay(&expected, "sleep 1000");
        assert_eq!(ran.stopped, Some(Stopped::ByObserver));
        assert_eq!(unexpected, Some(Refusal::ImageChanged { expected, found: MULTI.to_owned() }));
        assert!(reported.iter().all(|progress| progress.bytes.is_none()));
    }

    #[test]
    fn a_run_is_broken_off_when_its_size_speaks_against_it() {
        let line = br#"{"type":"ProgressBytes","task":"pulling","id":"sha256:1","bytes":1,"bytesTotal":100}"#;
        let full = || Err(Refusal::no_space("full"));
        let mut watch = Watch::new(None, |progress| if progress.total_bytes > Some(99) { full() } else { Ok(()) });
        assert!(watch.hear(Heard::Heartbeat).is_continue());
        assert!(watch.hear(Heard::Line(line)).is_break());
        assert_eq!(watch.refused().map(Refusal::code).as_deref(), Some("no-space"));
    }

    #[test]
    fn a_run_that_is_done_and_does_not_end_is_broken_off_without_being_refused() {
        let mut watch = Watch { stuck: Duration::ZERO, ..Watch::new(None, |_| Ok(())) };
        assert!(watch.hear(Heard::Heartbeat).is_continue());
        let line = br#"{"type":"ProgressSteps","task":"staging","steps":3,"stepsTotal":3}"#;
        assert!(watch.hear(Heard::Line(line)).is_continue() && watch.is_done());
        assert!(watch.hear(Heard::Heartbeat).is_break() && watch.refused().is_none());
    }
}
