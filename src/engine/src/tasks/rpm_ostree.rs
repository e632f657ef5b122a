// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree does: it pulls and stages, with what was changed on this computer made anew on top. It takes the
//! sysroot's lock itself; what came of it is read from the sysroot. All that pulls nothing is libostree's there as
//! everywhere.

mod check;
mod clean_up;
mod deploy;
mod follow;
mod pull;
mod run;
mod switch;
mod update;
mod watch;

use isotope_model::{Outcome, Snapshot};

pub(super) use self::check::check;
pub(super) use self::clean_up::clean_up;
pub(super) use self::deploy::{deploy, require_digest};
pub(crate) use self::follow::follow;
pub(super) use self::switch::switch;
pub(super) use self::update::update;
use crate::failure::Failure;
use crate::rpm_ostree_backend::daemon::{Daemon, PATIENCE};
use crate::rpm_ostree_backend::in_sight::InSight;
use crate::session::{Session, ended};

/// Goes on from the state that the sysroot is in once nobody changes it. Where an attempt comes to nothing, because something
/// else was at work before and was waited for, everything may be otherwise, and it begins anew.
fn once_alone(session: &Session<'_>, attempt: impl Fn(&Snapshot) -> Result<Option<Outcome>, Failure>) -> Outcome {
    loop {
        let before = match session.settle() {
            Ok(before) => before,
            Err(failure) => return ended(failure, None),
        };
        match attempt(&before) {
            Ok(Some(outcome)) => return outcome,
            Ok(None) => {}
            Err(failure) => return ended(failure, Some(&before)),
        }
    }
}

/// The daemon, as this task asks it.
fn daemon<'s>(session: &'s Session<'_>) -> Daemon<'s> {
    let in_sight =
        InSight { cancellable: session.cancellable(), reporter: Some(&session.reporter), patience: PATIENCE };
    Daemon { bus: &session.bus, in_sight }
}
