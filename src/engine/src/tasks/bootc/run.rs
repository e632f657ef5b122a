// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Phase, Progress, Refusal};
use ostree::gio::prelude::CancellableExtManual as _;
use tokio::sync::watch;

use super::super::keep_on::keep_on;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::errors;
use crate::bootc_backend::output::{self, Said};
use crate::bootc_backend::program::Program;
use crate::bootc_backend::runner::Stopped;
use crate::bootc_backend::watch::Watch;
use crate::failure::Failure;
use crate::ostree_backend::room;
use crate::session::Session;
use crate::sysroot_lock;

/// A run of bootc that may pull and stage.
#[derive(Debug)]
pub(in super::super) struct Run<'a> {
    /// The installed bootc.
    pub(in super::super) program: &'a Program,
    /// What it is to do.
    pub(in super::super) verb: Verb,
    /// The image that this is about, for what is told of errors.
    pub(in super::super) reference: &'a str,
    /// The digest that was previewed.
    pub(in super::super) expected: Option<&'a str>,
}

/// How a run ended, by what it said itself.
#[derive(Debug)]
pub(in super::super) struct End {
    /// Why it was broken off, or what it failed with; nothing where it ended well.
    pub(in super::super) refusal: Option<Refusal>,
    /// What it said that it did.
    pub(in super::super) said: Said,
    /// The digest of the image that it pulled, or said that it staged.
    pub(in super::super) digest: Option<String>,
    /// It came so far that it may have left something half made.
    pub(in super::super) was_staging: bool,
}

impl Run<'_> {
    /// Runs it to its end, in sight and cancellable, and keeps the computer on meanwhile.
    ///
    /// # Errors
    /// It cannot be started, or lacks an option that it needs.
    pub(in super::super) fn follow(&self, session: &Session<'_>) -> Result<End, Failure> {
        let (tell, phase) = watch::channel(Phase::Checking);
        // Those of composefs hosts tell of no phase but this one.
        let from = if session.host.composefs { Phase::Pulling } else { Phase::Importing };
        let mut sized = false;
        let mut watch = Watch::new(self.expected.map(str::to_owned), |progress: Progress| {
            if let (false, Some(total)) = (sized, progress.total_bytes) {
                sized = true;
                room::require_for_download(Some(total.saturating_sub(progress.bytes.unwrap_or(0))))?;
            }
            tell.send_replace(progress.phase);
            session.reporter.report(waiting(&progress).unwrap_or(progress));
            Ok(())
        });
        let ran = session.runtime.block_on(async {
            let stop = self.verb.may_be_stopped();
            let cancelled = async {
                match stop {
                    true => session.cancellable().future().await,
                    false => std::future::pending().await,
                }
            };
            let run = self.program.run(&self.verb, cancelled, |heard| watch.hear(heard));
            tokio::select! {
                ran = run => ran,
                never = keep_on(&session.bus, phase.clone(), from) => match never {},
            }
        })?;
        let was_staging = *phase.borrow() >= Phase::Staging;
        let refusal = match watch.refused() {
            Some(refusal) => Some(refusal.clone()),
            // It was done, and did not end.
            None if ran.stopped == Some(Stopped::ByObserver) => None,
            None => errors::check(&ran, self.reference).err(),
        };
        let said = output::parse(&ran.stdout);
        let announced = match &said {
            Said::Staged(announced) => announced.digest.clone(),
            _ => None,
        };
        Ok(End { refusal, digest: announced.or_else(|| watch.digest().map(str::to_owned)), said, was_staging })
    }
}

/// What is to be told instead while bootc has not begun, because somebody else holds the lock that it waits for.
fn waiting(progress: &Progress) -> Option<Progress> {
    if progress.phase != Phase::Checking || progress.seconds_in_phase.is_none() {
        return None;
    }
    let waits_for = Some(sysroot_lock::other_holder()?);
    Some(Progress { phase: Phase::Waiting, waits_for, ..Progress::default() })
}
