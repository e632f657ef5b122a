// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts whose deployments are composefs images: bootc does everything, and tells alone how they stand.

use anyhow::anyhow;
use isotope_model::{
    DeploymentId, ImageReference, Outcome, Phase, Progress, Refusal, RollbackPlan, Snapshot, UpdateMode, check_switch,
    resolve_image, update_source,
};

use super::bootc::{End, Run};
use super::expect_deployment;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::composefs;
use crate::bootc_backend::image::Switch;
use crate::bootc_backend::output::Said;
use crate::bootc_backend::program::Program;
use crate::failure::Failure;
use crate::session::{Session, ended};

/// Downloads and stages what the followed tag names now, or releases what was held back. Nothing is looked for before:
/// there, looking can update.
pub(super) fn update(session: &Session<'_>, expected: Option<&str>, mode: UpdateMode, soft_restart: bool) -> Outcome {
    run(session, |before| {
        let target = update_source(before)?.clone();
        let verb = match mode {
            UpdateMode::FromDownloaded => {
                before.staged().ok_or(Refusal::NothingStaged)?;
                Verb::Unlock
            }
            mode => Verb::Upgrade { hold_back: mode == UpdateMode::DownloadOnly, soft_restart },
        };
        Ok((verb, target, expected))
    })
}

/// Downloads and stages another image, and follows it from then on.
pub(super) fn switch(session: &Session<'_>, image: &str, expected: Option<&str>, soft_restart: bool) -> Outcome {
    run(session, |before| {
        let target = resolve_image(before, image)?;
        check_switch(before, &target)?;
        let container = target.container().ok_or_else(|| Refusal::malformed_reference(image))?;
        Ok((Verb::Switch { switch: Switch::plan(container)?, soft_restart }, target, expected))
    })
}

/// Makes the other deployment boot next, or the running one again.
pub(super) fn roll_back(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    let change = || -> Result<Outcome, Failure> {
        let before = settle(session)?;
        let RollbackPlan { boots_next, discards, .. } = RollbackPlan::of(&before)?;
        expect_deployment(expected, Some(&boots_next))?;
        session.reporter.phase(Phase::ChangingBootOrder);
        let program = session.runtime.block_on(Program::find())?;
        let run = Run { program: &program, verb: Verb::RollBack, reference: "", expected: None };
        let End { refusal, .. } = run.follow(session)?;
        let now = composefs::read();
        match now.next() {
            Some(next) if next.id == boots_next => Ok(Outcome::BootOrderChanged {
                boots_next,
                discarded: discards.filter(|discarded| now.deployment(discarded).is_none()),
            }),
            next => Err(refusal.map_or_else(
                || anyhow!("bootc reported success, but {:?} boots next", next.map(|next| &next.id)).into(),
                Failure::from,
            )),
        }
    };
    change().unwrap_or_else(|failure| ended(failure, None))
}

fn run<'e>(
    session: &Session<'_>,
    plan: impl FnOnce(&Snapshot) -> Result<(Verb, ImageReference, Option<&'e str>), Failure>,
) -> Outcome {
    let before = match settle(session) {
        Ok(before) => before,
        Err(failure) => return ended(failure, None),
    };
    let pull = || -> Result<Outcome, Failure> {
        let (verb, target, expected) = plan(&before)?;
        let program = session.runtime.block_on(Program::find())?;
        let reference = target.to_string();
        session.reporter.phase(Phase::Checking);
        let end = Run { program: &program, verb, reference: &reference, expected }.follow(session)?;
        outcome(&before, &composefs::read(), end, &reference, expected)
    };
    pull().unwrap_or_else(|failure| ended(failure, Some(&before)))
}

/// What came of a run, by what bootc tells afterwards of the host.
fn outcome(
    before: &Snapshot,
    now: &Snapshot,
    end: End,
    reference: &str,
    expected: Option<&str>,
) -> Result<Outcome, Failure> {
    let mark = |snapshot: &Snapshot| snapshot.staged().map(|staged| (staged.id.clone(), staged.finalization_locked));
    match (mark(now).filter(|staged| Some(staged) != mark(before).as_ref()), end.refusal, end.said) {
        (Some((deployment, _)), ..) => match now.deployment(&deployment).map(|staged| staged.image_checksum()) {
            Some(found) if expected.is_some_and(|expected| expected != found) => {
                Err(anyhow!("bootc staged {found}, which is not what was previewed; it can be replaced only").into())
            }
            _ => {
                let replaced = before.staged().map(|staged| staged.id.clone()).filter(|old| *old != deployment);
                Ok(Outcome::Staged { deployment, replaced })
            }
        },
        (None, Some(refusal), _) => Err(refusal.into()),
        (None, None, Said::FollowedAlready) => Err(Refusal::AlreadyFollowed { reference: reference.to_owned() }.into()),
        (None, None, Said::NoChanges | Said::StagedAlready) => Ok(Outcome::UpToDate),
        (None, None, _) => Err(anyhow!("bootc reported success, but nothing is staged").into()),
    }
}

/// The state before, once nobody changes anything; it must be the one that the caller saw.
fn settle(session: &Session<'_>) -> Result<Snapshot, Failure> {
    loop {
        session.require_not_cancelled()?;
        let snapshot = composefs::read();
        if !snapshot.changing {
            session.check_state(&snapshot, None)?;
            return Ok(snapshot);
        }
        let waits_for = Some("bootc".to_owned());
        session.reporter.report(Progress { phase: Phase::Waiting, waits_for, ..Progress::default() });
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, classify};

    use super::*;

    fn host(staged: Option<char>) -> Snapshot {
        let deployment = |digit: char| {
            let id = DeploymentId::new("default", digit.to_string().repeat(64), 0);
            Deployment { digest: Some(format!("sha256:{}", digit.to_string().repeat(64))), ..Deployment::new(id) }
        };
        let staged = staged.map(|digit| Deployment { staged: true, ..deployment(digit) });
        let booted = Deployment { booted: true, ..deployment('1') };
        let mut deployments: Vec<_> = staged.into_iter().chain([booted]).collect();
        classify(&mut deployments);
        Snapshot { deployments, ..Snapshot::default() }
    }

    fn end(refusal: Option<Refusal>, said: Said) -> End {
        End { refusal, said, was_staging: false }
    }

    #[test]
    fn what_is_staged_afterwards_counts_and_not_what_bootc_says() {
        let told = |now: &Snapshot, end: End, expected: Option<&str>| match outcome(
            &host(None),
            now,
            end,
            "ostree-unverified-registry:q/o",
            expected,
        ) {
            Ok(outcome) => format!("{outcome:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
            Err(failure) => failure.into_refusal().code(),
        };
        let killed = || Some(Refusal::Failed { detail: "killed".into() });
        assert_eq!(told(&host(Some('2')), end(killed(), Said::Nothing), None), "Staged");
        assert_eq!(told(&host(Some('2')), end(None, Said::NoChanges), Some("sha256:other")), "failed");
        assert_eq!(told(&host(None), end(None, Said::NoChanges), None), "UpToDate");
        assert_eq!(told(&host(None), end(None, Said::FollowedAlready), None), "already-followed");
        assert_eq!(told(&host(None), end(None, Said::Nothing), None), "failed");
        assert_eq!(told(&host(None), end(Some(Refusal::Cancelled), Said::Nothing), None), "cancelled");
    }
}
