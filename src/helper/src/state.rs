// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use anyhow::Context as _;
use isotope_model::names::OBJECT_PATH;
use isotope_model::{OperationKind, Refusal, Snapshot};
use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::task::AbortHandle;
use zbus::names::OwnedUniqueName;
use zbus::object_server::InterfaceRef;
use zbus::zvariant::OwnedObjectPath;

use crate::caller::Caller;
use crate::catalogs::CatalogReader;
use crate::history::History;
use crate::operation_object::OperationObject;
use crate::previews::Previews;
use crate::readings::Readings;
use crate::service::Service;
use crate::snapshot_keeper::SnapshotKeeper;

/// How many requests of one user, and of all together, may wait for a password at a time.
const WAITING_OF_ONE_USER: usize = 4;
const WAITING: usize = 16;
/// How many connections of one user may watch at a time.
const LEASES_OF_ONE_USER: usize = 64;
/// How many operations that have ended stay readable.
const ENDED: usize = 16;

/// What the parts of the service share.
#[derive(Clone, Debug)]
pub(crate) struct State {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    connection: OnceLock<zbus::Connection>,
    keeper: SnapshotKeeper,
    readings: Readings,
    catalogs: CatalogReader,
    previews: Previews,
    history: History,
    book: Mutex<Book>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Book {
    current: Option<Current>,
    operations: u64,
    ended: VecDeque<OwnedObjectPath>,
    leases: HashMap<OwnedUniqueName, Lease>,
    waiting: HashMap<u32, usize>,
}

#[derive(Debug)]
struct Current {
    kind: OperationKind,
    path: OwnedObjectPath,
}

/// Somebody watches; the task notices when it leaves the bus.
#[derive(Debug)]
struct Lease {
    uid: u32,
    task: AbortHandle,
}

/// A request that waits for authority; ends when dropped.
#[derive(Debug)]
pub(crate) struct Waiting {
    state: State,
    uid: u32,
}

impl State {
    /// Nothing is known yet.
    pub(crate) fn new() -> Self {
        let shared = Shared {
            connection: OnceLock::new(),
            keeper: SnapshotKeeper::new(),
            readings: Readings::default(),
            catalogs: CatalogReader::default(),
            previews: Previews::default(),
            history: History::of_this_host(),
            book: Mutex::default(),
            changed: Notify::new(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The connection that everything is told over, once it exists.
    pub(crate) fn attach(&self, connection: zbus::Connection) {
        let _ = self.shared.connection.set(connection);
    }

    /// The connection that everything is told over.
    ///
    /// # Errors
    /// It is not there yet.
    pub(crate) fn connection(&self) -> anyhow::Result<&zbus::Connection> {
        self.shared.connection.get().context("not connected yet")
    }

    /// What is known of the sysroot.
    pub(crate) fn keeper(&self) -> &SnapshotKeeper {
        &self.shared.keeper
    }

    /// What else can be read.
    pub(crate) fn readings(&self) -> &Readings {
        &self.shared.readings
    }

    /// Images that are being looked at.
    pub(crate) fn previews(&self) -> &Previews {
        &self.shared.previews
    }

    /// What vendors publish.
    pub(crate) fn catalogs(&self) -> &CatalogReader {
        &self.shared.catalogs
    }

    /// What was done.
    pub(crate) fn history(&self) -> &History {
        &self.shared.history
    }

    /// Reads the sysroot anew, and tells the bus if something changed.
    ///
    /// # Errors
    /// The engine cannot read it.
    pub(crate) async fn refresh(&self) -> anyhow::Result<Arc<Snapshot>> {
        let (snapshot, changed) = self.keeper().fresh().await?;
        if changed {
            self.tell_snapshot().await;
        }
        Ok(snapshot)
    }

    /// Tells the bus what is known now.
    pub(crate) async fn tell_snapshot(&self) {
        let Some(service) = self.service().await else { return };
        let emitter = service.signal_emitter();
        let object = service.get().await;
        let _ = object.snapshot_changed(emitter).await;
        let _ = object.capabilities_changed(emitter).await;
    }

    async fn tell_operation(&self) {
        let Some(service) = self.service().await else { return };
        let _ = service.get().await.current_operation_changed(service.signal_emitter()).await;
    }

    async fn service(&self) -> Option<InterfaceRef<Service>> {
        let connection = self.shared.connection.get()?;
        connection.object_server().interface::<_, Service>(OBJECT_PATH).await.ok()
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.shared.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses where an operation runs.
    ///
    /// # Errors
    /// [`Refusal::Busy`].
    pub(crate) fn require_free(&self) -> Result<(), Refusal> {
        match &self.book().current {
            Some(current) => Err(Refusal::Busy { operation: Some(current.kind) }),
            None => Ok(()),
        }
    }

    /// An operation of this service changes a host that only a program can read.
    pub(crate) fn works_on_what_a_program_reads(&self) -> bool {
        self.require_free().is_err() && self.keeper().is_read_by_a_program()
    }

    /// Counts a request of this user as waiting for authority.
    ///
    /// # Errors
    /// [`Refusal::Busy`] where too many wait already.
    pub(crate) fn wait_for_authority(&self, uid: u32) -> Result<Waiting, Refusal> {
        let mut book = self.book();
        let all: usize = book.waiting.values().sum();
        let own = book.waiting.get(&uid).copied().unwrap_or_default();
        if own >= WAITING_OF_ONE_USER || all >= WAITING {
            return Err(Refusal::Busy { operation: None });
        }
        book.waiting.insert(uid, own + 1);
        Ok(Waiting { state: self.clone(), uid })
    }

    /// Makes an operation the current one, unless there is one. Returns its object path.
    ///
    /// # Errors
    /// [`Refusal::Busy`].
    pub(crate) fn reserve(&self, kind: OperationKind) -> Result<OwnedObjectPath, Refusal> {
        let mut book = self.book();
        if let Some(current) = &book.current {
            return Err(Refusal::Busy { operation: Some(current.kind) });
        }
        book.operations += 1;
        let path = format!("{OBJECT_PATH}/operation/{}", book.operations);
        let path = OwnedObjectPath::try_from(path).map_err(|error| Refusal::Failed { detail: error.to_string() })?;
        book.current = Some(Current { kind, path: path.clone() });
        Ok(path)
    }

    /// The object path of the current operation, or `/`.
    pub(crate) fn current(&self) -> OwnedObjectPath {
        self.book().current.as_ref().map(|current| current.path.clone()).unwrap_or_default()
    }

    /// Puts the object of a reserved operation on the bus, and tells.
    ///
    /// # Errors
    /// The bus is gone.
    pub(crate) async fn publish(&self, path: &OwnedObjectPath, object: OperationObject) -> zbus::Result<()> {
        if let Some(connection) = self.shared.connection.get() {
            connection.object_server().at(path, object).await?;
        }
        self.tell_operation().await;
        Ok(())
    }

    /// The current operation has ended; its object stays readable until a number of others have.
    pub(crate) async fn release(&self, path: OwnedObjectPath) {
        let old = {
            let mut book = self.book();
            book.current = None;
            book.ended.push_back(path);
            if book.ended.len() > ENDED { book.ended.pop_front() } else { None }
        };
        if let (Some(connection), Some(old)) = (self.shared.connection.get(), old) {
            let _ = connection.object_server().remove::<OperationObject, _>(&old).await;
        }
        self.tell_operation().await;
        self.shared.changed.notify_waiters();
    }

    /// Somebody watches from now on, until it leaves the bus.
    ///
    /// # Errors
    /// [`Refusal::Busy`] where one user watches too often.
    pub(crate) fn lease(&self, caller: Caller, connection: zbus::Connection) -> Result<(), Refusal> {
        let mut book = self.book();
        if book.leases.contains_key(&caller.name) {
            return Ok(());
        }
        if book.leases.values().filter(|lease| lease.uid == caller.uid).count() >= LEASES_OF_ONE_USER {
            return Err(Refusal::Busy { operation: None });
        }
        let (state, uid, name) = (self.clone(), caller.uid, caller.name.clone());
        let task = tokio::spawn(async move {
            caller.gone(&connection).await;
            state.end_lease(&caller.name);
        });
        book.leases.insert(name, Lease { uid, task: task.abort_handle() });
        Ok(())
    }

    /// Somebody watches no more.
    pub(crate) fn end_lease(&self, name: &OwnedUniqueName) {
        if let Some(lease) = self.book().leases.remove(name) {
            lease.task.abort();
        }
        self.shared.changed.notify_waiters();
    }

    /// Nobody watches, nothing runs, nothing waits.
    pub(crate) fn unused(&self) -> bool {
        let book = self.book();
        let idle = book.current.is_none() && book.leases.is_empty() && book.waiting.is_empty();
        idle && self.shared.previews.is_empty()
    }

    /// Something has ended that is no operation.
    pub(crate) fn may_be_unused(&self) {
        self.shared.changed.notify_waiters();
    }

    /// Ends when use of the service ends, or may have, after this call.
    pub(crate) fn changed(&self) -> Notified<'_> {
        self.shared.changed.notified()
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut book = self.state.book();
        if let Some(count) = book.waiting.get_mut(&self.uid) {
            *count -= 1;
            if *count == 0 {
                book.waiting.remove(&self.uid);
            }
        }
        drop(book);
        self.state.shared.changed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_operation_is_current() {
        let state = State::new();
        assert_eq!(state.current().as_str(), "/");
        let path = state.reserve(OperationKind::Update).unwrap();
        assert_eq!(state.current(), path);
        assert_eq!(state.reserve(OperationKind::Check), Err(Refusal::Busy { operation: Some(OperationKind::Update) }));
    }

    #[test]
    fn one_user_cannot_take_all_the_waiting_places() {
        let state = State::new();
        let mine: Vec<_> = (0..WAITING_OF_ONE_USER).map(|_| state.wait_for_authority(1000).unwrap()).collect();
        assert!(state.wait_for_authority(1000).is_err());
        let other = state.wait_for_authority(1001).unwrap();
        assert!(!state.unused());
        drop(mine);
        assert!(state.wait_for_authority(1000).is_ok());
        drop(other);
        assert!(state.unused());
    }
}
