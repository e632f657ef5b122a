// SPDX-License-Identifier: GPL-3.0-or-later
//! The thread of a transaction: it holds the sysroot's lock from the call to the end.

use std::sync::Arc;
use std::sync::mpsc;

use anyhow::{Context, Result};
use ostree::{Sysroot, glib};
use tokio::sync::oneshot;

use super::Transaction;
use crate::failure::{Code, Failure};
use crate::reporter::Reporter;
use crate::snapshot;
use crate::work::{Setting, Work};

/// How it ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) result: Result<()>,
    /// When this is dropped, the sysroot is unlocked: everybody was told by then.
    _lock: mpsc::Sender<()>,
}

impl Ended {
    pub(crate) fn new(result: Result<()>, lock: mpsc::Sender<()>) -> Self {
        Self { result, _lock: lock }
    }
}

/// What a thread that holds the lock waits for.
pub(crate) struct Prepared {
    ready: mpsc::Sender<(Arc<Transaction>, Work, Reporter)>,
}

/// Locks the sysroot. Afterwards the transaction can be made, which the sender of `go` starts.
pub(crate) async fn prepare() -> Result<(Prepared, mpsc::Sender<bool>, oneshot::Receiver<Ended>), Failure> {
    let (go, started) = mpsc::channel();
    let (ready, given) = mpsc::channel();
    let (locked, is_locked) = oneshot::channel();
    let (ended, end) = oneshot::channel();
    std::thread::spawn(move || match lock() {
        Ok(sysroot) => {
            if locked.send(Ok(())).is_ok()
                && let Ok((transaction, work, reporter)) = given.recv()
                && started.recv() == Ok(true)
            {
                run(&sysroot, &transaction, work, &reporter, ended);
            }
            sysroot.unlock();
        }
        Err(failure) => drop(locked.send(Err(failure))),
    });
    let failed = || Failure::coded(Code::Failed, "The thread of the transaction ended");
    is_locked.await.map_err(|_| failed())??;
    Ok((Prepared { ready }, go, end))
}

impl Prepared {
    /// Says what is to be done when the transaction is started.
    pub(crate) fn give(self, transaction: Arc<Transaction>, work: Work, reporter: Reporter) {
        let _ = self.ready.send((transaction, work, reporter));
    }
}

fn lock() -> Result<Sysroot, Failure> {
    let sysroot = snapshot::open().context("Opening the sysroot")?;
    if !sysroot.try_lock().context("Locking the sysroot")? {
        return Err(Failure::coded(Code::Busy, "System transaction in progress"));
    }
    // Another may have changed it before it was locked.
    sysroot.load_if_changed(ostree::gio::Cancellable::NONE).context("Opening the sysroot")?;
    Ok(sysroot)
}

fn run(
    sysroot: &Sysroot,
    transaction: &Arc<Transaction>,
    work: Work,
    reporter: &Reporter,
    ended: oneshot::Sender<Ended>,
) {
    let context = glib::MainContext::new();
    let result = context.with_thread_default(|| {
        let talker = reporter.clone();
        sysroot.connect_journal_msg(move |_, text| talker.message(text));
        reporter.begin();
        work.run(&Setting {
            sysroot: sysroot.clone(),
            transaction: Arc::clone(transaction),
            reporter: reporter.clone(),
        })
    });
    let result = result.unwrap_or_else(|error| Err(error.into()));
    let (lock, unlocked) = mpsc::channel();
    if ended.send(Ended::new(result, lock)).is_ok() {
        // The other end is never used, only dropped.
        let _ = unlocked.recv();
    }
}
