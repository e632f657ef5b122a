// SPDX-License-Identifier: GPL-3.0-or-later
//! The users of the machine: made by systemd-sysusers for the image, looked up again on the machine.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::Installation;
use crate::command::{assigned, command, run};

const ACCOUNTS: &str = include_str!("files/accounts.conf");
const PASSWORD: &str = "lab";
/// Programs of the host that belong to a group: the machine must know the group by the same number.
const LAUNCH_HELPER: &str = "/usr/lib/dbus-1.0/dbus-daemon-launch-helper";

/// Writes passwd, group and shadow into `tree`/etc.
pub(crate) fn create(tree: &Path, scratch: &Path, installation: &Installation) -> Result<()> {
    let configuration = tree.join("usr/lib/sysusers.d");
    let credentials = scratch.join("credentials");
    std::fs::create_dir_all(&configuration)?;
    std::fs::create_dir_all(&credentials)?;
    let launch_helper =
        std::fs::metadata(LAUNCH_HELPER).with_context(|| format!("{LAUNCH_HELPER} is missing; install dbus"))?;
    let accounts = format!("{ACCOUNTS}g messagebus {}\n", launch_helper.gid());
    std::fs::write(configuration.join("00-lab.conf"), accounts)?;
    for name in ["dbus.conf", "polkit.conf"] {
        let path = Path::new("/usr/lib/sysusers.d").join(name);
        std::fs::copy(&path, configuration.join(name)).with_context(|| format!("cannot read {}", path.display()))?;
    }
    let own = installation.tree.join("usr/lib/sysusers.d/isotope.conf");
    std::fs::copy(&own, configuration.join("isotope.conf")).with_context(|| format!("{} is missing", own.display()))?;
    for user in ["person", "administrator"] {
        std::fs::write(credentials.join(format!("passwd.plaintext-password.{user}")), PASSWORD)?;
    }
    let mut sysusers = command("systemd-sysusers", [assigned("--root", tree)]);
    sysusers.env("CREDENTIALS_DIRECTORY", &credentials);
    run(sysusers).context("cannot make the users of the machine")?;
    for leftover in ["etc/.pwd.lock", "etc/passwd-", "etc/group-", "etc/shadow-", "etc/gshadow-"] {
        let _ = std::fs::remove_file(tree.join(leftover));
    }
    std::fs::set_permissions(tree.join("etc/shadow"), std::fs::Permissions::from_mode(0o600))?;
    std::fs::remove_dir_all(&credentials)?;
    std::fs::remove_dir_all(&configuration)?;
    Ok(())
}

/// One line of passwd.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) name: String,
    pub(crate) user: u32,
    pub(crate) group: u32,
    pub(crate) home: String,
    pub(crate) shell: String,
}

/// Looks `name` up in /etc/passwd as the calling process sees it.
pub(crate) fn find(name: &str) -> Result<Account> {
    let text = std::fs::read_to_string("/etc/passwd").context("cannot read /etc/passwd")?;
    match text.lines().filter_map(parse).find(|account| account.name == name) {
        Some(account) => Ok(account),
        None => bail!("the machine has no user “{name}”"),
    }
}

fn parse(line: &str) -> Option<Account> {
    let fields: Vec<&str> = line.split(':').collect();
    let [name, _, user, group, _, home, shell] = fields.as_slice() else { return None };
    Some(Account {
        name: (*name).to_owned(),
        user: user.parse().ok()?,
        group: group.parse().ok()?,
        home: (*home).to_owned(),
        shell: (*shell).to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_passwd() {
        let account = parse("person:x:1000:1000:Person:/home/person:/bin/bash").unwrap();
        assert_eq!((account.user, account.group, account.home.as_str()), (1000, 1000, "/home/person"));
        assert_eq!(parse("broken:x:1000"), None);
        assert_eq!(parse("name:x:many:1000::/:/bin/sh"), None);
    }
}
