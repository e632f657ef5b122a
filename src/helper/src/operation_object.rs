// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::{Arc, Mutex, PoisonError};

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::engine_protocol::Task;
use isotope_model::{OperationStatus, Phase, Refusal};
use tokio::sync::mpsc;
use zbus::message::Header;

use crate::authorisation;
use crate::caller::Caller;
use crate::options::Options;
use crate::service_error::ServiceError;
use crate::state::State;

/// An operation on the bus, in everybody's sight, while it runs and for a while after.
#[derive(Clone, Debug)]
pub(crate) struct OperationObject {
    state: State,
    status: Arc<Mutex<OperationStatus>>,
    cancel: mpsc::UnboundedSender<()>,
}

impl OperationObject {
    /// An operation that has just been accepted. Cancelling it sends into `cancel`.
    pub(crate) fn new(state: State, status: OperationStatus, cancel: mpsc::UnboundedSender<()>) -> Self {
        Self { state, status: Arc::new(Mutex::new(status)), cancel }
    }

    /// Changes what it shows.
    pub(crate) fn change(&self, change: impl FnOnce(&mut OperationStatus)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What it is busy with.
    pub(crate) fn phase(&self) -> Phase {
        self.now().progress.phase
    }

    fn now(&self) -> OperationStatus {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// May this caller cancel it? One's own is free, somebody else's is decided by polkit.
    async fn allow_cancel(&self, caller: &Caller, connection: &zbus::Connection) -> Result<(), ServiceError> {
        if caller.uid == 0 || caller.uid == self.now().starter.uid {
            return Ok(());
        }
        authorisation::obtain(&self.state, connection, caller, Task::AuthoriseCancel, None).await?;
        Ok(())
    }
}

/// An operation that changes the system, or asks what is new. Any local user may watch it.
///
/// It stays here, with its outcome, for a while after it has ended.
#[zbus::interface(name = "io.github.isotope_desktop.Isotope1.Operation")]
impl OperationObject {
    /// Asks the operation to stop.
    ///
    /// Returns as soon as the wish has been passed on; what came of it is in the outcome, which is read from the
    /// sysroot: nothing changed, or it was done already. Whoever started the operation may cancel it; for others polkit
    /// decides (`io.github.isotope_desktop.isotope.cancel`).
    ///
    /// `options`: none yet; an unknown one is refused.
    ///
    /// Errors: `AlreadyEnded`, `NotAuthorised`, `Dismissed`, `UnknownOption`.
    async fn cancel(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<(), ServiceError> {
        Options::new(options).end()?;
        let ended = || self.now().outcome.is_some();
        if ended() {
            return Err(Refusal::AlreadyEnded.into());
        }
        let caller = Caller::of(&header, connection).await?;
        self.allow_cancel(&caller, connection).await?;
        if ended() || self.cancel.send(()).is_err() {
            return Err(Refusal::AlreadyEnded.into());
        }
        Ok(())
    }

    /// How the operation stands.
    ///
    /// - `kind` (s): `check`, `list-versions`, `update`, `switch`, `deploy`, `roll-back`, `set-default`, `discard`, `pin`,
    ///   `unpin`, `keep`, `remove`, `clean-up`, `other`: what another program has rpm-ostree do and Isotope never does.
    /// - `starter` (a{sv}): `uid` (t: 4294967295 where nobody knows) and, where it has one, `user` (s); `program` (s) where that
    ///   is none of Isotope's.
    /// - `started` (t): seconds since 1970; of what another program has begun, since when it is seen.
    /// - `title` (s): what rpm-ostree calls what another program has it do.
    /// - `progress` (a{sv}): `phase` (s: `starting`, `waiting`, `checking`, `pulling`, `importing`, `staging`,
    ///   `changing-boot-order`, `pinning`, `cleaning-up`), and as far as they are known `bytes`, `total-bytes`, `objects`,
    ///   `total-objects`, `bytes-per-second` (t), `overall` (t: thousandths of the whole operation), `seconds-in-phase` (t: of
    ///   a phase without bytes), `layers`, `total-layers` and `layer-bytes` (t: of a container image, and about how large the
    ///   present one is, where nothing is told in between), `waits-for` (s: the program that is waited for). Within a
    ///   phase nothing runs backwards; what is unknown is absent.
    /// - `outcome` (a{sv}): once it has ended. `result` (s) is `up-to-date`, `only-update-tells` (of a check: nobody else
    ///   can), `update-available` (`update` a{sv} with
    ///   `image`, `checksum`, `version`, `built`, `download-bytes`), `staged` (`deployment`, `replaced`),
    ///   `boot-order-changed` (`boots-next`, `discarded`), `versions` (`versions` aa{sv}, the newest first: `checksum`,
    ///   `version`, `built`), `tags` (`repository`, `tags` as, in the order in which people read versions, the newest first,
    ///   `truncated`: there are more), `discarded`, `pinned`, `unpinned` (`deployment`), `removed` (`deployment`, `freed-bytes`),
    ///   `cleaned-up` (`freed-bytes`), `cancelled` (`left`: `nothing-changed` or `already-done`), or
    ///   `failed` (`refusal` a{sv}: `code` and its parameters).
    #[zbus(property)]
    async fn status(&self) -> Dictionary {
        to_dictionary(&self.now()).unwrap_or_default()
    }
}
