// SPDX-License-Identifier: GPL-3.0-or-later
//! Certificates that the administrator has put down for one registry. Source: `containers-certs.d(5)`.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use reqwest::{Certificate, Identity};

use crate::failure::Failure;
use crate::host_file;

/// The first that has a folder for the registry counts.
const FOLDERS: [&str; 3] = ["etc/containers/certs.d", "etc/docker/certs.d", "usr/share/containers/certs.d"];

/// What is to be used with a registry, besides what the system trusts.
#[derive(Debug, Default)]
pub(crate) struct Certificates {
    /// Who may vouch for it.
    pub(crate) authorities: Vec<Certificate>,
    /// How this computer identifies itself.
    pub(crate) identity: Option<Identity>,
}

impl Certificates {
    /// Those for the registry that listens there; how this computer identifies itself only where it is to do so.
    pub(crate) fn of(root: &Path, authority: &str, anonymous: bool) -> Result<Self, Failure> {
        for folder in FOLDERS {
            let folder = root.join(folder).join(authority);
            if is_folder(&folder)? {
                return Self::in_folder(&folder, anonymous);
            }
        }
        Ok(Self::default())
    }

    fn in_folder(folder: &Path, anonymous: bool) -> Result<Self, Failure> {
        let mut certificates = Self::default();
        for path in host_file::files_with_extension(folder, "crt")? {
            let content = host_file::read(&path)?.unwrap_or_default();
            let bundle = Certificate::from_pem_bundle(&content).map_err(|error| broken(&path, &error))?;
            certificates.authorities.extend(bundle);
        }
        if anonymous {
            return Ok(certificates);
        }
        // More than one cannot be offered at once; the first is.
        if let Some(path) = host_file::files_with_extension(folder, "cert")?.into_iter().next() {
            certificates.identity = Some(identity(&path)?);
        }
        Ok(certificates)
    }
}

/// What cannot be looked into may hold what the registry wants: nobody can know.
fn is_folder(path: &Path) -> Result<bool, Failure> {
    match std::fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_dir()),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(Failure::Failed(format!("{}: {error}", path.display()))),
    }
}

/// Keys are mostly for root alone. Without its key the registry would only end the conversation, and what pulls the image
/// can read it: so that is no answer of the registry, and none of the network.
fn identity(certificate: &Path) -> Result<Identity, Failure> {
    let key: PathBuf = certificate.with_extension("key");
    let missing = || Failure::Failed(format!("{} has no key beside it", certificate.display()));
    let key = host_file::read(&key)?.ok_or_else(missing)?;
    let mut both = host_file::read(certificate)?.unwrap_or_default();
    both.push(b'\n');
    both.extend(key);
    Identity::from_pem(&both).map_err(|error| broken(certificate, &error))
}

fn broken(path: &Path, error: &reqwest::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}
