// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts whose deployments are composefs images: bootc does everything, and tells alone how they stand.

use anyhow::anyhow;
use isotope_model::{
    ContainerReference, DeploymentId, ImageReference, Outcome, Phase, Progress, Refusal, RollbackPlan, Snapshot,
    UpdateMode, Verification, check_switch, resolve_image, update_source,
};

use super::bootc::{End, Run};
use super::expect_deployment;
use crate::bootc_backend::command::Verb;
use crate::bootc_backend::composefs::{self, Unread};
use crate::bootc_backend::image::Switch;
use crate::bootc_backend::output::Said;
use crate::failure::Failure;
use crate::session::{Session, begin};

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
        Ok((Verb::Switch { switch: plan(container)?, soft_restart }, target, expected))
    })
}

/// What bootc has to be told.
///
/// # Errors
/// [`Refusal::WouldLoseVerification`]; [`Refusal::NotSupported`].
pub(super) fn plan(container: ContainerReference) -> Result<Switch, Refusal> {
    // There bootc writes down no check, whatever it is told.
    match container.verification() {
        Verification::PolicyOrNothing => Switch::plan(container),
        _ => Err(Refusal::WouldLoseVerification { reference: container.image() }),
    }
}

/// Makes the other deployment boot next, or the running one again.
pub(super) fn roll_back(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    begin(settle(session), |before| {
        let RollbackPlan { boots_next, discards, .. } = RollbackPlan::of(before)?;
        expect_deployment(expected, Some(&boots_next))?;
        session.reporter.phase(Phase::ChangingBootOrder);
        let program = session.find_bootc()?;
        let run = Run { program: &program, verb: Verb::RollBack, reference: "", expected: None };
        let End { refusal, .. } = run.follow(session)?;
        let now = read_again(session)?;
        let discarded = discards.filter(|discarded| now.deployment(discarded).is_none());
        match now.next() {
            Some(next) if next.id == boots_next => Ok(Outcome::BootOrderChanged { boots_next, discarded }),
            next => {
                let found = next.map(|next| next.id.to_string());
                let lost = discarded.map(|lost| format!("; the staged {lost} is discarded")).unwrap_or_default();
                Err(anyhow!("{refusal:?}; {found:?} boots next instead of {boots_next}{lost}").into())
            }
        }
    })
}

fn run<'e>(
    session: &Session<'_>,
    plan: impl FnOnce(&Snapshot) -> Result<(Verb, ImageReference, Option<&'e str>), Failure>,
) -> Outcome {
    begin(settle(session), |before| {
        let (verb, target, expected) = plan(before)?;
        let program = session.find_bootc()?;
        let reference = target.to_string();
        session.reporter.phase(Phase::Checking);
        let end = Run { program: &program, verb, reference: &reference, expected }.follow(session)?;
        outcome(before, &read_again(session)?, end, &target, expected)
    })
}

/// What came of a run, by what bootc tells afterwards of the host.
fn outcome(
    before: &Snapshot,
    now: &Snapshot,
    end: End,
    target: &ImageReference,
    expected: Option<&str>,
) -> Result<Outcome, Failure> {
    match (now.staged_since(before), end.refusal, end.said) {
        (Some(_), Some(Refusal::Cancelled), _) => Err(Refusal::Cancelled.into()),
        (Some(staged), ..) => {
            if expected.is_some_and(|expected| expected != staged.image_checksum())
                || staged.image.as_ref() != Some(target)
            {
                let (found, image) = (staged.image_checksum(), &staged.image);
                return Err(anyhow!("bootc staged {found} of {image:?}, which is not what was asked for").into());
            }
            Ok(Outcome::staged(&staged.id, before))
        }
        (None, Some(refusal), _) => Err(refusal.into()),
        (None, None, Said::FollowedAlready) => Err(Refusal::AlreadyFollowed { reference: target.to_string() }.into()),
        (None, None, Said::NoChanges | Said::StagedAlready) => Ok(Outcome::UpToDate),
        (None, None, said) => match now.staged() {
            Some(staged) if said == Said::Unlocked && !staged.finalization_locked => {
                Ok(Outcome::staged(&staged.id, before))
            }
            _ => Err(anyhow!("bootc reported success, but nothing is staged").into()),
        },
    }
}

/// The state before, once nobody changes anything; it must be the one that the caller saw.
fn settle(session: &Session<'_>) -> Result<Snapshot, Failure> {
    let snapshot = read_again(session)?;
    session.check_state(&snapshot, None)?;
    Ok(snapshot)
}

/// Reads the host, waiting in sight for whoever changes it.
fn read_again(session: &Session<'_>) -> Result<Snapshot, Failure> {
    loop {
        match composefs::read_now() {
            Ok(snapshot) => return Ok(snapshot),
            Err(Unread::Failed(error)) => return Err(error.context("how the host stands cannot be read").into()),
            Err(Unread::Busy) => session.require_not_cancelled()?,
        }
        let waits_for = Some("bootc".to_owned());
        session.reporter.report(Progress { phase: Phase::Waiting, waits_for, ..Progress::default() });
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, classify};

    use super::*;

    fn image() -> ImageReference {
        ImageReference::Container { reference: "ostree-unverified-registry:q.io/o".into() }
    }

    fn host(staged: Option<(char, bool)>) -> Snapshot {
        let deployment = |digit: char| {
            let digits = digit.to_string().repeat(64);
            let digest = Some(format!("sha256:{digits}"));
            Deployment { digest, image: Some(image()), ..Deployment::new(DeploymentId::new("default", digits, 0)) }
        };
        let staged = staged.map(|(digit, finalization_locked)| Deployment {
            staged: true,
            finalization_locked,
            ..deployment(digit)
        });
        let booted = Deployment { booted: true, ..deployment('1') };
        let mut deployments: Vec<_> = staged.into_iter().chain([booted]).collect();
        classify(&mut deployments);
        Snapshot { deployments, ..Snapshot::default() }
    }

    fn told(before: &Snapshot, now: &Snapshot, end: (Option<Refusal>, Said), expected: Option<&str>) -> String {
        let end = End { refusal: end.0, said: end.1, digest: None, was_staging: false };
        match outcome(before, now, end, &image(), expected) {
            Ok(outcome) => format!("{outcome:?}").split([' ', '{']).next().unwrap_or_default().to_owned(),
            Err(failure) => failure.into_refusal().code(),
        }
    }

    #[test]
    fn what_is_staged_afterwards_counts_and_not_what_bootc_says() {
        let killed = || Some(Refusal::Failed { detail: "killed".into() });
        let (none, new) = (host(None), host(Some(('2', false))));
        let table = [
            (&new, (killed(), Said::Nothing), None, "Staged"),
            (&new, (Some(Refusal::Cancelled), Said::Nothing), None, "cancelled"),
            (&new, (None, Said::NoChanges), Some("sha256:other"), "failed"),
            (&none, (None, Said::NoChanges), None, "UpToDate"),
            (&none, (None, Said::FollowedAlready), None, "already-followed"),
            (&none, (None, Said::Nothing), None, "failed"),
            (&none, (Some(Refusal::Cancelled), Said::Nothing), None, "cancelled"),
        ];
        for (now, end, expected, code) in table {
            let claim = format!("{end:?}");
            assert_eq!(told(&none, now, end, expected), code, "{claim}");
        }
    }

    #[test]
    fn another_image_than_the_one_that_was_asked_for_is_told() {
        let mut now = host(Some(('2', false)));
        let other = ImageReference::Container { reference: "ostree-unverified-registry:q.io/other".into() };
        now.deployments.iter_mut().filter(|one| one.staged).for_each(|staged| staged.image = Some(other.clone()));
        assert_eq!(told(&host(None), &now, (None, Said::Nothing), None), "failed");
    }

    #[test]
    fn what_was_held_back_is_staged_once_it_is_released_or_was_already() {
        let (held, free) = (host(Some(('2', true))), host(Some(('2', false))));
        assert_eq!(told(&held, &free, (None, Said::Unlocked), None), "Staged");
        assert_eq!(told(&free, &free, (None, Said::Unlocked), None), "Staged");
        assert_eq!(told(&held, &held, (None, Said::Unlocked), None), "failed");
    }
}
