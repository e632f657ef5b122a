// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::anyhow;
use isotope_model::{BootOrderPlan, Deployment, DeploymentId, ImageReference, Outcome, Refusal, Snapshot};
use ostree::{Sysroot, gio};

use super::super::new_deployment::expect_image;
use super::super::write_order;
use super::run::{End, Run};
use crate::automatic_pin;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::output::Said;
use crate::bootc_backend::program::Program;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::ostree_backend::room;
use crate::session::Session;
use crate::soft_restart;
use crate::sysroot;

/// A new deployment that bootc is to make.
#[derive(Debug)]
pub(super) struct Pull<'a> {
    /// The installed bootc.
    pub(super) program: &'a Program,
    /// What it is told.
    pub(super) verb: Verb,
    /// What the new deployment follows.
    pub(super) target: &'a ImageReference,
    /// The digest that was previewed.
    pub(super) expected: Option<&'a str>,
    /// How everything stood before.
    pub(super) before: &'a Snapshot,
    /// What was pinned for it, as the way back.
    pub(super) way_back: Option<&'a DeploymentId>,
}

impl Pull<'_> {
    /// Has bootc download and stage it. What came of it, the sysroot tells, whatever bootc says.
    ///
    /// # Errors
    /// What bootc failed with; what is staged is not what was asked for; there is no room for it; a cancel.
    pub(super) fn make(self, session: &Session<'_>) -> Result<Outcome, Failure> {
        let reference = self.target.to_string();
        let run =
            Run { program: self.program, verb: self.verb.clone(), reference: &reference, expected: self.expected };
        let end = run.follow(session)?;
        // Without the lock: somebody else may have been waiting for it, and holds it as long as a download lasts.
        let now = sysroot::read_snapshot()?;
        let Some(staged) = now.staged_since(self.before) else {
            if end.was_staging && end.refusal.is_some() {
                clean_up(session);
            }
            return self.nothing_made(&now, end);
        };
        match self.approve(session, staged, &now) {
            Ok(released) => {
                if !self.verb.prepares_soft_restart() {
                    soft_restart::clear();
                }
                // Also where the cancel came too late: it is staged.
                let settled = self.settle(session, staged, &now);
                let outcome = self.staged(staged, end.refusal)?;
                Ok(automatic_pin::told(outcome, self.way_back, &[released, settled].concat()))
            }
            Err(failure) if end.digest.as_deref() == Some(staged.image_checksum()) => {
                tracing::warn!("{} is discarded: {failure:?}", staged.id);
                discard(session, staged)?;
                Err(failure)
            }
            // Somebody else has staged it, just before or after this run.
            Err(_) => Err(end.refusal.unwrap_or(Refusal::StateChanged).into()),
        }
    }

    fn staged(&self, staged: &Deployment, refusal: Option<Refusal>) -> Result<Outcome, Failure> {
        match refusal {
            // The cancel came too late; what is left is told by the sysroot.
            Some(Refusal::Cancelled) => return Err(Refusal::Cancelled.into()),
            Some(refusal) => tracing::warn!("bootc failed with {refusal:?}, but {} is staged", staged.id),
            None => {}
        }
        Ok(Outcome::staged(&staged.id, self.before))
    }

    fn nothing_made(&self, now: &Snapshot, end: End) -> Result<Outcome, Failure> {
        match (end.refusal, end.said) {
            (Some(refusal), _) => Err(refusal.into()),
            (None, Said::FollowedAlready) => {
                Err(Refusal::AlreadyFollowed { reference: self.target.to_string() }.into())
            }
            (None, Said::NoChanges | Said::StagedAlready) => {
                let newest = now.newest().ok_or(Refusal::NotBooted)?;
                expect_image(self.expected, newest.image_checksum())?;
                Ok(Outcome::UpToDate)
            }
            (None, _) => Err(anyhow!("bootc reported success, but nothing is staged").into()),
        }
    }

    /// What is staged is what was asked for, and there will be room for it: nobody is there to be told when the computer
    /// shuts down. Returns the older ways back that it costs.
    fn approve(
        &self,
        session: &Session<'_>,
        staged: &Deployment,
        now: &Snapshot,
    ) -> Result<Vec<DeploymentId>, Failure> {
        expect_image(self.expected, staged.image_checksum())?;
        let follows = staged.image.as_ref().and_then(ImageReference::container);
        if follows.is_none() || follows != self.target.container() {
            return Err(anyhow!("bootc staged {:?} instead of {}", staged.image, self.target).into());
        }
        if self.room(&sysroot::open()?, staged, now)?.is_empty() {
            return Ok(Vec::new());
        }
        session.after(|sysroot, now| {
            if now.staged().is_none_or(|found| found.id != staged.id) {
                return Err(Refusal::StateChanged.into());
            }
            let released = self.room(sysroot, staged, now)?;
            automatic_pin::release(sysroot, now, &released)?;
            Ok(released)
        })
    }

    fn room(&self, sysroot: &Sysroot, staged: &Deployment, now: &Snapshot) -> Result<Vec<DeploymentId>, Refusal> {
        room::require_for_kernel(sysroot, staged.id.checksum(), &automatic_pin::releasable(now, self.way_back))
    }

    /// Counts down and releases ways back. The lock is waited for only where there are any.
    fn settle(&self, session: &Session<'_>, staged: &Deployment, now: &Snapshot) -> Vec<DeploymentId> {
        if !sysroot::open().is_ok_and(|sysroot| automatic_pin::would_settle(&sysroot, self.before, now)) {
            return Vec::new();
        }
        let settled = session.after(|sysroot, now| match now.staged() {
            Some(found) if found.id == staged.id => Ok(automatic_pin::settle(sysroot, self.before, now)),
            _ => Ok(Vec::new()),
        });
        settled.unwrap_or_else(|failure| {
            tracing::warn!("ways back stay as they are: {failure:?}");
            Vec::new()
        })
    }
}

/// Discards what was staged, if it still is.
fn discard(session: &Session<'_>, staged: &Deployment) -> Result<(), Failure> {
    session.after(|sysroot, now| {
        let _on = session.inhibit(Against::Shutdown);
        if now.staged().is_some_and(|found| found.id == staged.id) {
            write_order::write(sysroot, &BootOrderPlan::discarding(now)?.order)?;
            remove_leftovers(sysroot);
        }
        Ok(())
    })
}

/// Removes what a run has left half made; layers that are complete stay for the next one. Where somebody else is at work
/// already, they do that.
fn clean_up(session: &Session<'_>) {
    let cleaned = session.after(|sysroot, _| {
        remove_leftovers(sysroot);
        Ok(())
    });
    if let Err(failure) = cleaned {
        tracing::warn!("not cleaned up after bootc: {failure:?}");
    }
}

fn remove_leftovers(sysroot: &Sysroot) {
    if let Err(error) = sysroot.cleanup(gio::Cancellable::NONE) {
        tracing::warn!("cleaning up after bootc: {error}");
    }
}
