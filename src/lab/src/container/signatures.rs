// SPDX-License-Identifier: GPL-3.0-or-later
//! Signatures of container images, and what the machine is told about them.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::scope;
use crate::Backend;
use crate::command::{assigned, command, run};
use crate::configuration::Folder;
use crate::publication::Signing;

/// Where the machine has the key that it trusts.
pub(crate) const MACHINE_KEY: &str = "/etc/pki/containers/lab.pub";
const TRUSTED: &str = "container-trusted";
const UNTRUSTED: &str = "container-untrusted";
/// skopeo encrypts every key.
const PASSPHRASE: &str = "lab";
/// Signatures lie beside the images, in the registry itself.
const ATTACHMENTS: &str = "default-docker:\n  use-sigstore-attachments: true\n";

/// Makes the keys that images are signed with.
pub(crate) fn create_keys(folder: &Folder) -> Result<()> {
    std::fs::create_dir_all(folder.keys())?;
    std::fs::write(passphrase(folder), PASSPHRASE)?;
    for name in [TRUSTED, UNTRUSTED] {
        let mut make = command("skopeo", ["generate-sigstore-key"]);
        make.arg(assigned("--output-prefix", &folder.keys().join(name)));
        make.arg(assigned("--passphrase-file", &passphrase(folder)));
        run(make).context("cannot make the keys that sign images")?;
    }
    Ok(())
}

pub(super) fn has_keys(folder: &Folder) -> bool {
    private(folder, TRUSTED).exists()
}

/// What lets skopeo sign.
pub(super) fn arguments(folder: &Folder, signing: Signing) -> Result<[std::ffi::OsString; 2]> {
    let key = match signing {
        Signing::Trusted => TRUSTED,
        Signing::Untrusted => UNTRUSTED,
        Signing::Expired => bail!("keys that sign container images do not expire"),
        Signing::None => bail!("nothing signs this image"),
    };
    Ok([
        assigned("--sign-by-sigstore-private-key", &private(folder, key)),
        assigned("--sign-passphrase-file", &passphrase(folder)),
    ])
}

/// The folder that tells skopeo where signatures go.
pub(super) fn attachments(folder: &Folder) -> Result<PathBuf> {
    let place = folder.keys().join("registries.d");
    std::fs::create_dir_all(&place)?;
    std::fs::write(place.join("lab.yaml"), ATTACHMENTS)?;
    Ok(place)
}

/// Writes what the machine's /etc has about images: that the lab's registry is there and has no certificate, and who
/// must have signed what comes from it.
pub(crate) fn machine_configuration(folder: &Folder, backend: Backend, port: u16) -> Result<()> {
    let containers = folder.container_tree().join("etc/containers");
    std::fs::create_dir_all(containers.join("registries.d"))?;
    let registry = format!("[[registry]]\nlocation = \"127.0.0.1:{port}\"\ninsecure = true\n");
    std::fs::write(containers.join("registries.conf"), registry)?;
    std::fs::write(containers.join("registries.d/lab.yaml"), ATTACHMENTS)?;
    let policy = if backend == Backend::BootcSigned {
        let key = folder.container_tree().join(MACHINE_KEY.trim_start_matches('/'));
        std::fs::create_dir_all(key.parent().unwrap_or(&containers))?;
        std::fs::copy(folder.keys().join(format!("{TRUSTED}.pub")), key)?;
        let signed = json!([{
            "type": "sigstoreSigned",
            "keyPath": MACHINE_KEY,
            "signedIdentity": { "type": "matchRepository" },
        }]);
        json!({ "default": [{ "type": "reject" }], "transports": { "docker": { scope(port): signed } } })
    } else {
        json!({ "default": [{ "type": "insecureAcceptAnything" }] })
    };
    Ok(std::fs::write(containers.join("policy.json"), serde_json::to_vec_pretty(&policy)?)?)
}

fn private(folder: &Folder, name: &str) -> PathBuf {
    folder.keys().join(format!("{name}.private"))
}

fn passphrase(folder: &Folder) -> PathBuf {
    Path::new(&folder.keys()).join("container-passphrase")
}
