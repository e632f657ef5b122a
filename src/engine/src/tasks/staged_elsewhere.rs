// SPDX-License-Identifier: GPL-3.0-or-later
//! What another program has staged for a task: it stays only where it is what was asked for, and there is room for it.

use anyhow::anyhow;
use isotope_model::{
    BootOrderPlan, Deployment, DeploymentId, ImageReference, LayeredEffect, Outcome, Refusal, Snapshot, layered_effect,
    require_newer,
};
use ostree::{Sysroot, gio};

use super::new_deployment::expect_image;
use super::write_order;
use crate::automatic_pin;
use crate::failure::Failure;
use crate::inhibitor::Against;
use crate::ostree_backend::room;
use crate::session::Session;
use crate::soft_restart;
use crate::sysroot;

/// What a program was to stage.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    /// The program.
    pub(super) program: &'static str,
    /// What the new deployment follows.
    pub(super) target: &'a ImageReference,
    /// The checksum or digest that was previewed.
    pub(super) expected: Option<&'a str>,
    /// How everything stood before.
    pub(super) before: &'a Snapshot,
    /// What was pinned for it, as the way back.
    pub(super) way_back: Option<&'a DeploymentId>,
    /// It is an update, which is never older than what is here.
    pub(super) is_update: bool,
    /// The program has prepared a soft restart into it.
    pub(super) soft_restart: bool,
    /// What was changed on this computer is to be taken back.
    pub(super) reset: bool,
}

/// How the program ended, by what it said itself.
#[derive(Debug)]
pub(super) struct Ended<IsOurs> {
    /// What it failed with; nothing where it ended well.
    pub(super) refusal: Option<Refusal>,
    /// What is staged is its doing, and nobody else's.
    pub(super) is_ours: IsOurs,
    /// It came so far that it may have left something half made.
    pub(super) was_staging: bool,
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Came {
    /// Something is staged, and stays.
    Staged(Outcome),
    /// Nothing is, and this is how everything stands, and what it failed with.
    Nothing(Box<Snapshot>, Option<Refusal>),
}

impl Asked<'_> {
    /// Looks at the sysroot, which tells what came of it, whatever the program says.
    ///
    /// # Errors
    /// What is staged is not what was asked for, or there is no room for it; a cancel that came too late.
    pub(super) fn judge(
        &self,
        session: &Session<'_>,
        ended: Ended<impl Fn(&Deployment) -> bool>,
    ) -> Result<Came, Failure> {
        // Without the lock: somebody else may have been waiting for it, and holds it as long as a download lasts.
        let now = sysroot::read_snapshot()?;
        let Some(staged) = now.staged_since(self.before) else {
            if ended.was_staging && ended.refusal.is_some() {
                clean_up(session);
            }
            return Ok(Came::Nothing(now.into(), ended.refusal));
        };
        match self.approve(session, staged, &now) {
            Ok(released) => {
                if !self.soft_restart {
                    soft_restart::clear();
                }
                // Also where the cancel came too late: it is staged.
                let settled = self.settle(session, staged, &now);
                let outcome = self.staged(staged, ended.refusal)?;
                Ok(Came::Staged(automatic_pin::told(outcome, self.way_back, &[released, settled].concat())))
            }
            Err(failure) if (ended.is_ours)(staged) => {
                tracing::warn!("{} is discarded: {failure:?}", staged.id);
                discard(session, staged)?;
                Err(failure)
            }
            // Somebody else has staged it, just before or after this run.
            Err(_) => Err(ended.refusal.unwrap_or(Refusal::StateChanged).into()),
        }
    }

    fn staged(&self, staged: &Deployment, refusal: Option<Refusal>) -> Result<Outcome, Failure> {
        match refusal {
            // The cancel came too late; what is left is told by the sysroot.
            Some(Refusal::Cancelled) => return Err(Refusal::Cancelled.into()),
            Some(refusal) => tracing::warn!("{} failed with {refusal:?}, but {} is staged", self.program, staged.id),
            None => {}
        }
        Ok(Outcome::staged(&staged.id, self.before))
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
        if self.is_update {
            require_newer(self.before, self.target, staged.built)?;
        }
        if !self.is_followed_by(staged) {
            return Err(anyhow!("{} staged {:?} instead of {}", self.program, staged.image, self.target).into());
        }
        self.require_taken_back(staged)?;
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

    /// What was changed on this computer is not in it any more, where that was asked for, or cannot be carried over. What
    /// cannot be named is not looked at: a reset leaves what is no package, and harms no image.
    fn require_taken_back(&self, staged: &Deployment) -> Result<(), Refusal> {
        let left: Vec<&str> = staged.layered.names().collect();
        if left.is_empty() && !staged.layered.initramfs {
            return Ok(());
        }
        if layered_effect(self.before, self.target) == LayeredEffect::NeedsReset {
            return Err(Refusal::NeedsReset { reference: self.target.readable() });
        }
        match self.reset {
            true => {
                let left = if left.is_empty() { "the initramfs".to_owned() } else { left.join(", ") };
                Err(Refusal::Failed { detail: format!("{} has not taken back {left}", self.program) })
            }
            false => Ok(()),
        }
    }

    /// One image can be written in several ways.
    fn is_followed_by(&self, staged: &Deployment) -> bool {
        let follows = staged.image.as_ref();
        match self.target.container() {
            Some(container) => follows.and_then(ImageReference::container) == Some(container),
            None => follows == Some(self.target),
        }
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

/// A program that has told the digest of what it pulled, or else that it was staging, has staged this.
pub(super) fn is_ours(digest: Option<&str>, was_staging: bool, staged: &Deployment) -> bool {
    digest.map_or(was_staging, |digest| digest == staged.image_checksum())
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
        tracing::warn!("leftovers stay: {failure:?}");
    }
}

fn remove_leftovers(sysroot: &Sysroot) {
    if let Err(error) = sysroot.cleanup(gio::Cancellable::NONE) {
        tracing::warn!("removing leftovers: {error}");
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Backend, Host, Layered};

    use super::*;

    fn deployment(digit: &str, image: &str) -> Deployment {
        let image = ImageReference::from_refspec(image).ok();
        Deployment { image, ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0)) }
    }

    #[test]
    fn what_somebody_else_has_staged_is_not_ours() {
        let staged = deployment("2", "r:b");
        let sum = "2".repeat(64);
        assert!(is_ours(Some(&sum), false, &staged) && !is_ours(Some("sha256:other"), true, &staged));
        // It ended well because there was nothing newer.
        assert!(!is_ours(None, false, &staged) && is_ours(None, true, &staged));
    }

    #[test]
    fn a_reset_is_believed_only_where_it_shows() {
        let booted = Deployment { booted: true, ..deployment("1", "r:gnome") };
        let host = Host { image_based: true, backend: Backend::RpmOstree, ..Host::default() };
        let before = Snapshot { host, deployments: vec![booted], ..Snapshot::default() };
        let branch = ImageReference::from_refspec("r:kde").unwrap();
        let container = ImageReference::Container { reference: "ostree-unverified-registry:q.io/o:1".into() };
        let packages = Layered { packages: vec!["vim".into()], ..Layered::default() };
        let initramfs = Layered { initramfs: true, ..Layered::default() };
        let otherwise = Layered { otherwise: true, ..Layered::default() };
        let left = |target: &ImageReference, reset, layered: &Layered| {
            let asked = Asked {
                program: "rpm-ostree",
                target,
                expected: None,
                before: &before,
                way_back: None,
                is_update: false,
                soft_restart: false,
                reset,
            };
            let staged = Deployment { layered: layered.clone(), ..deployment("2", "r:kde") };
            asked.require_taken_back(&staged).map_err(|refusal| refusal.code())
        };
        for layered in [&packages, &initramfs] {
            assert_eq!(left(&branch, false, layered), Ok(()), "it is carried over");
            assert_eq!(left(&branch, true, layered), Err("failed".to_owned()));
            assert_eq!(left(&container, true, layered), Err("needs-reset".to_owned()));
            assert_eq!(left(&container, false, layered), Err("needs-reset".to_owned()));
        }
        for layered in [&Layered::default(), &otherwise] {
            assert_eq!(left(&container, true, layered), Ok(()));
        }
    }
}
