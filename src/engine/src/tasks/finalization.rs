// SPDX-License-Identifier: GPL-3.0-or-later
//! Holding back what is staged, and releasing it: whether libostree finalises it when the computer shuts down. The mark is
//! libostree's, also where something else has staged it.

use std::fs;
use std::io::ErrorKind;

use anyhow::{Context as _, anyhow};
use isotope_model::{Outcome, Phase, Refusal, Snapshot};
use ostree::Sysroot;

use super::new_deployment::expect_image;
use crate::failure::{Failure, of_change};
use crate::inhibitor::Against;
use crate::session::Session;
use crate::soft_restart;
use crate::sysroot;

/// As long as this file is there, libostree finalises nothing: rpm-ostree writes no other mark.
const LOCKED: &str = "/run/ostree/staged-deployment-locked";

/// Releases what was downloaded and held back. `expected` is the image that the person agreed to.
pub(super) fn release(session: &Session<'_>, expected: Option<&str>) -> Outcome {
    session.change(|sysroot, before| {
        let staged = before.staged().ok_or(Refusal::NothingStaged)?;
        expect_image(expected, staged.image_checksum())?;
        set_held_back(session, sysroot, before, false)
    })
}

/// Holds back what is staged, or releases it. The sysroot's lock is held.
///
/// # Errors
/// [`Refusal::NothingStaged`]; a cancel; libostree.
pub(super) fn set_held_back(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    held_back: bool,
) -> Result<Outcome, Failure> {
    let staged = before.staged().ok_or(Refusal::NothingStaged)?;
    let done = Outcome::staged(&staged.id, before);
    if !held_back {
        remove_lock_file()?;
    }
    // Of the file libostree may know nothing, and it turns its own mark around.
    let deployment = sysroot::find(sysroot, &staged.id)?;
    if deployment.is_finalization_locked() == held_back || (held_back && staged.finalization_locked) {
        return Ok(done);
    }
    let _on = session.inhibit(Against::Shutdown);
    session.require_not_cancelled()?;
    session.reporter.phase(Phase::Staging);
    sysroot.change_finalization(&deployment).map_err(|error| of_change(&error))?;
    soft_restart::clear();
    // A sysroot that is loaded does not notice that only the mark has changed.
    let after = sysroot::snapshot_of(&sysroot::open()?)?;
    match after.staged() {
        Some(found) if found.id == staged.id && found.finalization_locked == held_back => Ok(done),
        found => Err(anyhow!("the mark was written, but the sysroot shows {found:?}").into()),
    }
}

/// Removes the file that holds back whatever is staged, also what is staged later.
///
/// # Errors
/// The disk.
pub(super) fn remove_lock_file() -> anyhow::Result<()> {
    match fs::remove_file(LOCKED) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error).context(LOCKED),
        _ => Ok(()),
    }
}
