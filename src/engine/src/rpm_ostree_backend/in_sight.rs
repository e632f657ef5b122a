// SPDX-License-Identifier: GPL-3.0-or-later
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use isotope_model::{Phase, Progress, Refusal};
use ostree::gio;
use ostree::gio::prelude::{CancellableExt as _, CancellableExtManual as _};
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::daemon::PROGRAM;
use crate::progress_reporter::ProgressReporter;

/// What is done by then is not worth a word.
const SHORTLY: Duration = Duration::from_secs(1);

/// Waits for rpm-ostree so that a person sees it, and can end it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InSight<'a> {
    /// Ends the wait.
    pub(crate) cancellable: &'a gio::Cancellable,
    /// Where it is shown.
    pub(crate) reporter: Option<&'a ProgressReporter>,
    /// The longest that one wait may take.
    pub(crate) patience: Duration,
}

impl InSight<'_> {
    /// What this comes to.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`]; [`Refusal::ProgramUnavailable`] where it takes too long.
    pub(crate) async fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Refusal> {
        let began = Instant::now();
        let mut work = pin!(work);
        let mut cancelled = pin!(self.cancelled());
        let mut show = began + SHORTLY;
        let told = async {
            loop {
                tokio::select! {
                    biased;
                    done = &mut work => return Ok(done),
                    () = &mut cancelled => return Err(Refusal::Cancelled),
                    () = sleep_until(show) => {
                        self.show(PROGRAM);
                        show += SHORTLY;
                    }
                }
            }
        };
        let too_long = || Refusal::ProgramUnavailable {
            program: PROGRAM.to_owned(),
            detail: format!("no answer within {} seconds", self.patience.as_secs()),
        };
        timeout_at(began + self.patience, told).await.unwrap_or_else(|_| Err(too_long()))
    }

    /// Waits a moment for another program, in sight at once.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`].
    pub(crate) async fn pause(&self, waits_for: &str, pause: Duration) -> Result<(), Refusal> {
        self.show(waits_for);
        tokio::select! {
            biased;
            () = self.cancelled() => Err(Refusal::Cancelled),
            () = sleep(pause) => Ok(()),
        }
    }

    /// Comes true when it is cancelled.
    pub(crate) async fn cancelled(&self) {
        if !self.cancellable.is_cancelled() {
            self.cancellable.future().await;
        }
    }

    fn show(&self, waits_for: &str) {
        if let Some(reporter) = self.reporter {
            let waits_for = Some(waits_for.to_owned());
            reporter.report(Progress { phase: Phase::Waiting, waits_for, ..Progress::default() });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};

    use super::*;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
    }

    #[test]
    fn every_wait_ends() {
        let cancellable = gio::Cancellable::new();
        let in_sight = |patience| InSight { cancellable: &cancellable, reporter: None, patience };
        assert_eq!(block_on(in_sight(SHORTLY).wait(ready(5))), Ok(5));
        let late = block_on(in_sight(Duration::from_millis(20)).wait(pending::<()>()));
        assert!(matches!(late, Err(Refusal::ProgramUnavailable { .. })));
        cancellable.cancel();
        assert_eq!(block_on(in_sight(Duration::from_secs(60)).wait(pending::<()>())), Err(Refusal::Cancelled));
        assert_eq!(block_on(in_sight(SHORTLY).pause("x", Duration::from_secs(60))), Err(Refusal::Cancelled));
    }
}
