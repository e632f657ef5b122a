// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::DeploymentId;

/// What libostree says about the signature of a deployment's commit, by the keys that this host has now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignatureState {
    /// Signed with a key that the host trusts for this remote.
    Verified,
    /// It carries no signature.
    Missing,
    /// Signed with a key that the host does not have.
    UntrustedKey,
    /// The signature does not match.
    Invalid,
    /// The signature or its key has expired.
    Expired,
    /// The key was revoked.
    Revoked,
    /// Nobody can say: the deployment follows no remote, or its remote is signed in a way that libostree does not judge.
    #[default]
    #[serde(other)]
    Unknown,
}

/// The signature of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Signature {
    /// What libostree says.
    #[serde(default)]
    pub state: SignatureState,
    /// The remote demands a signature: without one nothing is pulled from it.
    #[serde(default)]
    pub required: bool,
    /// The fingerprint of the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Whose key that says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
    /// When it was signed, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made: Option<u64>,
}

/// What a person may want to know of one deployment beyond what the snapshot tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct DeploymentDetails {
    /// Which deployment.
    pub id: DeploymentId,
    /// When it was written to this computer, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployed: Option<u64>,
    /// The digest of the container image that it was made from: `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The version of its kernel, for example `6.17.7-300.fc43.x86_64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// The arguments that its boot entry gives the kernel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kernel_arguments: Option<String>,
    /// Arguments that what runs was not started with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernel_arguments_added: Vec<String>,
    /// Arguments that what runs was started with, and this one will not be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kernel_arguments_removed: Vec<String>,
    /// Its signature.
    #[serde(default)]
    pub signature: Signature,
}
