// SPDX-License-Identifier: GPL-3.0-or-later
use std::ops::ControlFlow;
use std::time::Instant;

use isotope_model::{Progress, Refusal};

use super::progress::BootcProgress;
use super::runner::Heard;

/// Watches a run that pulls: reports how far it is, and breaks it off as soon as it pulls another image than the one that
/// was previewed.
#[derive(Debug)]
pub(crate) struct Watch<Report> {
    progress: BootcProgress,
    began: Instant,
    expected: Option<String>,
    report: Report,
}

impl<Report: FnMut(Progress)> Watch<Report> {
    /// Watches a run that begins now.
    pub(crate) fn new(expected: Option<String>, report: Report) -> Self {
        Self { progress: BootcProgress::default(), began: Instant::now(), expected, report }
    }

    /// Hears of the run.
    pub(crate) fn hear(&mut self, heard: Heard<'_>) -> ControlFlow<()> {
        let at = self.began.elapsed();
        let reading = match heard {
            Heard::Line(line) => self.progress.take(line, at),
            Heard::Heartbeat => Some(self.progress.now(at)),
        };
        if self.unexpected().is_some() {
            return ControlFlow::Break(());
        }
        if let Some(reading) = reading {
            (self.report)(reading);
        }
        ControlFlow::Continue(())
    }

    /// Another image is being pulled than the one that was previewed.
    pub(crate) fn unexpected(&self) -> Option<Refusal> {
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
    use std::time::Duration;

    use isotope_model::Phase;
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
        let mut watch = Watch::new(Some(expected.to_owned()), |progress| reported.push(progress));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let patience = Patience { heartbeat: Duration::from_millis(100), ..Patience::default() };
        let ran = runtime.block_on(async {
            let run = run.run(patience, std::future::pending(), |heard| watch.hear(heard));
            timeout(Duration::from_secs(30), run).await.unwrap().unwrap()
        });
        let unexpected = watch.unexpected();
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
}
