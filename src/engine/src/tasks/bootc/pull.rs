// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::anyhow;
use isotope_model::{Deployment, DeploymentId, ImageReference, Outcome, Refusal, Snapshot};

use super::super::new_deployment::expect_image;
use super::super::staged_elsewhere::{Asked, Came, Ended};
use super::run::{End, Run};
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::output::Said;
use crate::bootc_backend::program::Program;
use crate::failure::Failure;
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
        let End { refusal, said, digest, was_staging } = run.follow(session)?;
        let asked = Asked {
            program: "bootc",
            target: self.target,
            expected: self.expected,
            before: self.before,
            way_back: self.way_back,
            is_update: matches!(self.verb, Verb::Upgrade { .. }),
            soft_restart: self.verb.prepares_soft_restart(),
            reset: false,
        };
        let is_ours = |staged: &Deployment| digest.as_deref() == Some(staged.image_checksum());
        match asked.judge(session, Ended { refusal, is_ours, was_staging })? {
            Came::Staged(outcome) => Ok(outcome),
            Came::Nothing(now, refusal) => self.nothing_made(&now, refusal, said),
        }
    }

    fn nothing_made(&self, now: &Snapshot, refusal: Option<Refusal>, said: Said) -> Result<Outcome, Failure> {
        match (refusal, said) {
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
}
