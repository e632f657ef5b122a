// SPDX-License-Identifier: GPL-3.0-or-later
//! Who vouches for an image on this host: its `policy.json`, its `registries.d` and its OSTree remotes, worked out for the
//! very reference, as skopeo and libostree will when they pull it.
//!
//! The policy decides in every case, because bootc and rpm-ostree pull with skopeo, and skopeo always asks it
//! (<https://github.com/bootc-dev/bootc/issues/815>). What the origin says only adds to that:
//! - `ostree-image-signed`: they refuse to pull where the policy accepts by default what it has no rule for, whatever the
//!   rule for this image is. With another default the origin changes nothing: an image whose rule accepts it unchecked is
//!   pulled unchecked.
//! - `ostree-unverified-*`: nothing. An image whose rule demands a signature is not pulled without one, although its
//!   origin says "unverified".
//! - `ostree-remote-*`: the commit inside the image must be signed with a key of that remote as well. Layers that somebody
//!   has put on top of the commit are not covered by it.

mod attachments;
#[cfg(test)]
mod examples;
mod host;
mod policy;
mod requirement;
mod scopes;
#[cfg(test)]
mod tests;

use isotope_model::{
    ContainerReference, ImageReference, Transport, Trust, TrustKey, TrustProblem, TrustState, Verification,
};

use self::attachments::Attachments;
pub(crate) use self::host::trust;
use self::policy::{NoPolicy, Policy, Rule};
use self::requirement::{Requirement, Signer};
use crate::foreign_text::shown;

/// The longest foreign text that is told, in characters.
const LONGEST: usize = 300;

/// The rules of a host, and what has to be looked up there.
pub(crate) struct Rules<'h> {
    policy: Result<Policy, NoPolicy>,
    attachments: Result<Attachments, String>,
    /// Whether a file that a policy names can be read.
    has_file: &'h dyn Fn(&str) -> bool,
    /// The path without links.
    resolve: &'h dyn Fn(&str) -> String,
    /// What an OSTree remote demands.
    remote: &'h dyn Fn(&str) -> Remote,
}

/// An OSTree remote, as far as signatures are concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remote {
    /// There is none of that name.
    Unknown,
    /// It demands signatures.
    Demands,
    /// It takes what comes.
    Accepts,
}

impl Rules<'_> {
    /// What the host would do with the image's signature.
    pub(crate) fn trust(&self, image: &ImageReference) -> Trust {
        let nobody = Trust::unknown(image.clone());
        match (image, image.container()) {
            (ImageReference::Ostree { remote, .. }, _) => self.of_remote(remote, nobody),
            (_, Some(container)) => self.of_container(&container, nobody),
            _ => nobody,
        }
    }

    fn of_remote(&self, remote: &str, nobody: Trust) -> Trust {
        match (self.remote)(remote) {
            Remote::Unknown => refused(nobody, TrustProblem::RemoteUnknown),
            Remote::Accepts => Trust { state: TrustState::Unchecked, ..nobody },
            Remote::Demands => Trust { state: TrustState::Verified, keys: vec![keys_of(remote)], ..nobody },
        }
    }

    fn of_container(&self, image: &ContainerReference, nobody: Trust) -> Trust {
        let policy = match &self.policy {
            Ok(policy) => policy,
            Err(NoPolicy::Missing) => return refused(nobody, TrustProblem::PolicyMissing),
            Err(NoPolicy::Broken(detail)) => {
                return refused(nobody, TrustProblem::PolicyBroken { detail: shown(detail, LONGEST) });
            }
        };
        let demands_strictness = *image.verification() == Verification::Policy;
        if demands_strictness && policy.accepts_everything_by_default() {
            return refused(nobody, TrustProblem::PolicyAcceptsEverything);
        }
        let by_policy = self.by_policy(policy, image, nobody);
        match image.verification() {
            Verification::OstreeRemote(remote) => self.and_by_remote(remote, by_policy),
            Verification::Policy | Verification::PolicyOrNothing => by_policy,
        }
    }

    fn by_policy(&self, policy: &Policy, image: &ContainerReference, nobody: Trust) -> Trust {
        let attachments = match (image.transport(), &self.attachments) {
            // They lie in registries only.
            (Transport::Registry, Ok(attachments)) => attachments.used(&scopes::in_registry(image)),
            (Transport::Registry, Err(detail)) => {
                return refused(nobody, TrustProblem::SettingsBroken { detail: shown(detail, LONGEST) });
            }
            _ => true,
        };
        let rule = policy.rule(scopes::section(image.transport()), || scopes::of(image, self.resolve));
        let Some(Rule { scope, requirements }) = rule else {
            return nobody;
        };
        let found = Trust { scope: scope.map(|scope| shown(scope, LONGEST)), ..nobody };
        if let Some(problem) = requirements.iter().find_map(|one| self.problem(one, attachments)) {
            return refused(found, problem);
        }
        let keys: Vec<TrustKey> = requirements.iter().filter_map(key).collect();
        let state = match (keys.is_empty(), scope) {
            (true, _) => TrustState::Unchecked,
            (false, Some(_)) => TrustState::Verified,
            (false, None) => TrustState::DefaultOnly,
        };
        Trust { state, keys, ..found }
    }

    /// Why a requirement cannot be fulfilled, whatever the image is.
    fn problem(&self, requirement: &Requirement, attachments: bool) -> Option<TrustProblem> {
        let missing = |files: &[String]| {
            let path = files.iter().find(|path| !(self.has_file)(path))?;
            Some(TrustProblem::KeyMissing { path: shown(path, LONGEST) })
        };
        match requirement {
            Requirement::AcceptAnything => None,
            Requirement::Reject => Some(TrustProblem::Rejected),
            Requirement::NotSupported { demand } => Some(TrustProblem::NotSupported { demand: (*demand).to_owned() }),
            Requirement::Gpg { paths } => missing(paths),
            Requirement::Sigstore { files, .. } => {
                missing(files).or((!attachments).then_some(TrustProblem::AttachmentsNotUsed))
            }
        }
    }

    /// What the remote adds to the policy. A remote that demands nothing checks nothing, and ostree-ext does not import by
    /// it. Source: `signature_verify_commit_data` in libostree's `ostree-repo.c`.
    fn and_by_remote(&self, remote: &str, by_policy: Trust) -> Trust {
        match ((self.remote)(remote), by_policy.state) {
            (_, TrustState::Refused) => by_policy,
            (Remote::Unknown, _) => refused(by_policy, TrustProblem::RemoteUnknown),
            (Remote::Accepts, _) => refused(by_policy, TrustProblem::RemoteChecksNothing),
            (Remote::Demands, state) => {
                let enforced = by_policy.is_enforced();
                let keys = by_policy.keys.into_iter().chain([keys_of(remote)]).collect();
                Trust {
                    state: if enforced { state } else { TrustState::Verified },
                    keys,
                    scope: by_policy.scope.filter(|_| enforced),
                    problem: (!enforced).then_some(TrustProblem::CommitOnly),
                    ..by_policy
                }
            }
        }
    }
}

fn refused(trust: Trust, problem: TrustProblem) -> Trust {
    Trust { state: TrustState::Refused, keys: Vec::new(), problem: Some(problem), ..trust }
}

fn keys_of(remote: &str) -> TrustKey {
    TrustKey::OstreeRemote { remote: remote.to_owned() }
}

/// What a requirement is checked with; nothing where it is not checked.
fn key(requirement: &Requirement) -> Option<TrustKey> {
    let all = |paths: &[String]| paths.iter().map(|path| shown(path, LONGEST)).collect();
    match requirement {
        Requirement::AcceptAnything | Requirement::Reject | Requirement::NotSupported { .. } => None,
        Requirement::Gpg { paths } => Some(TrustKey::Gpg { paths: all(paths) }),
        Requirement::Sigstore { by: Signer::Keys(paths), .. } => Some(TrustKey::Sigstore { paths: all(paths) }),
        Requirement::Sigstore { by: Signer::Identity(identity), .. } => {
            Some(TrustKey::SigstoreIdentity { identity: Some(shown(identity, LONGEST)) })
        }
    }
}
