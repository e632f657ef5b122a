// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{ImageReference, SignatureProblem};

/// What this computer would do with an image's signature when it pulls it now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustState {
    /// It is pulled only if it is signed with a key that was chosen for it.
    Verified,
    /// It is not pulled: the policy rejects it, or demands what cannot be fulfilled.
    Refused,
    /// It is pulled without any check.
    Unchecked,
    /// No rule was made for it, but what holds for everything demands a signature.
    DefaultOnly,
    /// Nobody can say.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What a signature is checked with, as one rule demands it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum TrustKey {
    /// A sigstore key, or several of which one is enough.
    Sigstore {
        /// The files that they are in; empty where they stand in the policy itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paths: Vec<String>,
    },
    /// A certificate for an identity, by Fulcio or a private authority.
    SigstoreIdentity {
        /// The identity: an address, or whom the authority names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        identity: Option<String>,
    },
    /// GPG keys for containers, of which one is enough.
    Gpg {
        /// The files that they are in; empty where they stand in the policy itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        paths: Vec<String>,
    },
    /// The keys of an OSTree remote, for a commit of it or for the one inside a container image.
    OstreeRemote {
        /// The remote.
        remote: String,
    },
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// Why a state is what it is, where that does not follow from the rule alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "because", rename_all = "kebab-case")]
pub enum TrustProblem {
    /// The policy cannot be read, so nothing is pulled.
    PolicyBroken {
        /// What is wrong with it.
        detail: String,
    },
    /// There is no policy, so nothing is pulled.
    PolicyMissing,
    /// The policy rejects it.
    Rejected,
    /// What is followed demands that the policy checks images, but it accepts everything by default.
    PolicyAcceptsEverything,
    /// A sigstore signature is demanded, but this computer does not look for those that lie beside the image.
    AttachmentsNotUsed,
    /// Where this computer looks for signatures cannot be read, so nothing is pulled from a registry.
    SettingsBroken {
        /// What is wrong with it.
        detail: String,
    },
    /// The policy demands what no program can check, so it is not pulled.
    NotSupported {
        /// What the policy calls it.
        demand: String,
    },
    /// A file that the policy names for its keys is not there, or cannot be read.
    KeyMissing {
        /// Its path.
        path: String,
    },
    /// A signature is demanded, and the image carries none.
    NotSigned,
    /// The remote is not known here.
    RemoteUnknown,
    /// The remote is to check a container image, but demands no signatures, so it is not pulled.
    RemoteChecksNothing,
    /// Only the commit inside the image is checked; nothing vouches for layers that somebody put on top of it.
    CommitOnly,
    /// Something that this version has no word for.
    #[serde(other)]
    Unknown,
}

/// Who vouches for an image on this computer, worked out from the computer's own rules for this very reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Trust {
    /// The image.
    pub image: ImageReference,
    /// What would be done with its signature.
    pub state: TrustState,
    /// What it is checked with, one for each rule that demands a signature: all of them have to be fulfilled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<TrustKey>,
    /// The scope of the rule that matched: the image itself, its repository, a part of its name, its registry; absent where
    /// a default matched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Why, or with what reservation, where the rule alone does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<TrustProblem>,
    /// Whether a sigstore signature lies beside the image, in the form that hosts read, where somebody has looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<bool>,
}

impl Trust {
    /// Nobody can say.
    pub fn unknown(image: ImageReference) -> Self {
        Self { image, state: TrustState::Unknown, keys: Vec::new(), scope: None, problem: None, signed: None }
    }

    /// The host would not pull the image without a signature that convinces, and that covers all of it.
    pub fn is_enforced(&self) -> bool {
        let demanded = matches!(self.state, TrustState::Verified | TrustState::DefaultOnly);
        demanded && self.problem != Some(TrustProblem::CommitOnly)
    }

    /// A sigstore signature is demanded, among others or alone.
    pub fn demands_sigstore(&self) -> bool {
        self.keys.iter().any(|key| matches!(key, TrustKey::Sigstore { .. } | TrustKey::SigstoreIdentity { .. }))
    }

    /// What an image that would be refused lacks, as it is told when it is pulled.
    pub fn signature_problem(&self) -> SignatureProblem {
        match self.problem {
            Some(TrustProblem::NotSigned) => SignatureProblem::Missing,
            Some(TrustProblem::PolicyAcceptsEverything) => SignatureProblem::NoPolicy,
            _ => SignatureProblem::Other,
        }
    }

    /// The same with what the registry was found to have beside the image: where a sigstore signature is demanded and
    /// there is none, it would be refused.
    #[must_use]
    pub fn with_signed(self, signed: bool) -> Self {
        let demanded = matches!(self.state, TrustState::Verified | TrustState::DefaultOnly);
        match signed {
            false if demanded && self.demands_sigstore() => {
                Self { state: TrustState::Refused, problem: Some(TrustProblem::NotSigned), signed: Some(false), ..self }
            }
            // Signatures of other kinds lie elsewhere.
            false if demanded => self,
            _ => Self { signed: Some(signed), ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trust(state: TrustState, keys: Vec<TrustKey>) -> Trust {
        let image = ImageReference::Container { reference: "ostree-image-signed:docker://q/o".into() };
        Trust { image, state, keys, scope: None, problem: None, signed: None }
    }

    #[test]
    fn an_image_without_the_signature_that_is_demanded_would_be_refused() {
        let key = || vec![TrustKey::Sigstore { paths: vec!["/etc/pki/containers/o.pub".into()] }];
        for state in [TrustState::Verified, TrustState::DefaultOnly] {
            let refused = trust(state, key()).with_signed(false);
            assert_eq!((refused.state, refused.problem), (TrustState::Refused, Some(TrustProblem::NotSigned)));
            assert_eq!(trust(state, key()).with_signed(true).state, state);
        }
        assert_eq!(trust(TrustState::Unchecked, vec![]).with_signed(false).state, TrustState::Unchecked);
        // All rules have to be fulfilled.
        let remote = TrustKey::OstreeRemote { remote: "r".into() };
        let both = trust(TrustState::Verified, key().into_iter().chain([remote]).collect()).with_signed(false);
        assert_eq!(both.state, TrustState::Refused);
        let gpg = trust(TrustState::Verified, vec![TrustKey::Gpg { paths: vec![] }]).with_signed(false);
        assert_eq!((gpg.state, gpg.signed), (TrustState::Verified, None));
    }

    #[test]
    fn nobody_vouches_for_what_lies_on_top_of_a_signed_commit() {
        let remote = || vec![TrustKey::OstreeRemote { remote: "r".into() }];
        let whole = trust(TrustState::Verified, remote());
        let part = Trust { problem: Some(TrustProblem::CommitOnly), ..whole.clone() };
        assert!(whole.is_enforced() && !part.is_enforced());
        for state in [TrustState::Refused, TrustState::Unchecked, TrustState::Unknown] {
            assert!(!trust(state, remote()).is_enforced(), "{state:?}");
        }
    }

    #[test]
    fn it_travels_over_the_bus() {
        let keys = vec![
            TrustKey::Sigstore { paths: vec!["/a".into(), "/b".into()] },
            TrustKey::SigstoreIdentity { identity: Some("os@vendor.example".into()) },
            TrustKey::Gpg { paths: vec![] },
            TrustKey::OstreeRemote { remote: "r".into() },
        ];
        let verified = Trust { scope: Some("q".into()), signed: Some(true), ..trust(TrustState::Verified, keys) };
        let problem = Some(TrustProblem::KeyMissing { path: "/a".into() });
        let refused = Trust { problem, ..trust(TrustState::Refused, vec![]) };
        for sent in [verified, refused, trust(TrustState::DefaultOnly, vec![])] {
            let dictionary = crate::dictionary::to_dictionary(&sent).unwrap();
            assert_eq!(crate::dictionary::from_dictionary::<Trust>(&dictionary).unwrap(), sent);
        }
    }

    #[test]
    fn what_a_newer_service_says_is_unknown_and_no_failure() {
        let text = r#"{"image":{"transport":"container","reference":"x"},"state":"notarised","keys":[{"kind":"ring"}],"problem":{"because":"moon"}}"#;
        let trust: Trust = serde_json::from_str(text).unwrap();
        assert_eq!(trust.state, TrustState::Unknown);
        assert_eq!(
            (trust.keys.as_slice(), trust.problem),
            ([TrustKey::Unknown].as_slice(), Some(TrustProblem::Unknown))
        );
    }
}
