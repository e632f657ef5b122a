// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeSet;
use std::io::{PipeReader, Read};
use std::os::fd::OwnedFd;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

/// Held for as long as the other end of the pipe is open anywhere.
#[derive(Debug)]
pub(super) struct Inhibitor {
    pub(super) what: String,
    pub(super) who: String,
    pub(super) why: String,
    pub(super) mode: String,
    pub(super) user: u32,
    pub(super) process: u32,
    pipe: PipeReader,
}

impl Inhibitor {
    /// It, and what its holder keeps open.
    pub(super) fn new(
        [what, who, why, mode]: [String; 4],
        (user, process): (u32, u32),
    ) -> std::io::Result<(Self, OwnedFd)> {
        let (pipe, writer) = std::io::pipe()?;
        fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok((Self { what, who, why, mode, user, process, pipe }, writer.into()))
    }

    pub(super) fn is_held(&self) -> bool {
        // Nobody writes: a held pipe would block, a released one is at its end.
        matches!((&self.pipe).read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    pub(super) fn blocks_shutdown(&self) -> bool {
        self.mode != "delay" && self.what.split(':').any(|what| what == "shutdown")
    }

    pub(super) fn row(&self) -> (String, String, String, String, u32, u32) {
        (self.what.clone(), self.who.clone(), self.why.clone(), self.mode.clone(), self.user, self.process)
    }
}

/// Everything that one of them blocks, with colons between.
pub(super) fn blocked(inhibitors: &[Inhibitor]) -> String {
    let blocking = inhibitors.iter().filter(|inhibitor| inhibitor.mode != "delay" && inhibitor.is_held());
    let what: BTreeSet<&str> = blocking.flat_map(|inhibitor| inhibitor.what.split(':')).collect();
    what.into_iter().collect::<Vec<_>>().join(":")
}
