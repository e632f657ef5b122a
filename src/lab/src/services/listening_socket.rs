// SPDX-License-Identifier: GPL-3.0-or-later
//! A socket unit whose service is started for each connection.

use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tokio::process::Child;

use super::{LAB, UNITS, command, is_socket, until};
use crate::accounts;
use crate::unit::Unit;

/// It listens until this is dropped.
#[derive(Debug)]
pub(super) struct ListeningSocket {
    unit: Unit,
    path: PathBuf,
    _process: Child,
}

impl ListeningSocket {
    /// What systemd does for `NAME.socket`. Its folder stays closed until everything in it has its owner.
    pub(super) fn start(name: &str) -> Result<Self> {
        let unit = Unit::read(&Path::new(UNITS).join(format!("{name}.socket")))?;
        let path = unit.value("Socket", "ListenStream").with_context(|| format!("{name}.socket names no socket"))?;
        let path = PathBuf::from(path);
        ensure!(unit.is_set("Socket", "Accept"), "{name}.socket wants no process a request");
        let folder = folder_of(&path)?;
        std::fs::create_dir_all(folder)?;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
        let mut activate = command("/usr/bin/systemd-socket-activate");
        activate.args(["--accept", "--inetd", "-E", "PATH", "-E", "LANG"]);
        activate.arg(format!("--listen={}", path.display())).arg("--");
        activate.args([LAB, "service", &format!("{name}@.service")]);
        let process = activate.spawn().with_context(|| format!("cannot listen for {name}"))?;
        Ok(Self { unit, path, _process: process })
    }

    /// Waits for the socket and gives it to its owner.
    pub(super) async fn hand_over(&self) -> Result<()> {
        let path = &self.path;
        until(&format!("there is {}", path.display()), async || Ok(is_socket(path))).await?;
        let user = self.unit.value("Socket", "SocketUser").unwrap_or("root");
        let group = self.unit.value("Socket", "SocketGroup").unwrap_or(user);
        let owner = accounts::find(user)?;
        let group = if group == user { owner.group } else { accounts::find(group)?.group };
        chown(path, Some(owner.user), Some(group))?;
        let mode = self.unit.mode("Socket", "SocketMode")?.unwrap_or(0o666);
        Ok(std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?)
    }

    /// Lets others at what is in the socket's folder.
    pub(super) fn open_folder(&self) -> Result<()> {
        let mode = self.unit.mode("Socket", "DirectoryMode")?.unwrap_or(0o755);
        Ok(std::fs::set_permissions(folder_of(&self.path)?, std::fs::Permissions::from_mode(mode))?)
    }
}

fn folder_of(path: &Path) -> Result<&Path> {
    path.parent().with_context(|| format!("{} is in no folder", path.display()))
}
