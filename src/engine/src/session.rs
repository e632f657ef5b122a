// SPDX-License-Identifier: GPL-3.0-or-later
use std::rc::Rc;

use isotope_model::engine_protocol::Request;
use isotope_model::{CancelledWith, Host, Outcome, Refusal, Snapshot, StateToken};
use ostree::gio;
use ostree::gio::prelude::{CancellableExt as _, CancellableExtManual as _};
use tokio::runtime::Runtime;

use crate::authority;
use crate::bootc_backend::program::Program;
use crate::connection::Orders;
use crate::container_policy;
use crate::failure::{Failure, of_reading};
use crate::inhibitor::{Against, Inhibitor, inhibit};
use crate::progress_reporter::ProgressReporter;
use crate::switch_policy;
use crate::sysroot;
use crate::sysroot_lock::{self, SysrootLock};

/// What a task has at hand once it may begin.
#[derive(Debug)]
pub(crate) struct Session<'a> {
    /// The request.
    pub(crate) request: &'a Request,
    /// Where its progress goes.
    pub(crate) reporter: Rc<ProgressReporter>,
    /// Asks polkit and the login manager.
    pub(crate) runtime: &'a Runtime,
    /// The system bus.
    pub(crate) bus: zbus::Connection,
    /// The helper's orders.
    pub(crate) orders: Orders,
    /// What polkit allowed.
    pub(crate) allowed: authority::Authority,
    /// The host as it was when polkit was asked.
    pub(crate) host: Host,
}

impl Session<'_> {
    /// Is cancelled with the operation.
    pub(crate) fn cancellable(&self) -> &gio::Cancellable {
        self.orders.cancellable()
    }

    /// Has `task` change the sysroot under its lock, with the state before it. The lock is held until the outcome has been
    /// read, so that what it tells is this operation's doing.
    pub(crate) fn change(&self, task: impl FnOnce(&ostree::Sysroot, &Snapshot) -> Result<Outcome, Failure>) -> Outcome {
        let sysroot = match sysroot::open_to_change() {
            Ok(sysroot) => sysroot,
            Err(failure) => return ended(failure, None),
        };
        let (_lock, before) = match self.lock_unchanged(&sysroot) {
            Ok(locked) => locked,
            Err(failure) => return ended(failure, None),
        };
        task(&sysroot, &before).unwrap_or_else(|failure| ended(failure, Some(&before)))
    }

    /// Waits until nobody changes the sysroot, and reads it then: for a task that leaves the change to a program which takes
    /// the lock itself. Somebody else may take it before that program does; it waits then.
    ///
    /// # Errors
    /// As with [`Self::change`]: a state other than the one that the caller saw, a cancel.
    pub(crate) fn settle(&self) -> Result<Snapshot, Failure> {
        let sysroot = sysroot::open_to_change()?;
        self.lock_unchanged(&sysroot).map(|(_lock, before)| before)
    }

    /// Takes the lock again after such a program, and reads what it has left. Somebody else may have changed that since.
    ///
    /// # Errors
    /// A cancel while somebody else holds the lock; the sysroot cannot be read.
    pub(crate) fn after<T>(
        &self,
        look: impl FnOnce(&ostree::Sysroot, &Snapshot) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let sysroot = sysroot::open_to_change()?;
        let (_lock, now) = self.lock(&sysroot)?;
        look(&sysroot, &now)
    }

    /// The same where nothing may have changed since `before` was read.
    ///
    /// # Errors
    /// [`Refusal::StateChanged`], and as with [`Self::after`].
    pub(crate) fn unless_changed<T>(
        &self,
        before: &Snapshot,
        change: impl FnOnce(&ostree::Sysroot, &Snapshot) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.after(|sysroot, now| {
            expect_token(Some(&before.token), now)?;
            self.check_state(now, Some(&sysroot.repo()))?;
            change(sysroot, now)
        })
    }

    /// Takes the sysroot's lock and reads the sysroot under it, where nobody else changes it any more: the state must
    /// be the one that the caller saw, and what polkit allowed must still be what the task needs.
    ///
    /// # Errors
    /// [`Refusal::StateChanged`], [`Refusal::Cancelled`], or the sysroot cannot be read.
    fn lock_unchanged<'s>(&self, sysroot: &'s ostree::Sysroot) -> Result<(SysrootLock<'s>, Snapshot), Failure> {
        let (lock, snapshot) = self.lock(sysroot)?;
        self.check_state(&snapshot, Some(&sysroot.repo()))?;
        Ok((lock, snapshot))
    }

    fn lock<'s>(&self, sysroot: &'s ostree::Sysroot) -> Result<(SysrootLock<'s>, Snapshot), Failure> {
        let lock = sysroot_lock::take(sysroot, self.cancellable(), &self.reporter)?;
        sysroot.load_if_changed(gio::Cancellable::NONE).map_err(|error| of_reading(&error))?;
        Ok((lock, sysroot::snapshot_of(sysroot)?))
    }

    /// The state is the one that the caller saw and that polkit was asked about, and so are the host's rules for the image.
    ///
    /// # Errors
    /// [`Refusal::StateChanged`], [`Refusal::SwitchForbidden`].
    pub(crate) fn check_state(&self, snapshot: &Snapshot, repo: Option<&ostree::Repo>) -> Result<(), Failure> {
        expect_token(self.request.token.as_ref(), snapshot)?;
        switch_policy::enforce(&self.request.task, snapshot)?;
        let needed = authority::needed(&self.request.task, snapshot, |image| container_policy::trust(image, repo));
        if needed != self.allowed {
            return Err(Refusal::StateChanged.into());
        }
        Ok(())
    }

    /// Nobody has cancelled.
    ///
    /// # Errors
    /// [`Refusal::Cancelled`].
    pub(crate) fn require_not_cancelled(&self) -> Result<(), Refusal> {
        match self.cancellable().is_cancelled() {
            true => Err(Refusal::Cancelled),
            false => Ok(()),
        }
    }

    /// The installed bootc.
    ///
    /// # Errors
    /// It cannot be started; a cancel.
    pub(crate) fn find_bootc(&self) -> Result<Program, Failure> {
        let found = self.runtime.block_on(Program::find(self.cancellable().future()));
        self.require_not_cancelled()?;
        found
    }

    /// Keeps the computer awake, or from shutting down, until the result is dropped.
    pub(crate) fn inhibit(&self, against: Against) -> Option<Inhibitor> {
        self.runtime.block_on(inhibit(&self.bus, against))
    }
}

/// The host is in the state that this token stands for; no token means any state.
///
/// # Errors
/// [`Refusal::StateChanged`].
pub(crate) fn expect_token(token: Option<&StateToken>, snapshot: &Snapshot) -> Result<(), Failure> {
    match token {
        Some(token) if *token != snapshot.token => Err(Refusal::StateChanged.into()),
        _ => Ok(()),
    }
}

/// Has `task` go on from the state that it begins with, where that could be read.
pub(crate) fn begin(
    before: Result<Snapshot, Failure>,
    task: impl FnOnce(&Snapshot) -> Result<Outcome, Failure>,
) -> Outcome {
    match before {
        Ok(before) => task(&before).unwrap_or_else(|failure| ended(failure, Some(&before))),
        Err(failure) => ended(failure, None),
    }
}

/// How a task ended that failed after it had read `before` under the lock: a cancelled one is told by what the sysroot
/// shows now.
pub(crate) fn ended(failure: Failure, before: Option<&Snapshot>) -> Outcome {
    match failure.into_refusal() {
        Refusal::Cancelled => {
            let left = before.map_or(CancelledWith::NothingChanged, |before| match sysroot::read_snapshot() {
                Ok(now) if !now.changing => left_behind(before, &now),
                _ => CancelledWith::Unknown,
            });
            Outcome::Cancelled { left }
        }
        refusal => Outcome::Failed { refusal },
    }
}

/// What a cancelled operation left, from the sysroot before and after it.
fn left_behind(before: &Snapshot, now: &Snapshot) -> CancelledWith {
    let staged = |snapshot: &Snapshot| snapshot.staged().map(|staged| staged.id.clone());
    match staged(now) {
        _ if before.token == now.token => CancelledWith::NothingChanged,
        Some(new) if Some(&new) != staged(before).as_ref() => CancelledWith::AlreadyDone,
        _ => CancelledWith::Unknown,
    }
}
