// SPDX-License-Identifier: GPL-3.0-or-later
//! Held for as long as an engine changes something: one operation at a time, whatever becomes of the helper.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use isotope_model::Refusal;
use nix::errno::Errno;
use nix::fcntl::{Flock, FlockArg};
use ostree::gio;
use ostree::gio::prelude::CancellableExt as _;

use crate::failure::Failure;

const LOCK: &str = "/run/isotope/operation.lock";

/// Lets the next operation begin when dropped.
#[derive(Debug)]
pub(crate) struct OperationLock {
    _file: Flock<File>,
}

/// An engine that lost its helper needs a moment to stop; longer than this, something else really runs.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

impl OperationLock {
    /// Takes the lock; for a moment waits for an engine that is about to end.
    ///
    /// # Errors
    /// [`Refusal::Busy`], [`Refusal::Cancelled`], or the file cannot be made.
    pub(crate) fn take(cancellable: &gio::Cancellable) -> Result<Self, Failure> {
        let path = Path::new(LOCK);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path)
            .with_context(|| format!("opening {LOCK}"))?;
        let began = Instant::now();
        loop {
            file = match Flock::lock(file, FlockArg::LockExclusiveNonblock) {
                Ok(file) => return Ok(Self { _file: file }),
                Err((_, Errno::EWOULDBLOCK)) if began.elapsed() > PATIENCE => {
                    return Err(Refusal::Busy { operation: None }.into());
                }
                Err((file, Errno::EWOULDBLOCK)) => file,
                Err((_, errno)) => {
                    return Err(anyhow::Error::new(errno).context(format!("locking {LOCK}")).into());
                }
            };
            if cancellable.is_cancelled() {
                return Err(Refusal::Cancelled.into());
            }
            std::thread::sleep(PAUSE);
        }
    }
}
