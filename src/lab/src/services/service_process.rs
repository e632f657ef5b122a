// SPDX-License-Identifier: GPL-3.0-or-later
//! What systemd does to start a service for one connection.
//!
//! This is a process of its own, with the connection as standard input. Of what a unit says it obeys what decides whom
//! the service runs as, what it is given and where it writes; it sets up no sandbox.

use std::io::Write;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use super::UNITS;
use super::credentials::Credentials;
use crate::accounts::{self, Account};
use crate::unit::Unit;

/// Where folders of credentials are.
const CREDENTIALS: &str = "/run/credentials";

/// Starts what the unit `name` starts and ends as it ends.
///
/// # Errors
/// The unit, its user or one of its credentials is not there, or its program cannot be started.
pub fn run(name: &str) -> Result<ExitCode> {
    let unit = Unit::read(&Path::new(UNITS).join(name))?;
    let owner = accounts::find(unit.value("Service", "User").unwrap_or("root"))?;
    let instance = name.replace('@', &format!("@{}", std::process::id()));
    let credentials = Credentials::create(&unit, Path::new(CREDENTIALS).join(instance), &owner)?;
    let mut command = command_of(&unit, &owner).with_context(|| format!("{name} starts nothing"))?;
    if unit.value("Service", "StandardOutput") != Some("socket") {
        command.stdout(std::io::stderr().as_fd().try_clone_to_owned()?);
    }
    let Some(credentials) = credentials else {
        // Nothing is left to be done for it.
        return Err(command.exec()).with_context(|| format!("cannot start {name}"));
    };
    command.env("CREDENTIALS_DIRECTORY", credentials.folder());
    let mut service = command.spawn().with_context(|| format!("cannot start {name}"))?;
    drop(command);
    let_go_of_connection()?;
    let status = service.wait()?;
    let code = status.code().or(status.signal().map(|number| 128 + number)).unwrap_or(1);
    Ok(ExitCode::from(u8::try_from(code & 0xff)?))
}

/// The program, started directly by root, and otherwise with no more than its user has.
fn command_of(unit: &Unit, owner: &Account) -> Option<Command> {
    let (words, _) = unit.command("Service", "ExecStart")?;
    if unit.value("Service", "User").is_none() {
        let mut command = Command::new(words.first()?);
        command.args(words.iter().skip(1));
        return Some(command);
    }
    let mut command = Command::new("/usr/bin/setpriv");
    command.args(["--reuid", &owner.user.to_string(), "--regid", &owner.group.to_string(), "--clear-groups"]);
    if unit.is_set("Service", "NoNewPrivileges") {
        command.arg("--no-new-privs");
    }
    if unit.value("Service", "CapabilityBoundingSet") == Some("") {
        command.args(["--bounding-set=-all", "--inh-caps=-all"]);
    }
    command.args(["--pdeathsig", "KILL", "--"]).args(words);
    command.env("USER", &owner.name).env("LOGNAME", &owner.name).env("HOME", &owner.home).env("SHELL", &owner.shell);
    Some(command)
}

/// The connection is the service's alone: it ends when the service lets go of it.
fn let_go_of_connection() -> Result<()> {
    std::io::stdout().flush()?;
    let nothing = std::fs::File::options().read(true).write(true).open("/dev/null")?;
    nix::unistd::dup2_stdin(&nothing)?;
    Ok(nix::unistd::dup2_stdout(&nothing)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_without_a_user_is_started_directly() {
        let words = |text: &str| {
            let unit = Unit::parse(&format!("[Service]\nExecStart=/usr/bin/true now\n{text}"));
            let owner = Account { name: "person".into(), user: 1000, group: 1001, ..Account::default() };
            let command = command_of(&unit, &owner).unwrap();
            let words = std::iter::once(command.get_program()).chain(command.get_args());
            words.map(|word| word.to_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(words(""), "/usr/bin/true now");
        let head = "/usr/bin/setpriv --reuid 1000 --regid 1001 --clear-groups";
        assert_eq!(words("User=person"), format!("{head} --pdeathsig KILL -- /usr/bin/true now"));
        let bound = "--no-new-privs --bounding-set=-all --inh-caps=-all";
        let told = words("User=person\nNoNewPrivileges=yes\nCapabilityBoundingSet=\n");
        assert_eq!(told, format!("{head} {bound} --pdeathsig KILL -- /usr/bin/true now"));
    }
}
