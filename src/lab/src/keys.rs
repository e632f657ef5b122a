// SPDX-License-Identifier: GPL-3.0-or-later
//! The GPG keys of a lab: one that the machine trusts and one that it does not know.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::{assigned, command, run, run_for_text};

/// The key that the machine trusts.
pub(crate) const TRUSTED: &str = "Lab trusted key";
/// A key that the machine does not know.
pub(crate) const UNTRUSTED: &str = "Lab untrusted key";

/// Makes both keys below `keys`.
pub(crate) fn create(keys: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let home = home(keys);
    std::fs::create_dir_all(&home)?;
    std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))?;
    for name in [TRUSTED, UNTRUSTED] {
        let mut gpg = command("gpg", ["--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]);
        gpg.arg("--homedir").arg(&home).args(["--quick-generate-key", name, "ed25519", "sign", "never"]);
        run(gpg).context("cannot make the lab's signing keys")?;
    }
    let mut export = command("gpg", ["--batch", "--quiet", "--homedir"]);
    export.arg(&home).arg("--output").arg(trusted_file(keys)).args(["--export", TRUSTED]);
    run(export)?;
    for name in [TRUSTED, UNTRUSTED] {
        std::fs::write(keys.join(format!("{name}.id")), fingerprint(&home, name)?)?;
    }
    Ok(())
}

/// GPG's home with the secret keys.
pub(crate) fn home(keys: &Path) -> PathBuf {
    keys.join("gnupg")
}

/// The public half of the trusted key.
pub(crate) fn trusted_file(keys: &Path) -> PathBuf {
    keys.join("trusted.gpg")
}

/// The arguments that let `ostree` sign with the named key.
pub(crate) fn signing_arguments(keys: &Path, name: &str) -> Result<[std::ffi::OsString; 2]> {
    let id = std::fs::read_to_string(keys.join(format!("{name}.id"))).context("the lab's signing keys are missing")?;
    Ok([format!("--gpg-sign={id}").into(), assigned("--gpg-homedir", &home(keys))])
}

/// Ends the agents that GPG started for the lab: that of its own home, and those of homes below `temporary` that
/// libostree made for a moment. Signing starts another.
pub(crate) fn end_agents(keys: &Path, temporary: &Path) {
    let homes = [home(keys).as_os_str().as_bytes().to_vec(), inside(temporary)];
    for entry in std::fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let mut words = line.split(|byte| *byte == 0);
        let is_agent = words.next().is_some_and(|program| program.ends_with(b"gpg-agent"));
        if is_agent && words.any(|word| homes.iter().any(|home| word.starts_with(home))) {
            let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }
}

fn inside(folder: &Path) -> Vec<u8> {
    let mut prefix = folder.as_os_str().as_bytes().to_vec();
    prefix.push(b'/');
    prefix
}

fn fingerprint(home: &Path, name: &str) -> Result<String> {
    let mut list = command("gpg", ["--batch", "--homedir"]);
    list.arg(home).args(["--with-colons", "--list-keys", name]);
    let listed = run_for_text(list)?;
    listed
        .lines()
        .find_map(|line| line.strip_prefix("fpr:").map(|rest| rest.trim_matches(':').to_owned()))
        .with_context(|| format!("GPG does not list the key “{name}” that it just made"))
}
