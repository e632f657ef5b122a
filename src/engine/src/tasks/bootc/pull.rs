// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::anyhow;
use isotope_model::{BootOrderPlan, Deployment, ImageReference, Outcome, Refusal, Snapshot};
use ostree::{Sysroot, gio};

use super::super::new_deployment::expect_image;
use super::super::write_order;
use super::run::{End, Run};
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::output::Said;
use crate::bootc_backend::program::Program;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::ostree_backend::room;
use crate::session::Session;

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
        session.after(|sysroot, now| {
            let _on = session.inhibit(Against::Shutdown);
            if end.was_staging && end.refusal.is_some() {
                clean_up(sysroot);
            }
            match self.made(now) {
                Some(staged) => self.approve(sysroot, now, staged, end),
                None => self.nothing_made(now, end),
            }
        })
    }

    /// What is staged now, if this run did that: another deployment, or one that was held back and is not any more.
    fn made<'n>(&self, now: &'n Snapshot) -> Option<&'n Deployment> {
        let mark = |staged: &Deployment| (staged.id.clone(), staged.finalization_locked);
        now.staged().filter(|staged| Some(mark(staged)) != self.before.staged().map(mark))
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

    /// What is staged is what was asked for, and there will be room for it. Otherwise it is discarded: nobody is there to
    /// be told when the computer shuts down.
    fn approve(&self, sysroot: &Sysroot, now: &Snapshot, staged: &Deployment, end: End) -> Result<Outcome, Failure> {
        let checked = self
            .as_expected(staged)
            .and_then(|()| room::require_for_kernel(sysroot, staged.id.checksum()).map_err(Failure::from));
        match (checked, end.refusal) {
            // The cancel came too late; what is left is told by the sysroot.
            (Ok(()), Some(Refusal::Cancelled)) => Err(Refusal::Cancelled.into()),
            (Ok(()), refusal) => {
                if let Some(refusal) = refusal {
                    tracing::warn!("bootc failed with {refusal:?}, but {} is staged", staged.id);
                }
                let replaced = self.before.staged().map(|staged| staged.id.clone()).filter(|old| *old != staged.id);
                Ok(Outcome::Staged { deployment: staged.id.clone(), replaced })
            }
            (Err(failure), refusal) if is_ours(staged, refusal.as_ref(), &end.said) => {
                tracing::warn!("{} is discarded: {failure:?}", staged.id);
                write_order::write(sysroot, &BootOrderPlan::discarding(now)?.order)?;
                clean_up(sysroot);
                Err(failure)
            }
            (Err(failure), refusal) => Err(refusal.map_or(failure, Failure::from)),
        }
    }

    fn as_expected(&self, staged: &Deployment) -> Result<(), Failure> {
        expect_image(self.expected, staged.image_checksum())?;
        let follows = staged.image.as_ref().and_then(ImageReference::container);
        match follows.is_some() && follows == self.target.container() {
            true => Ok(()),
            false => Err(anyhow!("bootc staged {:?} instead of {}", staged.image, self.target).into()),
        }
    }
}

/// This run has staged it, and not somebody else just before or after it.
fn is_ours(staged: &Deployment, refusal: Option<&Refusal>, said: &Said) -> bool {
    match (refusal, said) {
        (Some(Refusal::ImageChanged { found, .. }), _) => found == staged.image_checksum(),
        (Some(_), _) | (None, Said::NoChanges | Said::StagedAlready | Said::FollowedAlready) => false,
        (None, _) => true,
    }
}

/// Removes what a run has left half made; layers that are complete stay for the next one.
fn clean_up(sysroot: &Sysroot) {
    if let Err(error) = sysroot.cleanup(gio::Cancellable::NONE) {
        tracing::warn!("cleaning up after bootc: {error}");
    }
}
