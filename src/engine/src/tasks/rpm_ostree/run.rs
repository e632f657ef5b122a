// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Phase, Progress, Refusal};
use tokio::sync::watch::channel;

use super::super::keep_on::keep_on;
use super::daemon;
use super::watch::Watch;
use crate::failure::Failure;
use crate::rpm_ostree_backend::daemon::PROGRAM;
use crate::rpm_ostree_backend::errors;
use crate::rpm_ostree_backend::follow;
use crate::rpm_ostree_backend::transaction::{Call, Ran};
use crate::session::Session;

/// Something that rpm-ostree is to do.
#[derive(Debug)]
pub(super) struct Run<'a> {
    /// It.
    pub(super) call: Call<'a>,
    /// The image that this is about, for what is told of errors.
    pub(super) reference: &'a str,
    /// The digest that was previewed.
    pub(super) expected: Option<&'a str>,
}

/// How it ended, by what rpm-ostree said itself.
#[derive(Debug)]
pub(super) struct End {
    /// Why it was broken off, or what it failed with; nothing where it ended well.
    pub(super) refusal: Option<Refusal>,
    /// The digest of the image that it pulled.
    pub(super) digest: Option<String>,
    /// It came so far that it may have left something half made.
    pub(super) was_staging: bool,
}

impl Run<'_> {
    /// Has it done to its end, in sight and cancellable, and keeps the computer on meanwhile. Nothing where something else
    /// was at work.
    ///
    /// # Errors
    /// It was not begun.
    pub(super) fn follow(&self, session: &Session<'_>) -> Result<Option<End>, Failure> {
        let (tell, phase) = channel(Phase::Checking);
        let phase_before = match self.call {
            Call::CleanUp => Phase::CleaningUp,
            _ => Phase::Checking,
        };
        let mut watch = Watch::new(self.expected, phase_before, |progress: Progress| {
            tell.send_replace(progress.phase);
            session.reporter.report(progress);
        });
        let ran = session.runtime.block_on(async {
            let daemon = daemon(session);
            let run = daemon.run(self.call, self.reference, |heard| watch.hear(heard));
            tokio::select! {
                ran = run => ran,
                never = keep_on(&session.bus, phase.clone(), Phase::Staging) => match never {},
            }
        })?;
        let end = match ran {
            Ran::Ended(end) => end,
            Ran::AfterAnother => return Ok(None),
        };
        let was_staging = *phase.borrow() >= Phase::Staging;
        let refusal = watch.refused().or_else(|| self.refusal(&end));
        Ok(Some(End { refusal, digest: watch.digest(), was_staging }))
    }

    fn refusal(&self, end: &follow::End) -> Option<Refusal> {
        match &end.finished {
            Some((true, _)) => None,
            Some((false, text)) => Some(errors::of_finished(text, self.reference)),
            None => Some(lost()),
        }
    }
}

/// The daemon has ended in the middle of a transaction.
pub(super) fn lost() -> Refusal {
    let detail = "the connection was lost before the end".to_owned();
    Refusal::ProgramEnded { program: PROGRAM.to_owned(), detail }
}
