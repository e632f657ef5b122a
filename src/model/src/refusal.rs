// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{Backend, DeploymentId, OperationKind};

/// What keeps a deployment from being removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protection {
    /// The computer runs it.
    Booted,
    /// It starts with the next restart; discarding is something else.
    Staged,
    /// Somebody pinned it.
    Pinned,
    /// It is first in the boot order: the computer starts it next.
    Default,
    /// Protected by something that this version has no word for.
    #[serde(other)]
    Other,
}

/// Why a signature did not convince.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureProblem {
    /// The image carries no signature.
    Missing,
    /// It is signed with a key that this computer does not trust.
    UntrustedKey,
    /// The signature does not match the image.
    Invalid,
    /// The signature or its key has expired.
    Expired,
    /// The key was revoked.
    Revoked,
    /// Nothing was checked: the policy of this computer accepts every image, so that it vouches for none.
    NoPolicy,
    /// Refused for a reason that this version has no word for.
    #[serde(other)]
    Other,
}

/// Why something was not done: a code with parameters, worded by the client in the person's language.
///
/// Over the bus it is an error whose name is [`Refusal::error_name`] and whose second argument carries the parameters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Refusal {
    /// There is no OSTree sysroot: not an image-based system.
    #[error("this computer has no OSTree sysroot")]
    NotImageBased,
    /// There is a sysroot, but the computer was not started from one of its deployments.
    #[error("the computer was not started from a deployment")]
    NotBooted,
    /// Another operation runs.
    #[error("another operation is running")]
    Busy {
        /// What runs, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        operation: Option<OperationKind>,
    },
    /// The disk is full.
    #[error("not enough free space")]
    NoSpace {
        /// What the failing program said.
        detail: String,
        /// Where: `/` or `/boot`, if that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
        /// Bytes that are needed there, as far as is known beforehand.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needed: Option<u64>,
        /// Bytes that are free there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        free: Option<u64>,
    },
    /// The disk cannot be written.
    #[error("the disk is read-only")]
    ReadOnly {
        /// What the failing program said.
        detail: String,
    },
    /// The clock stands before the time when the running image was built, so that no signature can be judged.
    #[error("the clock is wrong")]
    ClockWrong {
        /// What the clock says, in seconds since 1970.
        now: u64,
        /// When the running image was built.
        at_least: u64,
    },
    /// What libostree keeps of the deployments makes no sense to it.
    #[error("the deployments cannot be read")]
    SysrootDamaged {
        /// What libostree said.
        detail: String,
    },
    /// The host's keys do not vouch for the image.
    #[error("the signature was refused")]
    SignatureRefused {
        /// Why.
        problem: SignatureProblem,
        /// What was to be pulled.
        reference: String,
        /// What libostree said.
        detail: String,
    },
    /// The server could not be reached, or broke off.
    #[error("the network failed")]
    Network {
        /// What libostree said.
        detail: String,
    },
    /// The server answers, but does not have this image.
    #[error("the server does not have this image")]
    ImageNotFound {
        /// What was asked for.
        reference: String,
        /// What libostree said.
        detail: String,
    },
    /// The server does not give the image to this computer: it wants a login, or another one. Some servers say so too of
    /// images that they do not have.
    #[error("the server denies access to this image")]
    AccessDenied {
        /// What was asked for.
        reference: String,
        /// What the failing program said.
        detail: String,
    },
    /// The image is no system that can be started.
    #[error("the image is not bootable")]
    NotBootable {
        /// What was asked for.
        reference: String,
        /// What the failing program said.
        detail: String,
    },
    /// The image is made for computers of another kind.
    #[error("the image is for another architecture")]
    WrongArchitecture {
        /// What was asked for.
        reference: String,
        /// The architecture of the image, where that is known: `arm64`, `amd64`, …
        #[serde(default, skip_serializing_if = "Option::is_none")]
        found: Option<String>,
        /// The architecture of this computer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// What the failing program said.
        detail: String,
    },
    /// rpm-ostree has changed the deployment on this computer, with packages or overrides, and what pulls here does not
    /// carry such changes over.
    #[error("the deployment contains changes made with rpm-ostree")]
    LocallyModified {
        /// What the failing program said.
        detail: String,
    },
    /// What rpm-ostree has changed on this computer has to be taken back with this switch: carried over to a container
    /// image it can damage the system.
    #[error("what rpm-ostree has changed here cannot be carried over to {reference}")]
    NeedsReset {
        /// What was to be switched to.
        reference: String,
    },
    /// Another program drives the updates of this computer.
    #[error("{name} drives the updates of this computer")]
    UpdateDriver {
        /// Its name: `Zincati`, …
        name: String,
        /// The unit of the service manager that it runs as.
        unit: String,
    },
    /// A program that is needed for this does not start, or does not answer.
    #[error("{program} does not answer")]
    ProgramUnavailable {
        /// The program: `rpm-ostree`, …
        program: String,
        /// What is known of it.
        detail: String,
    },
    /// A program that was at work has ended before it was done.
    #[error("{program} ended unexpectedly")]
    ProgramEnded {
        /// The program: `rpm-ostree`, …
        program: String,
        /// What is known of it.
        detail: String,
    },
    /// What is followed is checked in a way that would get lost with this switch.
    #[error("switching to {reference} would lose the check of signatures")]
    WouldLoseVerification {
        /// What was to be switched to.
        reference: String,
    },
    /// The program that pulls here is of a version that cannot do this.
    #[error("{program} cannot do this: it has no {option}")]
    NotSupported {
        /// The program: `bootc`, …
        program: String,
        /// What it lacks: `--download-only`, …
        option: String,
    },
    /// What takes care of the images of this host has no such thing, in any version.
    #[error("what takes care of the images of this host cannot do this")]
    NotWithBackend {
        /// What takes care of them.
        backend: Backend,
        /// The deployments are composefs images.
        #[serde(default)]
        composefs: bool,
    },
    /// What was downloaded is damaged.
    #[error("the downloaded data is damaged")]
    Corrupted {
        /// What libostree said.
        detail: String,
    },
    /// polkit said no.
    #[error("not authorised")]
    NotAuthorised {
        /// The polkit action.
        action: String,
    },
    /// The person closed the password dialog.
    #[error("the password dialog was dismissed")]
    Dismissed {
        /// The polkit action.
        action: String,
    },
    /// Somebody cancelled; not an error, but an end all the same.
    #[error("cancelled")]
    Cancelled,
    /// The deployments are not the ones that the caller saw.
    #[error("the system changed meanwhile")]
    StateChanged,
    /// The image that the server names is not the one that was previewed.
    #[error("the image changed on the server meanwhile")]
    ImageChanged {
        /// The checksum that was previewed.
        expected: String,
        /// The checksum that is there now.
        found: String,
    },
    /// The image on the server is older than the one that runs.
    #[error("the image on the server is older")]
    Older {
        /// What libostree said.
        detail: String,
    },
    /// There is no other deployment.
    #[error("there is no deployment to roll back to")]
    NothingToRollBackTo,
    /// What the booted deployment follows cannot be updated by Isotope.
    #[error("the booted deployment follows nothing that can be updated from here")]
    NoUpdateSource {
        /// What it follows, as its origin says.
        reference: String,
    },
    /// The text is no reference to an image.
    #[error("not an image reference: {reference:?}")]
    MalformedReference {
        /// The text, its beginning where it is long.
        reference: String,
    },
    /// The host knows no remote of this name.
    #[error("there is no remote {remote:?}")]
    UnknownRemote {
        /// Its name.
        remote: String,
    },
    /// The image that is to be switched to is followed already.
    #[error("{reference} is followed already")]
    AlreadyFollowed {
        /// It.
        reference: String,
    },
    /// The followed image has no such version.
    #[error("there is no version {version:?}")]
    VersionNotFound {
        /// The version, or the checksum, that was asked for.
        version: String,
    },
    /// This host has no such deployment.
    #[error("there is no deployment {deployment}")]
    UnknownDeployment {
        /// Its id.
        deployment: DeploymentId,
    },
    /// A deployment that must stay was to be removed.
    #[error("{deployment} is protected")]
    Protected {
        /// Its id.
        deployment: DeploymentId,
        /// By what.
        protection: Protection,
    },
    /// This can be done with a deployment only once it is written, after the restart.
    #[error("{deployment} is only staged")]
    StillStaged {
        /// Its id.
        deployment: DeploymentId,
    },
    /// The deployment starts next already.
    #[error("{deployment} starts next already")]
    AlreadyDefault {
        /// Its id.
        deployment: DeploymentId,
    },
    /// The deployment is pinned already.
    #[error("{deployment} is pinned already")]
    AlreadyPinned {
        /// Its id.
        deployment: DeploymentId,
    },
    /// No switch waits for anybody to say whether the new image is kept.
    #[error("there is nothing to decide about")]
    NothingToKeep,
    /// The administrator of this computer does not allow a switch to this image.
    #[error("switching to {reference} is not allowed on this computer")]
    SwitchForbidden {
        /// What was to be switched to.
        reference: String,
    },
    /// What the administrator of this computer says about switching cannot be read, so that nothing is allowed.
    #[error("{path} cannot be read: {detail}")]
    SwitchPolicyBroken {
        /// The file.
        path: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The deployment is not pinned.
    #[error("{deployment} is not pinned")]
    NotPinned {
        /// Its id.
        deployment: DeploymentId,
    },
    /// There is nothing staged to be discarded.
    #[error("nothing is staged")]
    NothingStaged,
    /// An argument is malformed.
    #[error("malformed argument {argument:?}")]
    MalformedArgument {
        /// Its name.
        argument: String,
    },
    /// There is no such option.
    #[error("unknown option {option:?}")]
    UnknownOption {
        /// Its name.
        option: String,
    },
    /// An option has the wrong type or a malformed value.
    #[error("malformed value of option {option:?}")]
    MalformedOption {
        /// Its name.
        option: String,
    },
    /// The operation has ended already.
    #[error("the operation has already ended")]
    AlreadyEnded,
    /// The service lost its worker in the middle.
    #[error("the worker ended unexpectedly")]
    WorkerLost {
        /// What is known of it.
        detail: String,
    },
    /// Something that nobody has a word for yet.
    #[error("failed: {detail}")]
    Failed {
        /// The whole chain, as detail.
        detail: String,
    },
    /// A refusal of a newer service.
    #[error("refused for a reason that this version does not know")]
    #[serde(other)]
    Unknown,
}

impl Refusal {
    /// A full disk of which no numbers are known.
    pub fn no_space(detail: impl Into<String>) -> Self {
        Self::NoSpace { detail: detail.into(), place: None, needed: None, free: None }
    }

    /// A text that is no reference, cut to a length that can be shown.
    pub fn malformed_reference(text: &str) -> Self {
        Self::MalformedReference { reference: text.chars().take(200).collect() }
    }

    /// The code, as it stands in the parameters: `not-booted`, `signature-refused`, …
    pub fn code(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        value.get("code").and_then(|code| code.as_str()).unwrap_or("unknown").to_owned()
    }

    /// The last part of the D-Bus error name: `NotBooted`, `SignatureRefused`, …
    pub fn error_name(&self) -> String {
        self.code()
            .split('-')
            .map(|word| {
                let mut letters = word.chars();
                letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
