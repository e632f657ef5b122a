// SPDX-License-Identifier: GPL-3.0-or-later
//! The GPG keys of a lab.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::{assigned, command, run, run_for_text};

/// When the expired key was made and its signatures are.
const PAST: &str = "20200101T000000!";

/// A key of the lab.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// The machine trusts it.
    Trusted,
    /// The machine trusts it, and it has expired.
    Expired,
    /// The machine does not know it.
    Untrusted,
}

impl Key {
    const ALL: [Self; 3] = [Self::Trusted, Self::Expired, Self::Untrusted];

    fn name(self) -> &'static str {
        match self {
            Self::Trusted => "Lab trusted key",
            Self::Expired => "Lab expired key",
            Self::Untrusted => "Lab untrusted key",
        }
    }

    fn expires(self) -> &'static str {
        match self {
            Self::Expired => "1y",
            Self::Trusted | Self::Untrusted => "never",
        }
    }

    /// GPG's home with its secret half.
    fn home(self, keys: &Path) -> PathBuf {
        match self {
            // In a home of its own GPG believes that it is still good.
            Self::Expired => keys.join("past"),
            Self::Trusted | Self::Untrusted => keys.join("gnupg"),
        }
    }

    fn file(self, keys: &Path) -> PathBuf {
        keys.join(format!("{}.id", self.name()))
    }

    fn gpg(self, keys: &Path) -> Command {
        let mut gpg = command("gpg", ["--batch", "--quiet", "--homedir"]);
        gpg.arg(self.home(keys));
        gpg
    }
}

/// Makes the keys below `keys`.
pub(crate) fn create(keys: &Path) -> Result<()> {
    let mut trusted = Vec::new();
    for key in Key::ALL {
        let home = key.home(keys);
        std::fs::create_dir_all(&home)?;
        std::fs::set_permissions(&home, std::fs::Permissions::from_mode(0o700))?;
        if key == Key::Expired {
            std::fs::write(home.join("gpg.conf"), format!("faked-system-time {PAST}\n"))?;
        }
        let mut make = key.gpg(keys);
        make.args(["--pinentry-mode", "loopback", "--passphrase", "", "--quick-generate-key", key.name()]);
        make.args(["ed25519", "sign", key.expires()]);
        run(make).context("cannot make the lab's signing keys")?;
        std::fs::write(key.file(keys), fingerprint(keys, key)?)?;
        if key != Key::Untrusted {
            let mut export = key.gpg(keys);
            export.args(["--export", key.name()]);
            trusted.extend(run(export)?.stdout);
        }
    }
    Ok(std::fs::write(trusted_file(keys), trusted)?)
}

/// The public halves of what the machine trusts.
pub(crate) fn trusted_file(keys: &Path) -> PathBuf {
    keys.join("trusted.gpg")
}

/// The arguments that let `ostree` sign with a key.
pub(crate) fn signing_arguments(keys: &Path, key: Key) -> Result<[std::ffi::OsString; 2]> {
    let id = std::fs::read_to_string(key.file(keys)).context("the lab's signing keys are missing")?;
    Ok([format!("--gpg-sign={id}").into(), assigned("--gpg-homedir", &key.home(keys))])
}

/// Ends the agents that GPG started for the lab: those of its own homes, and those of homes below `temporary` that
/// libostree made for a moment. Signing starts another.
pub(crate) fn end_agents(keys: &Path, temporary: &Path) {
    let homes = [inside(keys), inside(temporary)];
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

fn fingerprint(keys: &Path, key: Key) -> Result<String> {
    let mut list = key.gpg(keys);
    list.args(["--with-colons", "--list-keys", key.name()]);
    let listed = run_for_text(list)?;
    listed
        .lines()
        .find_map(|line| line.strip_prefix("fpr:").map(|rest| rest.trim_matches(':').to_owned()))
        .with_context(|| format!("GPG does not list the key “{}” that it just made", key.name()))
}
