// SPDX-License-Identifier: GPL-3.0-or-later
//! Starting a lab's supervisor.

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::Installation;
use crate::command::tail_of_file;
use crate::configuration::Folder;

/// Starts it and waits until it takes orders. With `end_with_starter` it ends when the child's input is closed.
pub(crate) fn start(folder: &Folder, installation: &Installation, end_with_starter: bool) -> Result<Child> {
    let path = folder.log("supervisor");
    let log = OpenOptions::new().create(true).append(true).open(&path)?;
    let mut command = Command::new(installation.lab_program());
    command.arg("supervise").arg(folder.path()).current_dir("/").stdout(Stdio::piped()).stderr(log);
    if end_with_starter {
        command.arg("--end-with-starter").stdin(Stdio::piped());
    } else {
        command.stdin(Stdio::null());
    }
    let mut child = command.spawn().context("cannot start the lab's supervisor")?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    if line.trim() != "ready" {
        let status = child.wait()?;
        bail!("the lab's supervisor did not start ({status}): {}", tail_of_file(&path, 10));
    }
    Ok(child)
}
