// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase, Refusal, Snapshot, check_switch, resolve_image, update_source};

use super::super::with_way_back::with_way_back;
use super::super::{boot_order, finalization};
use super::pull::Pull;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::image::Switch;
use crate::failure::Failure;
use crate::session::{Session, begin};

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
    with_way_back(
        session,
        before,
        &target,
        pin,
        |made| Some(made),
        |before, way_back| Pull { program: &program, verb, target: &target, expected, before, way_back }.make(session),
    )
}
