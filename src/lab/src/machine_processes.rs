// SPDX-License-Identifier: GPL-3.0-or-later
//! The processes of the machine, as seen from outside.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// What a shutdown leaves running until the end: the namespace's own processes and the bus.
const KEPT: [&str; 3] = ["bwrap", "dbus-daemon", crate::installation::LAB_PROGRAM];

/// A process and the name of its program's file.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) id: i32,
    pub(crate) program: String,
}

/// The processes in the process namespace of `init`.
pub(crate) fn list(init: i32) -> Result<Vec<Process>> {
    let namespace = namespace_of(&Path::new("/proc").join(init.to_string())).context("the machine is off")?;
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else { continue };
        if namespace_of(&entry.path()).as_ref() != Some(&namespace) {
            continue;
        }
        // One that has just ended has no program any more.
        if let Ok(program) = std::fs::read_link(entry.path().join("exe")) {
            let name = match program.file_name() {
                Some(name) => name.to_string_lossy().into_owned(),
                // One that has left the mount namespace in which it was started has no path.
                None => std::fs::read_to_string(entry.path().join("comm")).unwrap_or_default().trim_end().to_owned(),
            };
            found.push(Process { id, program: name.trim_end_matches(" (deleted)").to_owned() });
        }
    }
    Ok(found)
}

/// Asks everything but the bus and the lab's own processes to end, and ends what has not after `patience`.
pub(crate) fn end_all(init: i32, patience: Duration) -> Result<()> {
    let others = || -> Result<Vec<i32>> {
        let all = list(init)?.into_iter();
        Ok(all.filter(|process| !KEPT.contains(&process.program.as_str())).map(|process| process.id).collect())
    };
    let deadline = Instant::now() + patience;
    let mut asked = Vec::new();
    loop {
        let left = others()?;
        if left.is_empty() {
            return Ok(());
        }
        let late = Instant::now() >= deadline;
        for id in left {
            if late {
                let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
            } else if !asked.contains(&id) {
                let _ = kill(Pid::from_raw(id), Signal::SIGTERM);
                asked.push(id);
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn namespace_of(process: &Path) -> Option<PathBuf> {
    std::fs::read_link(process.join("ns/pid")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_is_in_its_own_namespace() {
        let own = i32::try_from(std::process::id()).unwrap();
        let found = list(own).unwrap();
        let this = found.iter().find(|process| process.id == own).unwrap();
        let program = std::env::current_exe().unwrap();
        assert_eq!(program.file_name().unwrap().to_str(), Some(this.program.as_str()));
        assert!(list(i32::MAX).is_err());
    }
}
