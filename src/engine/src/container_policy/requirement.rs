// SPDX-License-Identifier: GPL-3.0-or-later
//! One requirement of a `policy.json`, read as strictly as those who enforce it read it: a key that is not known, or a null,
//! makes the whole file an error. Source: `containers-policy.json(5)` and `signature/policy_config.go` of containers.

mod json;
mod sigstore;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _};

use self::json::{Base64, NotEmpty, one_of, present};
use self::sigstore::Sigstore;

/// What a policy demands of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Requirement {
    /// Nothing.
    AcceptAnything,
    /// What cannot be.
    Reject,
    /// A GPG signature with one of these keys.
    Gpg {
        /// Where they are; empty where they stand in the policy.
        paths: Vec<String>,
    },
    /// A sigstore signature.
    Sigstore {
        /// By whom.
        by: Signer,
        /// Every file that is needed to check it.
        files: Vec<String>,
    },
    /// Something that may stand in a policy and that nobody can check.
    NotSupported {
        /// What the policy calls it.
        demand: &'static str,
    },
}

/// Who has to have made a sigstore signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signer {
    /// Whoever has one of these keys; no paths where they stand in the policy.
    Keys(Vec<String>),
    /// Whom a certificate names.
    Identity(String),
}

#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
enum Written {
    #[serde(rename = "insecureAcceptAnything")]
    AcceptAnything {},
    #[serde(rename = "reject")]
    Reject {},
    #[serde(rename = "signedBy", rename_all = "camelCase")]
    SignedBy {
        key_type: KeyType,
        #[serde(default, deserialize_with = "present")]
        key_path: Option<String>,
        #[serde(default, deserialize_with = "present")]
        key_paths: Option<Vec<String>>,
        #[serde(default, deserialize_with = "present")]
        key_data: Option<Base64>,
        #[serde(default, deserialize_with = "present", rename = "signedIdentity")]
        _signed_identity: Option<Identity>,
    },
    #[serde(rename = "signedBaseLayer", rename_all = "camelCase")]
    SignedBaseLayer {
        #[serde(rename = "baseLayerIdentity")]
        _base_layer_identity: Identity,
    },
    #[serde(rename = "sigstoreSigned")]
    Sigstore(Box<Sigstore>),
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
enum KeyType {
    #[serde(rename = "GPGKeys")]
    GpgKeys,
    #[serde(rename = "signedByGPGKeys")]
    SignedByGpgKeys,
    X509Certificates,
    #[serde(rename = "signedByX509CAs")]
    SignedByX509Cas,
}

impl KeyType {
    /// What can be checked is a key itself; the other kinds were never made.
    fn supported(self) -> Result<(), &'static str> {
        match self {
            Self::GpgKeys => Ok(()),
            Self::SignedByGpgKeys => Err("signedByGPGKeys"),
            Self::X509Certificates => Err("X509Certificates"),
            Self::SignedByX509Cas => Err("signedByX509CAs"),
        }
    }
}

/// For which names a signature counts. Whether it is for the right one, only the signature itself can tell.
#[derive(Deserialize)]
#[serde(tag = "type", deny_unknown_fields)]
pub(super) enum Identity {
    #[serde(rename = "matchExact")]
    Exact {},
    #[serde(rename = "matchRepoDigestOrExact")]
    RepoDigestOrExact {},
    #[serde(rename = "matchRepository")]
    Repository {},
    #[serde(rename = "exactReference")]
    ExactReference {
        #[serde(rename = "dockerReference")]
        _reference: NotEmpty,
    },
    #[serde(rename = "exactRepository")]
    ExactRepository {
        #[serde(rename = "dockerRepository")]
        _repository: NotEmpty,
    },
    #[serde(rename = "remapIdentity")]
    Remap {
        #[serde(rename = "prefix")]
        _prefix: NotEmpty,
        #[serde(rename = "signedPrefix")]
        _signed_prefix: NotEmpty,
    },
}

impl Written {
    fn requirement(self) -> Result<Requirement, &'static str> {
        match self {
            Self::AcceptAnything {} => Ok(Requirement::AcceptAnything),
            Self::Reject {} => Ok(Requirement::Reject),
            Self::SignedBaseLayer { .. } => Ok(Requirement::NotSupported { demand: "signedBaseLayer" }),
            Self::Sigstore(sigstore) => sigstore.requirement(),
            Self::SignedBy { key_type, key_path, key_paths, key_data, .. } => {
                let path = key_path.as_deref() != Some("");
                if !path || !one_of([key_path.is_some(), key_paths.is_some(), key_data.is_some()]) {
                    return Err("exactly one of keyPath, keyPaths and keyData is to be given");
                }
                if let Err(demand) = key_type.supported() {
                    return Ok(Requirement::NotSupported { demand });
                }
                match key_paths {
                    Some(paths) if paths.is_empty() => Ok(Requirement::NotSupported { demand: "signedBy" }),
                    paths => Ok(Requirement::Gpg {
                        paths: key_path.into_iter().chain(paths.into_iter().flatten()).collect(),
                    }),
                }
            }
        }
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Written::deserialize(source)?.requirement().map_err(D::Error::custom)
    }
}
