// SPDX-License-Identifier: GPL-3.0-or-later
//! What the stand-in can be asked for.

mod install;
mod rollback;
mod status;
mod switch;
mod upgrade;

pub(crate) use install::install;
pub(crate) use rollback::rollback;
pub(crate) use status::status;
pub(crate) use switch::switch;
pub(crate) use upgrade::upgrade;

use anyhow::Result;

/// Runs something that talks to skopeo. On one thread: what is started ends with it.
fn block_on<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let result = runtime.block_on(work);
    // A thread listens to what skopeo has to complain of, and skopeo waits for us.
    runtime.shutdown_background();
    result
}
