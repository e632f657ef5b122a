// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::engine_protocol::Task;
use isotope_model::names::INTERFACE_VERSION;
use isotope_model::{OperationKind, capabilities};
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;

use crate::caller::Caller;
use crate::operation_runner::{self, Wanted};
use crate::options::Options;
use crate::service_error::ServiceError;
use crate::state::State;

/// The service object.
#[derive(Debug)]
pub(crate) struct Service {
    state: State,
}

impl Service {
    /// Serves this state.
    pub(crate) fn new(state: State) -> Self {
        Self { state }
    }

    async fn start(
        &self,
        header: &Header<'_>,
        connection: &zbus::Connection,
        wanted: Wanted,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let caller = Caller::of(header, connection).await?;
        operation_runner::start(&self.state, connection, caller, wanted).await
    }
}

/// The system images of this computer: which it runs, which come next, which it can go back to; and what can be done
/// about that.
///
/// Every method takes `options`, a dictionary; an unknown option is refused with `UnknownOption`. Every refusal is an
/// error named `io.github.isotope_desktop.Isotope1.Error.…` with two arguments: a sentence for logs (s), and the
/// parameters (a{sv}), of which `code` is the same name in lower case. Methods that change something wait for polkit;
/// with the flag ALLOW_INTERACTIVE_AUTHORIZATION on the message that can take as long as a person needs.
///
/// Times are seconds since 1970, sizes are bytes. What is unknown is absent.
#[zbus::interface(name = "io.github.isotope_desktop.Isotope1")]
impl Service {
    /// Reads the sysroot anew and returns what `Snapshot` then holds. Free for everybody.
    ///
    /// Errors: `Failed`.
    async fn get_snapshot(&self, options: Dictionary) -> Result<Dictionary, ServiceError> {
        Options::new(options).end()?;
        let snapshot = self.state.refresh().await?;
        Ok(to_dictionary(&*snapshot).unwrap_or_default())
    }

    /// Keeps the service running for as long as the caller stays on the bus, so that it gets every change signal.
    /// Without a watcher and without an operation the service ends after 30 seconds. Free for everybody.
    ///
    /// Errors: `Busy` where one user watches over very many connections.
    async fn watch(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<(), ServiceError> {
        Options::new(options).end()?;
        let caller = Caller::of(&header, connection).await?;
        Ok(self.state.lease(caller, connection.clone())?)
    }

    /// Takes back `Watch`.
    async fn unwatch(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<(), ServiceError> {
        Options::new(options).end()?;
        let caller = Caller::of(&header, connection).await?;
        self.state.end_lease(&caller.name);
        Ok(())
    }

    /// Asks the remote of the followed image what it has. Changes no deployment.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.check`.
    ///
    /// `options`: `state-token` (s), the `token` of the snapshot that the caller saw.
    ///
    /// Returns the object of the operation; its outcome is `up-to-date`, `update-available`, `cancelled` or `failed`.
    ///
    /// Errors: `NotImageBased`, `NotBooted`, `NoUpdateSource`, `Busy`, `StateChanged`, `NotAuthorised`, `Dismissed`,
    /// `UnknownOption`, `MalformedOption`.
    async fn check(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        options.end()?;
        let wanted = Wanted { kind: OperationKind::Check, task: Task::Check, token };
        self.start(&header, connection, wanted).await
    }

    /// Downloads what the followed image names now and stages it: it starts with the next restart. The computer is
    /// never restarted.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.update`; `….switch` where the update follows a staged switch;
    /// `….roll-back` where it undoes a queued rollback.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-checksum` (s), the commit that was previewed: another one
    /// is not downloaded.
    ///
    /// Returns the object of the operation; its outcome is `staged`, `up-to-date`, `cancelled` or `failed`.
    ///
    /// Errors: as with `Check`.
    async fn update(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        let expected = options.expected_checksum()?;
        options.end()?;
        let wanted = Wanted { kind: OperationKind::Update, task: Task::Update { expected }, token };
        self.start(&header, connection, wanted).await
    }

    /// Puts the previous deployment first in the boot order; where one is first already that does not run, puts the
    /// running one first again. A staged deployment is discarded by that.
    ///
    /// polkit: `io.github.isotope_desktop.isotope.roll-back`.
    ///
    /// `options`: `state-token` (s) as with `Check`; `expected-deployment` (s), the id of the deployment that shall boot
    /// next: if it would be another one, nothing is done.
    ///
    /// Returns the object of the operation; its outcome is `boot-order-changed`, `cancelled` or `failed`.
    ///
    /// Errors: `NotImageBased`, `NotBooted`, `NothingToRollBackTo`, `Busy`, `StateChanged`, `NotAuthorised`,
    /// `Dismissed`, `UnknownOption`, `MalformedOption`.
    async fn roll_back(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &zbus::Connection,
        options: Dictionary,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        let expected = options.expected_deployment()?;
        options.end()?;
        let wanted = Wanted { kind: OperationKind::RollBack, task: Task::RollBack { expected }, token };
        self.start(&header, connection, wanted).await
    }

    /// The version of this interface. It grows when members are added; nothing is ever taken away.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn interface_version(&self) -> u32 {
        INTERFACE_VERSION
    }

    /// The version of the service.
    #[zbus(property(emits_changed_signal = "const"))]
    async fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The last good reading of the sysroot.
    ///
    /// - `host` (a{sv}): `image-based` (b), `backend` (s: `ostree`, `bootc`, `rpm-ostree`, `apm`, `unknown`),
    ///   `libostree-version` (s).
    /// - `deployments` (aa{sv}), in boot order: `id` (s), `name`, `variant`, `version` (s), `built` (t), `image` (a{sv}),
    ///   and the marks `booted`, `staged`, `queued`, `rollback`, `pinned`, `finalization-locked` (b).
    /// - `token` (s): stands for this state; hand it back as the option `state-token`.
    /// - `changing` (b): another program writes just now; a newer reading follows.
    /// - `available` (a{sv}): what the last check found and is not here yet, as in the outcome `update-available`.
    /// - `last-checked` (t).
    #[zbus(property)]
    async fn snapshot(&self) -> zbus::fdo::Result<Dictionary> {
        let snapshot = self.state.keeper().known_or_fresh().await.map_err(failed)?;
        to_dictionary(&*snapshot).map_err(failed)
    }

    /// What can be asked for now: for each kind of operation a dictionary with `available` (b) and otherwise `reason`
    /// (a{sv}), the refusal that asking would get.
    #[zbus(property)]
    async fn capabilities(&self) -> zbus::fdo::Result<Dictionary> {
        let snapshot = self.state.keeper().known_or_fresh().await.map_err(failed)?;
        to_dictionary(&capabilities(&snapshot)).map_err(failed)
    }

    /// The operation that runs now, or `/`.
    #[zbus(property)]
    async fn current_operation(&self) -> OwnedObjectPath {
        self.state.current()
    }
}

fn failed(error: impl std::fmt::Display) -> zbus::fdo::Error {
    zbus::fdo::Error::Failed(format!("{error:#}"))
}
