// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{
    Outcome, Phase, Refusal, Snapshot, check_switch_or_reset, only_resets, resolve_image, update_source,
};

use super::super::with_way_back::with_way_back;
use super::super::{boot_order, finalization, require_reset};
use super::once_alone;
use super::pull::Pull;
use crate::failure::Failure;
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;

/// Downloads and stages another image, and follows it from then on. `expected` is the checksum or digest that was previewed;
/// with `pin` what runs stays as the way back, with `reset` what was changed on this computer is taken back.
pub(crate) fn switch(session: &Session<'_>, image: &str, expected: Option<&str>, pin: bool, reset: bool) -> Outcome {
    once_alone(session, |before| download_and_stage(session, before, image, expected, pin, reset))
}

fn download_and_stage(
    session: &Session<'_>,
    before: &Snapshot,
    image: &str,
    expected: Option<&str>,
    pin: bool,
    reset: bool,
) -> Result<Option<Outcome>, Failure> {
    let target = resolve_image(before, image)?;
    check_switch_or_reset(before, &target, reset)?;
    // It may have been changed by what was waited for.
    require_reset(before, &target, reset)?;
    let booted = before.booted().ok_or(Refusal::NotBooted)?;
    if reset && only_resets(before, &target) {
        session.reporter.phase(Phase::Checking);
        // The image stays what it is, whatever its tag or branch names by now.
        return Pull { call: Call::Reset, target: &target, expected: None, before, way_back: None }.make(session);
    }
    let resets = |layered: bool| reset && layered;
    if booted.image.as_ref() == Some(&target)
        && expected.is_none_or(|expected| expected == booted.image_checksum())
        && !resets(!booted.layered.is_empty())
    {
        // The way back from a switch that has not been started: what runs is wanted again.
        return session
            .unless_changed(before, |sysroot, now| boot_order::start_running(session, sysroot, now))
            .map(Some);
    }
    if let Some(staged) = before.staged()
        && update_source(before).ok() == Some(&target)
        && staged.finalization_locked
        && !resets(!staged.layered.is_empty())
    {
        return session
            .unless_changed(before, |sysroot, now| finalization::set_held_back(session, sysroot, now, false))
            .map(Some);
    }
    session.reporter.phase(Phase::Checking);
    // In the one form that rpm-ostree takes: without what checks it, it takes none.
    let reference = target.container().map_or_else(|| target.to_string(), |container| container.to_string());
    with_way_back(session, before, &target, pin, Option::as_ref, |before, way_back| {
        let call = Call::Rebase { reference: &reference, reset };
        let attempt = Pull { call, target: &target, expected, before, way_back }.make(session)?;
        match attempt {
            Some(Outcome::UpToDate) => Err(Refusal::AlreadyFollowed { reference: target.to_string() }.into()),
            attempt => Ok(attempt),
        }
    })
}
