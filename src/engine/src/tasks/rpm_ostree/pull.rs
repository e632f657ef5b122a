// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Deployment, DeploymentId, ImageReference, Outcome, Refusal, Snapshot, followed_deployment};

use super::super::finalization;
use super::super::new_deployment::expect_image;
use super::super::staged_elsewhere::{Asked, Came, Ended, is_ours};
use super::run::{End, Run};
use crate::failure::Failure;
use crate::rpm_ostree_backend::daemon::PROGRAM;
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;
use crate::sysroot;

/// A new deployment that rpm-ostree is to make.
#[derive(Debug)]
pub(super) struct Pull<'a> {
    /// What it is told.
    pub(super) call: Call<'a>,
    /// What the new deployment follows.
    pub(super) target: &'a ImageReference,
    /// The checksum or digest that was previewed.
    pub(super) expected: Option<&'a str>,
    /// How everything stood before.
    pub(super) before: &'a Snapshot,
    /// What was pinned for it, as the way back.
    pub(super) way_back: Option<&'a DeploymentId>,
}

impl Pull<'_> {
    /// Has rpm-ostree download and stage it. What came of it, the sysroot tells, whatever rpm-ostree says.
    ///
    /// # Errors
    /// What rpm-ostree failed with; what is staged is not what was asked for; there is no room for it; a cancel.
    pub(super) fn make(self, session: &Session<'_>) -> Result<Option<Outcome>, Failure> {
        let reference = self.target.to_string();
        let expected = self.expected.filter(|_| self.target.container().is_some());
        let run = Run { call: self.call, reference: &reference, expected };
        let Some(End { refusal, digest, was_staging }) = run.follow(session)? else {
            return Ok(None);
        };
        let asked = Asked {
            program: PROGRAM,
            target: self.target,
            expected: self.expected,
            before: self.before,
            way_back: self.way_back,
            is_update: matches!(self.call, Call::Upgrade { .. }),
            soft_restart: false,
            reset: matches!(self.call, Call::Rebase { reset: true, .. } | Call::Reset),
        };
        // Of a branch nothing is told that could be compared; but one transaction is all that it does at a time.
        let is_ours = |staged: &Deployment| is_ours(digest.as_deref(), was_staging, staged);
        let came = asked.judge(session, Ended { refusal, is_ours, was_staging }).inspect_err(|failure| {
            // The cancel came too late: it is staged, and stays.
            if matches!(failure, Failure::Refused(Refusal::Cancelled)) {
                self.hold_after_cancel(session, is_ours);
            }
        });
        match came? {
            Came::Staged(outcome) => {
                self.hold(session);
                Ok(Some(outcome))
            }
            Came::Nothing(_, Some(refusal)) => Err(refusal.into()),
            Came::Nothing(now, None) => {
                // It says so where there is nothing newer.
                let followed = followed_deployment(&now).ok_or(Refusal::NotBooted)?;
                expect_image(self.expected, followed.image_checksum())?;
                Ok(Some(Outcome::UpToDate))
            }
        }
    }

    /// The same for what was staged before a cancel could come, unless somebody else has staged it.
    fn hold_after_cancel(&self, session: &Session<'_>, is_ours: impl Fn(&Deployment) -> bool) {
        let staged = sysroot::read_snapshot().is_ok_and(|now| now.staged_since(self.before).is_some_and(is_ours));
        if staged {
            self.hold(session);
        }
    }

    /// What an earlier one has left can hold back what is staged now, and a mark can be missing.
    fn hold(&self, session: &Session<'_>) {
        let held_back = self.call == Call::Upgrade { hold_back: true };
        let is_wrong = |now: &Snapshot| now.staged().is_some_and(|staged| staged.finalization_locked != held_back);
        if !sysroot::read_snapshot().is_ok_and(|now| is_wrong(&now)) {
            return;
        }
        let held = session.after(|sysroot, now| match is_wrong(now) {
            true => finalization::set_held_back(session, sysroot, now, held_back).map(drop),
            false => Ok(()),
        });
        if let Err(failure) = held {
            tracing::warn!("held back is to be {held_back}: {failure:?}");
        }
    }
}
