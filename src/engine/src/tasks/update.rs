// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase, Refusal, Snapshot, UpdateMode};
use ostree::Sysroot;

use super::check::look;
use super::finalization;
use super::new_deployment::{NewDeployment, expect_image};
use super::source;
use crate::failure::Failure;
use crate::ostree_backend::stage::origin_to_follow;
use crate::session::Session;

/// Downloads and stages what the followed branch names now. `expected` is the checksum that was previewed.
pub(crate) fn update(session: &Session<'_>, expected: Option<&str>, mode: UpdateMode) -> Outcome {
    match mode {
        UpdateMode::FromDownloaded => finalization::release(session, expected),
        UpdateMode::Stage | UpdateMode::DownloadOnly => session.change(|sysroot, before| {
            download_and_stage(session, sysroot, before, expected, mode == UpdateMode::DownloadOnly)
        }),
    }
}

fn download_and_stage(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    expected: Option<&str>,
    hold_back: bool,
) -> Result<Outcome, Failure> {
    session.reporter.phase(Phase::Checking);
    let Some(update) = look(session, &sysroot.repo(), before)? else {
        let newest = before.newest().ok_or(Refusal::NotBooted)?;
        expect_image(expected, newest.id.checksum())?;
        return match before.staged() {
            Some(staged) if staged.finalization_locked != hold_back => {
                finalization::set_held_back(session, sysroot, before, hold_back)
            }
            _ => Ok(Outcome::UpToDate),
        };
    };
    expect_image(expected, &update.checksum)?;
    let booted = sysroot.booted_deployment().ok_or(Refusal::NotBooted)?;
    let followed = sysroot.staged_deployment().unwrap_or(booted);
    let new = NewDeployment {
        source: source::of_image(&update.image)?,
        checksum: update.checksum,
        download_bytes: update.download_bytes,
        origin: origin_to_follow(&followed)?,
        hold_back,
        way_back: None,
    };
    new.make(session, sysroot, before)
}
