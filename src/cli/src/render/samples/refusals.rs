// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Backend, Refusal, SignatureProblem};

use super::older;

/// One refusal of every kind.
pub(crate) fn refusals() -> Vec<Refusal> {
    std::iter::successors(Some(Refusal::NotImageBased), after).collect()
}

/// A chain through all kinds; a new kind does not compile before it has its place here.
fn after(refusal: &Refusal) -> Option<Refusal> {
    let detail = || "the words of another program".to_owned();
    let reference = || "ostree-image-signed:docker://quay.io/alma/kde:10".to_owned();
    let action = || "io.github.isotope_desktop.isotope.update".to_owned();
    let deployment = || older().id;
    let option = || "an-option".to_owned();
    Some(match refusal {
        Refusal::NotImageBased => Refusal::NotBooted,
        Refusal::NotBooted => Refusal::Busy { operation: None },
        Refusal::Busy { .. } => {
            Refusal::NoSpace { detail: detail(), place: Some("/boot".into()), needed: Some(9), free: Some(1) }
        }
        Refusal::NoSpace { .. } => Refusal::ReadOnly { detail: detail() },
        Refusal::ReadOnly { .. } => Refusal::ClockWrong { now: 1, at_least: 9 },
        Refusal::ClockWrong { .. } => Refusal::SysrootDamaged { detail: detail() },
        Refusal::SysrootDamaged { .. } => {
            Refusal::SignatureRefused { problem: SignatureProblem::NoPolicy, reference: reference(), detail: detail() }
        }
        Refusal::SignatureRefused { .. } => Refusal::Network { detail: detail() },
        Refusal::Network { .. } => Refusal::ImageNotFound { reference: reference(), detail: detail() },
        Refusal::ImageNotFound { .. } => Refusal::AccessDenied { reference: reference(), detail: detail() },
        Refusal::AccessDenied { .. } => Refusal::NotBootable { reference: reference(), detail: detail() },
        Refusal::NotBootable { .. } => Refusal::WrongArchitecture {
            reference: reference(),
            found: Some("arm64".into()),
            expected: Some("amd64".into()),
            detail: detail(),
        },
        Refusal::WrongArchitecture { .. } => Refusal::LocallyModified { detail: detail() },
        Refusal::LocallyModified { .. } => Refusal::WouldLoseVerification { reference: reference() },
        Refusal::WouldLoseVerification { .. } => {
            Refusal::NotSupported { program: "bootc".into(), option: "--download-only".into() }
        }
        Refusal::NotSupported { .. } => Refusal::NotWithBackend { backend: Backend::Bootc, composefs: false },
        Refusal::NotWithBackend { composefs: false, .. } => {
            Refusal::NotWithBackend { backend: Backend::Bootc, composefs: true }
        }
        Refusal::NotWithBackend { .. } => Refusal::Corrupted { detail: detail() },
        Refusal::Corrupted { .. } => Refusal::NotAuthorised { action: action() },
        Refusal::NotAuthorised { .. } => Refusal::Dismissed { action: action() },
        Refusal::Dismissed { .. } => Refusal::Cancelled,
        Refusal::Cancelled => Refusal::StateChanged,
        Refusal::StateChanged => Refusal::ImageChanged { expected: "1".into(), found: "2".into() },
        Refusal::ImageChanged { .. } => Refusal::Older { detail: detail() },
        Refusal::Older { .. } => Refusal::NothingToRollBackTo,
        Refusal::NothingToRollBackTo => Refusal::NoUpdateSource { reference: reference() },
        Refusal::NoUpdateSource { .. } => Refusal::malformed_reference("kde"),
        Refusal::MalformedReference { .. } => Refusal::UnknownRemote { remote: "alma".into() },
        Refusal::UnknownRemote { .. } => Refusal::AlreadyFollowed { reference: reference() },
        Refusal::AlreadyFollowed { .. } => Refusal::VersionNotFound { version: "10.0".into() },
        Refusal::VersionNotFound { .. } => Refusal::UnknownDeployment { deployment: deployment() },
        Refusal::UnknownDeployment { .. } => {
            Refusal::Protected { deployment: deployment(), protection: isotope_model::Protection::Pinned }
        }
        Refusal::Protected { .. } => Refusal::StillStaged { deployment: deployment() },
        Refusal::StillStaged { .. } => Refusal::AlreadyDefault { deployment: deployment() },
        Refusal::AlreadyDefault { .. } => Refusal::AlreadyPinned { deployment: deployment() },
        Refusal::AlreadyPinned { .. } => Refusal::NotPinned { deployment: deployment() },
        Refusal::NotPinned { .. } => Refusal::NothingStaged,
        Refusal::NothingStaged => Refusal::NothingToKeep,
        Refusal::NothingToKeep => Refusal::SwitchForbidden { reference: reference() },
        Refusal::SwitchForbidden { .. } => {
            Refusal::SwitchPolicyBroken { path: "/etc/isotope/switching.toml".into(), detail: detail() }
        }
        Refusal::SwitchPolicyBroken { .. } => Refusal::MalformedArgument { argument: option() },
        Refusal::MalformedArgument { .. } => Refusal::UnknownOption { option: option() },
        Refusal::UnknownOption { .. } => Refusal::MalformedOption { option: option() },
        Refusal::MalformedOption { .. } => Refusal::AlreadyEnded,
        Refusal::AlreadyEnded => Refusal::WorkerLost { detail: detail() },
        Refusal::WorkerLost { .. } => Refusal::NeedsReset { reference: reference() },
        Refusal::NeedsReset { .. } => Refusal::UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() },
        Refusal::UpdateDriver { .. } => Refusal::ProgramUnavailable { program: "rpm-ostree".into(), detail: detail() },
        Refusal::ProgramUnavailable { .. } => Refusal::ProgramEnded { program: "rpm-ostree".into(), detail: detail() },
        Refusal::ProgramEnded { .. } => Refusal::Failed { detail: detail() },
        Refusal::Failed { .. } => Refusal::Unknown,
        Refusal::Unknown => return None,
    })
}
