// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{
    ImageReference, Outcome, Phase, Refusal, Snapshot, UpdateMode, followed_deployment, update_source,
};

use super::super::finalization;
use super::super::new_deployment::expect_image;
use super::check::{Found, look};
use super::once_alone;
use super::pull::Pull;
use crate::failure::Failure;
use crate::ostree_backend::room;
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;

/// Downloads and stages what is followed. `expected` is the checksum or digest that was previewed.
pub(crate) fn update(session: &Session<'_>, expected: Option<&str>, mode: UpdateMode) -> Outcome {
    if mode == UpdateMode::FromDownloaded {
        return finalization::release(session, expected);
    }
    let hold_back = mode == UpdateMode::DownloadOnly;
    once_alone(session, |before| download_and_stage(session, before, expected, hold_back))
}

fn download_and_stage(
    session: &Session<'_>,
    before: &Snapshot,
    expected: Option<&str>,
    hold_back: bool,
) -> Result<Option<Outcome>, Failure> {
    let target = update_source(before)?;
    let here = followed_deployment(before).ok_or(Refusal::NotBooted)?;
    // An image tells its digest as soon as it is pulled; of a branch it has to be asked before.
    if let ImageReference::Ostree { .. } = target {
        match look(session, before)? {
            None => return Ok(None),
            Some(Found::Newer(update)) => {
                expect_image(expected, &update.checksum)?;
                room::require_for_download(update.download_bytes)?;
            }
            // What was layered can be newer all the same.
            Some(Found::Nothing) => {
                expect_image(expected, here.image_checksum())?;
                if here.layered.is_empty() {
                    return hold(session, before, hold_back);
                }
            }
            Some(Found::Unknown) => {}
        }
    }
    session.reporter.phase(Phase::Checking);
    let pull = Pull { call: Call::Upgrade { hold_back }, target, expected, before, way_back: None };
    match pull.make(session)? {
        Some(Outcome::UpToDate) => hold(session, before, hold_back),
        attempt => Ok(attempt),
    }
}

/// Nothing newer is there; what is staged is held back, or no longer, as was asked for.
fn hold(session: &Session<'_>, before: &Snapshot, hold_back: bool) -> Result<Option<Outcome>, Failure> {
    Ok(Some(match before.staged() {
        Some(staged) if staged.finalization_locked != hold_back => session
            .unless_changed(before, |sysroot, now| finalization::set_held_back(session, sysroot, now, hold_back))?,
        _ => Outcome::UpToDate,
    }))
}
