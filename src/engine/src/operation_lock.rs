// SPDX-License-Identifier: GPL-3.0-or-later
//! Held for as long as an engine changes something: one operation at a time, whatever becomes of the helper.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::Context as _;
use isotope_model::Refusal;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};

use crate::failure::Failure;

const LOCK: &str = "/run/isotope/operation.lock";

/// Lets the next operation begin when dropped.
#[derive(Debug)]
pub(crate) struct OperationLock {
    _file: Flock<File>,
}

impl OperationLock {
    /// Takes the lock, or tells that another engine holds it.
    ///
    /// # Errors
    /// [`Refusal::Busy`], or the file cannot be made.
    pub(crate) fn take() -> Result<Self, Failure> {
        let path = Path::new(LOCK);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)
            .with_context(|| format!("opening {LOCK}"))?;
        match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
            Ok(file) => Ok(Self { _file: file }),
            Err((_, Errno::EWOULDBLOCK)) => Err(Refusal::Busy { operation: None }.into()),
            Err((_, errno)) => Err(anyhow::Error::new(errno).context(format!("locking {LOCK}")).into()),
        }
    }
}
