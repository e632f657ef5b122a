// SPDX-License-Identifier: GPL-3.0-or-later
//! How the program says in a number what came of it. Also in the manual page.

use std::process::ExitCode;

use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_client::login::RestartRefusal;
use isotope_model::{CancelledWith, Outcome, Preflight, Refusal};

use crate::blocking;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// It was done, or there was nothing to do.
    Done = 0,
    /// It failed.
    Failed = 1,
    /// The command line was wrong, or names no deployment, or more than one.
    Usage = 2,
    /// polkit, or the person, said no.
    NotAuthorised = 3,
    /// The service cannot be talked to.
    NoService = 4,
    /// There is nothing here to manage.
    NotImageBased = 5,
    /// It was cancelled.
    Cancelled = 6,
    /// Another operation runs.
    Busy = 7,
    /// The ground moved.
    Changed = 8,
    /// This computer, or what takes care of its images, has no such thing.
    NotPossible = 9,
    /// The image is there, and is not taken: nobody vouches for it, or it is none for this computer.
    ImageRefused = 10,
    /// With `check --exit-code`.
    UpdateAvailable = 77,
    /// Left by a second Ctrl-C.
    Left = 130,
}

impl Exit {
    const ALL: [Self; 13] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::NotAuthorised,
        Self::NoService,
        Self::NotImageBased,
        Self::Cancelled,
        Self::Busy,
        Self::Changed,
        Self::NotPossible,
        Self::ImageRefused,
        Self::UpdateAvailable,
        Self::Left,
    ];

    fn meaning(self) -> String {
        match self {
            Self::Done => gettext("done, or already as asked for"),
            Self::Failed => gettext("failed"),
            Self::Usage => gettext("wrong usage; also what nobody could be asked to confirm"),
            Self::NotAuthorised => gettext("not allowed, or the password was not entered"),
            Self::NoService => gettext("the service is missing or does not answer"),
            Self::NotImageBased => gettext("not an image-based system, or not started from one of its images"),
            Self::Cancelled => gettext("cancelled, nothing was changed"),
            Self::Busy => gettext("another operation is running"),
            Self::Changed => gettext("the system or the image changed meanwhile"),
            Self::NotPossible => gettext("this computer, or the program that takes care of its images, cannot do that"),
            Self::ImageRefused => {
                gettext("the image was refused, for its signature or because it is not for this computer")
            }
            Self::UpdateAvailable => gettext("check --exit-code: an update is available"),
            Self::Left => gettext("left by a second Ctrl-C; what was begun may go on"),
        }
    }

    /// The code for a refusal.
    pub(crate) fn of_refusal(refusal: &Refusal) -> Self {
        match refusal {
            Refusal::AlreadyDefault { .. }
            | Refusal::AlreadyPinned { .. }
            | Refusal::NotPinned { .. }
            | Refusal::AlreadyFollowed { .. } => Self::Done,
            Refusal::MalformedReference { .. } => Self::Usage,
            Refusal::NotImageBased | Refusal::NotBooted => Self::NotImageBased,
            Refusal::Busy { .. } => Self::Busy,
            Refusal::NotAuthorised { .. }
            | Refusal::Dismissed { .. }
            | Refusal::SwitchForbidden { .. }
            | Refusal::SwitchPolicyBroken { .. } => Self::NotAuthorised,
            Refusal::Cancelled => Self::Cancelled,
            Refusal::StateChanged | Refusal::ImageChanged { .. } => Self::Changed,
            Refusal::NotSupported { .. }
            | Refusal::NotWithBackend { .. }
            | Refusal::LocallyModified { .. }
            | Refusal::NeedsReset { .. }
            | Refusal::UpdateDriver { .. } => Self::NotPossible,
            Refusal::SignatureRefused { .. }
            | Refusal::WouldLoseVerification { .. }
            | Refusal::NotBootable { .. }
            | Refusal::WrongArchitecture { .. } => Self::ImageRefused,
            Refusal::NoSpace { .. }
            | Refusal::ReadOnly { .. }
            | Refusal::ClockWrong { .. }
            | Refusal::SysrootDamaged { .. }
            | Refusal::Network { .. }
            | Refusal::ImageNotFound { .. }
            | Refusal::AccessDenied { .. }
            | Refusal::Corrupted { .. }
            | Refusal::Older { .. }
            | Refusal::NothingToRollBackTo
            | Refusal::NoUpdateSource { .. }
            | Refusal::UnknownRemote { .. }
            | Refusal::VersionNotFound { .. }
            | Refusal::UnknownDeployment { .. }
            | Refusal::Protected { .. }
            | Refusal::StillStaged { .. }
            | Refusal::NothingStaged
            | Refusal::NothingToKeep
            | Refusal::MalformedArgument { .. }
            | Refusal::UnknownOption { .. }
            | Refusal::MalformedOption { .. }
            | Refusal::AlreadyEnded
            | Refusal::WorkerLost { .. }
            | Refusal::ProgramUnavailable { .. }
            | Refusal::ProgramEnded { .. }
            | Refusal::Failed { .. }
            | Refusal::Unknown => Self::Failed,
        }
    }

    /// The code for an error of the client.
    pub(crate) fn of_error(error: &ClientError) -> Self {
        match error {
            ClientError::Refused(refusal) => Self::of_refusal(refusal),
            ClientError::Restart(RestartRefusal::NotAuthorised) => Self::NotAuthorised,
            ClientError::Restart(RestartRefusal::UnderWay) => Self::Busy,
            ClientError::Restart(_) => Self::Failed,
            _ => Self::NoService,
        }
    }

    /// The code for what was found before a switch: what the switch would end with, with a reset or without.
    pub(crate) fn of_preflight(preflight: &Preflight, reset: bool) -> Self {
        blocking::refusal(preflight, reset).map_or(Self::Done, |refusal| Self::of_refusal(&refusal))
    }

    /// The code for the end of an operation. One that was cancelled too late was done all the same.
    pub(crate) fn of_outcome(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::UpToDate
            | Outcome::OnlyUpdateTells
            | Outcome::UpdateAvailable { .. }
            | Outcome::Staged { .. }
            | Outcome::BootOrderChanged { .. }
            | Outcome::Versions { .. }
            | Outcome::Tags { .. }
            | Outcome::Discarded { .. }
            | Outcome::Pinned { .. }
            | Outcome::Unpinned { .. }
            | Outcome::Kept { .. }
            | Outcome::Removed { .. }
            | Outcome::CleanedUp { .. }
            | Outcome::Cancelled { left: CancelledWith::AlreadyDone } => Self::Done,
            Outcome::Cancelled { .. } => Self::Cancelled,
            Outcome::Failed { refusal } => Self::of_refusal(refusal),
            Outcome::Unknown => Self::Failed,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The table of codes, for `--help`.
pub(crate) fn help() -> String {
    let mut text = gettext("Exit codes:");
    for exit in Exit::ALL {
        text.push_str(&format!("\n  {:>3}  {}", exit as u8, exit.meaning()));
    }
    text
}

#[cfg(test)]
mod tests {
    use isotope_model::DeploymentId;

    use super::*;
    use crate::render::samples;

    #[test]
    fn every_refusal_has_its_code() {
        const CODES: [(&str, u8); 8] = [
            ("already-default already-pinned not-pinned already-followed", 0),
            ("malformed-reference", 2),
            ("not-authorised dismissed switch-forbidden switch-policy-broken", 3),
            ("not-image-based not-booted", 5),
            ("busy", 7),
            ("state-changed image-changed", 8),
            ("not-supported not-with-backend locally-modified needs-reset update-driver", 9),
            ("signature-refused would-lose-verification not-bootable wrong-architecture", 10),
        ];
        for refusal in samples::refusals() {
            let code = refusal.code();
            let listed = CODES.iter().find(|(codes, _)| codes.split(' ').any(|one| one == code));
            let expected = listed.map_or(if code == "cancelled" { 6 } else { 1 }, |(_, exit)| *exit);
            assert_eq!(Exit::of_refusal(&refusal) as u8, expected, "{code}");
        }
    }

    #[test]
    fn the_manual_page_has_every_number_once() {
        let page = include_str!("../../../data/man/isotopectl.1");
        let (_, codes) = page.split_once(".SH EXIT STATUS").unwrap();
        let (codes, _) = codes.split_once("\n.SH ").unwrap();
        let listed: Vec<_> = codes.lines().filter_map(|line| line.strip_prefix(".B ")?.parse::<u8>().ok()).collect();
        assert_eq!(listed, Exit::ALL.map(|exit| exit as u8));
    }

    #[test]
    fn what_is_already_as_asked_for_is_no_failure() {
        let deployment = || DeploymentId::new("os", "1".repeat(64), 0);
        for refusal in [
            Refusal::AlreadyDefault { deployment: deployment() },
            Refusal::AlreadyPinned { deployment: deployment() },
            Refusal::NotPinned { deployment: deployment() },
            Refusal::AlreadyFollowed { reference: "r:b".into() },
        ] {
            assert_eq!(Exit::of_outcome(&Outcome::Failed { refusal }), Exit::Done);
        }
        let deployment = deployment();
        let protected = Refusal::Protected { deployment, protection: isotope_model::Protection::Booted };
        assert_eq!(Exit::of_refusal(&protected), Exit::Failed);
    }

    #[test]
    fn what_was_cancelled_too_late_was_done() {
        assert_eq!(Exit::of_outcome(&Outcome::Cancelled { left: CancelledWith::AlreadyDone }), Exit::Done);
        assert_eq!(Exit::of_outcome(&Outcome::Cancelled { left: CancelledWith::NothingChanged }), Exit::Cancelled);
        let tags = Outcome::Tags { repository: "q.io/o/s".into(), tags: Vec::new(), truncated: false };
        assert_eq!((Exit::of_outcome(&tags), Exit::of_outcome(&Outcome::Unknown)), (Exit::Done, Exit::Failed));
    }

    #[test]
    fn a_service_that_cannot_be_talked_to_has_one_code() {
        for error in [ClientError::ServiceMissing, ClientError::NoBus(String::new())] {
            assert_eq!(Exit::of_error(&error), Exit::NoService);
        }
    }
}
