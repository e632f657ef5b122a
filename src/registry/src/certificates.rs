// SPDX-License-Identifier: GPL-3.0-or-later
//! Certificates that the administrator has put down for one registry. Source: `containers-certs.d(5)`.

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
    /// Those for the registry that listens there.
    pub(crate) fn of(root: &Path, authority: &str) -> Result<Self, Failure> {
        let folders = FOLDERS.iter().map(|folder| root.join(folder).join(authority));
        match folders.into_iter().find(|folder| folder.is_dir()) {
            Some(folder) => Self::in_folder(&folder),
            None => Ok(Self::default()),
        }
    }

    fn in_folder(folder: &Path) -> Result<Self, Failure> {
        let mut certificates = Self::default();
        for path in host_file::files_with_extension(folder, "crt")? {
            let content = host_file::read(&path)?.unwrap_or_default();
            let bundle = Certificate::from_pem_bundle(&content).map_err(|error| broken(&path, &error))?;
            certificates.authorities.extend(bundle);
        }
        // More than one cannot be offered at once; the first is.
        if let Some(path) = host_file::files_with_extension(folder, "cert")?.into_iter().next() {
            certificates.identity = identity(&path)?;
        }
        Ok(certificates)
    }
}

fn identity(certificate: &Path) -> Result<Option<Identity>, Failure> {
    let key: PathBuf = certificate.with_extension("key");
    let key = match host_file::read(&key) {
        Ok(Some(key)) => key,
        Ok(None) => return Err(Failure::Failed(format!("{} has no key beside it", certificate.display()))),
        // Keys are mostly for root alone. Then the registry says what it thinks of a computer that has none.
        Err(failure) => {
            tracing::warn!("not used: {failure}");
            return Ok(None);
        }
    };
    let mut both = host_file::read(certificate)?.unwrap_or_default();
    both.push(b'\n');
    both.extend(key);
    Identity::from_pem(&both).map(Some).map_err(|error| broken(certificate, &error))
}

fn broken(path: &Path, error: &reqwest::Error) -> Failure {
    Failure::Failed(format!("{}: {error}", path.display()))
}
