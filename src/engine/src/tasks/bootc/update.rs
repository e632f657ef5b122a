// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Refusal, Snapshot, UpdateMode, update_source};

use super::super::finalization;
use super::super::new_deployment::expect_image;
use super::check::{Found, look};
use super::pull::Pull;
use crate::bootc_backend::command::Verb;
use crate::failure::Failure;
use crate::ostree_backend::room;
use crate::session::{Session, begin};

/// Downloads and stages what the followed tag names now. `expected` is the digest that was previewed.
pub(crate) fn update(session: &Session<'_>, expected: Option<&str>, mode: UpdateMode, soft_restart: bool) -> Outcome {
    if mode == UpdateMode::FromDownloaded {
        return finalization::release(session, expected);
    }
    let hold_back = mode == UpdateMode::DownloadOnly;
    begin(session.settle(), |before| download_and_stage(session, before, expected, hold_back, soft_restart))
}

fn download_and_stage(
    session: &Session<'_>,
    before: &Snapshot,
    expected: Option<&str>,
    hold_back: bool,
    soft_restart: bool,
) -> Result<Outcome, Failure> {
    let program = session.find_bootc()?;
    let verb = Verb::Upgrade { hold_back, soft_restart };
    // Nothing is asked of the registry for what this bootc cannot do anyway.
    verb.arguments(&program.features())?;
    let target = update_source(before)?;
    match look(session, &program, before)? {
        Found::Newer(update) => {
            expect_image(expected, &update.checksum)?;
            room::require_for_download(update.download_bytes)?;
        }
        Found::Nothing => {
            let newest = before.newest().ok_or(Refusal::NotBooted)?;
            expect_image(expected, newest.image_checksum())?;
            return match before.staged() {
                Some(staged) if staged.finalization_locked != hold_back => session
                    .unless_changed(before, |sysroot, now| {
                        finalization::set_held_back(session, sysroot, now, hold_back)
                    }),
                // It prepares that for what is staged already.
                Some(_) if soft_restart && !hold_back && !before.soft_restart => {
                    Pull { program: &program, verb, target, expected, before, way_back: None }.make(session)
                }
                _ => Ok(Outcome::UpToDate),
            };
        }
        Found::Unknown => {}
    }
    Pull { program: &program, verb, target, expected, before, way_back: None }.make(session)
}
