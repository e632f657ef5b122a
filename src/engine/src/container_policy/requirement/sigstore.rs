// SPDX-License-Identifier: GPL-3.0-or-later
//! Sigstore's requirements: which ways to name keys may stand together. Source: `signature/policy_config_sigstore.go` of
//! containers.

use serde::Deserialize;

use super::json::{Base64, one_of, present};
use super::{Identity, Requirement, Signer};

/// The fields of `sigstoreSigned`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Sigstore {
    #[serde(default, deserialize_with = "present")]
    key_path: Option<String>,
    #[serde(default, deserialize_with = "present")]
    key_paths: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    key_data: Option<Base64>,
    #[serde(default, deserialize_with = "present")]
    key_datas: Option<Vec<Base64>>,
    #[serde(default, deserialize_with = "present")]
    fulcio: Option<Fulcio>,
    #[serde(default, deserialize_with = "present")]
    pki: Option<Pki>,
    #[serde(default, deserialize_with = "present")]
    rekor_public_key_path: Option<String>,
    #[serde(default, deserialize_with = "present")]
    rekor_public_key_paths: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    rekor_public_key_data: Option<Base64>,
    #[serde(default, deserialize_with = "present")]
    rekor_public_key_datas: Option<Vec<Base64>>,
    #[serde(default, deserialize_with = "present", rename = "signedIdentity")]
    _signed_identity: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fulcio {
    #[serde(default, deserialize_with = "present", rename = "caPath")]
    ca_path: Option<String>,
    #[serde(default, deserialize_with = "present", rename = "caData")]
    ca_data: Option<Base64>,
    #[serde(rename = "oidcIssuer")]
    issuer: String,
    #[serde(default, deserialize_with = "present", rename = "subjectEmail")]
    email: Option<String>,
    #[serde(default, deserialize_with = "present", rename = "buildSignerURI")]
    build: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pki {
    #[serde(default, deserialize_with = "present", rename = "caRootsPath")]
    roots_path: Option<String>,
    #[serde(default, deserialize_with = "present", rename = "caRootsData")]
    roots_data: Option<Base64>,
    #[serde(default, deserialize_with = "present", rename = "caIntermediatesPath")]
    intermediates_path: Option<String>,
    #[serde(default, deserialize_with = "present", rename = "caIntermediatesData")]
    intermediates_data: Option<Base64>,
    #[serde(default, deserialize_with = "present", rename = "subjectEmail")]
    email: Option<String>,
    #[serde(default, deserialize_with = "present", rename = "subjectHostname")]
    hostname: Option<String>,
}

impl Sigstore {
    /// What it demands.
    ///
    /// # Errors
    /// Keys are named in no way, or in two.
    pub(crate) fn requirement(self) -> Result<Requirement, &'static str> {
        const KEYS: &str = "exactly one of keyPath, keyPaths, keyData, keyDatas, fulcio and pki is to be given";
        const REKOR: &str = "a key of rekor is to be given in one way, with fulcio always, with pki never";
        let empty = |text: &Option<String>| text.as_deref() == Some("");
        if empty(&self.key_path) || self.key_paths.as_ref().is_some_and(Vec::is_empty) {
            return Err(KEYS);
        }
        if self.key_datas.as_ref().is_some_and(Vec::is_empty) {
            return Err(KEYS);
        }
        let rekor = [
            self.rekor_public_key_path.is_some(),
            self.rekor_public_key_paths.is_some(),
            self.rekor_public_key_data.is_some(),
            self.rekor_public_key_datas.is_some(),
        ];
        let rekor_given = rekor.into_iter().filter(|given| *given).count();
        let rekor_is_empty = empty(&self.rekor_public_key_path)
            || self.rekor_public_key_paths.as_ref().is_some_and(Vec::is_empty)
            || self.rekor_public_key_datas.as_ref().is_some_and(Vec::is_empty);
        if rekor_given > 1
            || rekor_is_empty
            || (self.fulcio.is_some() && rekor_given == 0)
            || (self.pki.is_some() && rekor_given > 0)
        {
            return Err(REKOR);
        }
        let given = [
            self.key_path.is_some(),
            self.key_paths.is_some(),
            self.key_data.is_some(),
            self.key_datas.is_some(),
            self.fulcio.is_some(),
            self.pki.is_some(),
        ];
        if !one_of(given) {
            return Err(KEYS);
        }
        let keys: Vec<String> = self.key_path.into_iter().chain(self.key_paths.into_iter().flatten()).collect();
        let (by, certificates) = match (self.fulcio, self.pki) {
            (Some(fulcio), _) => fulcio.signer()?,
            (_, Some(pki)) => pki.signer()?,
            _ => (Signer::Keys(keys.clone()), Vec::new()),
        };
        let rekor = self.rekor_public_key_path.into_iter().chain(self.rekor_public_key_paths.into_iter().flatten());
        Ok(Requirement::Sigstore { by, files: keys.into_iter().chain(certificates).chain(rekor).collect() })
    }
}

impl Fulcio {
    fn signer(self) -> Result<(Signer, Vec<String>), &'static str> {
        let who = self.email.filter(|text| !text.is_empty()).or(self.build.filter(|text| !text.is_empty()));
        let path = self.ca_path.filter(|path| !path.is_empty());
        match (one_of([path.is_some(), self.ca_data.is_some()]), self.issuer.is_empty(), who) {
            (true, false, Some(who)) => Ok((Signer::Identity(who), path.into_iter().collect())),
            _ => Err("fulcio needs caPath or caData, oidcIssuer, and subjectEmail or buildSignerURI"),
        }
    }
}

impl Pki {
    fn signer(self) -> Result<(Signer, Vec<String>), &'static str> {
        let who = self.email.filter(|text| !text.is_empty()).or(self.hostname.filter(|text| !text.is_empty()));
        let path = self.roots_path.filter(|path| !path.is_empty());
        let between = self.intermediates_path.filter(|path| !path.is_empty());
        let sound = one_of([path.is_some(), self.roots_data.is_some()])
            && !(between.is_some() && self.intermediates_data.is_some());
        match (sound, who) {
            (true, Some(who)) => Ok((Signer::Identity(who), path.into_iter().chain(between).collect())),
            _ => Err("pki needs caRootsPath or caRootsData, and subjectEmail or subjectHostname"),
        }
    }
}
