// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase, Refusal, Snapshot, check_switch, resolve_image, update_source};

use super::super::{boot_order, finalization};
use super::pull::Pull;
use crate::automatic_pin::WayBack;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::image::Switch;
use crate::failure::Failure;
use crate::session::{Session, begin};
use crate::sysroot;

/// Downloads and stages another image, and follows it from then on. `expected` is the digest that was previewed; with `pin`
/// what runs stays as the way back.
pub(crate) fn switch(
    session: &Session<'_>,
    image: &str,
    expected: Option<&str>,
    soft_restart: bool,
    pin: bool,
) -> Outcome {
    begin(session.settle(), |before| download_and_stage(session, before, image, expected, soft_restart, pin))
}

fn download_and_stage(
    session: &Session<'_>,
    before: &Snapshot,
    image: &str,
    expected: Option<&str>,
    soft_restart: bool,
    pin: bool,
) -> Result<Outcome, Failure> {
    let target = resolve_image(before, image)?;
    check_switch(before, &target)?;
    let booted = before.booted().ok_or(Refusal::NotBooted)?;
    if booted.image.as_ref() == Some(&target) && expected.is_none_or(|expected| expected == booted.image_checksum()) {
        // The way back from a switch that has not been started: what runs is wanted again.
        return session.unless_changed(before, |sysroot, now| boot_order::start_running(session, sysroot, now));
    }
    if update_source(before).ok() == Some(&target) && before.staged().is_some_and(|staged| staged.finalization_locked) {
        return session
            .unless_changed(before, |sysroot, now| finalization::set_held_back(session, sysroot, now, false));
    }
    let container = target.container().ok_or_else(|| Refusal::malformed_reference(image))?;
    let verb = Verb::Switch { switch: Switch::plan(container)?, soft_restart };
    let program = session.find_bootc()?;
    session.reporter.phase(Phase::Checking);
    let pull = |before, way_back| Pull { program: &program, verb, target: &target, expected, before, way_back };
    let Some(way_back) = pin.then(|| WayBack::from(&target, before)).flatten() else {
        return pull(before, None).make(session);
    };
    let pinned = session.unless_changed(before, |sysroot, _| {
        session.require_not_cancelled()?;
        let pinned = way_back.pin(sysroot).and_then(|()| Ok(sysroot::snapshot_of(sysroot)?));
        pinned.inspect_err(|_| way_back.unpin(sysroot))
    })?;
    let made = pull(&pinned, Some(&way_back.deployment)).make(session);
    if !matches!(made, Ok(Outcome::Staged { .. })) {
        take_back(session, &way_back, before);
    }
    made
}

/// The pin stays only where something was staged. Should somebody else hold the lock and this be cancelled, it stays until
/// the next update.
fn take_back(session: &Session<'_>, way_back: &WayBack, before: &Snapshot) {
    let taken_back = session.after(|sysroot, now| {
        way_back.take_back(sysroot, before, now);
        Ok(())
    });
    if let Err(failure) = taken_back {
        tracing::warn!("{} stays pinned: {failure:?}", way_back.deployment);
    }
}
