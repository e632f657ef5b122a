// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::{Path, PathBuf};

use crate::certificates::Certificates;
use crate::credentials::Credentials;
use crate::failure::Failure;
use crate::registries_conf::RegistriesConf;

/// What the host says about registries, and who it is to them.
#[derive(Debug, Clone)]
pub struct Surroundings {
    root: PathBuf,
    credentials: Option<PathBuf>,
    architecture: String,
}

impl Surroundings {
    /// The host whose root is here. Credentials are those that the service manager has put into a folder.
    pub fn new(root: impl Into<PathBuf>, credentials: Option<PathBuf>) -> Self {
        Self { root: root.into(), credentials, architecture: architecture().to_owned() }
    }

    /// The configuration of registries, as it stands now.
    pub(crate) fn registries(&self) -> Result<RegistriesConf, Failure> {
        RegistriesConf::of_host(&self.root)
    }

    /// The credentials that were handed over.
    pub(crate) fn credentials(&self) -> Result<Credentials, Failure> {
        match &self.credentials {
            Some(folder) => Credentials::in_folder(Path::new(folder)),
            None => Ok(Credentials::default()),
        }
    }

    /// The certificates for the registry that listens there; those of this computer only where it is to identify itself.
    pub(crate) fn certificates(&self, authority: &str, anonymous: bool) -> Result<Certificates, Failure> {
        Certificates::of(&self.root, authority, anonymous)
    }

    /// The architecture of this computer, as images name it.
    pub(crate) fn architecture(&self) -> &str {
        &self.architecture
    }
}

/// Images use the names of the Go compiler.
fn architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "x86" => "386",
        "aarch64" => "arm64",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        "powerpc64" => "ppc64",
        "loongarch64" => "loong64",
        other => other,
    }
}
