// SPDX-License-Identifier: GPL-3.0-or-later
//! A service that plays what a test wants.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::names::{ERROR_PREFIX, OBJECT_PATH};
use isotope_model::{
    OperationKind, OperationStatus, Outcome, Phase, Progress, Refusal, Snapshot, Starter, capabilities,
};
use tokio::sync::Notify;
use zbus::message::{Flags, Header, Message};
use zbus::names::ErrorName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, interface};

use crate::hosts::updated;

const OPERATION: &str = "/io/github/isotope_desktop/Isotope1/operation/1";

/// What the service does when it is asked for an operation.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    Refuse(Refusal),
    Work(Box<Work>),
    /// As while a password is asked for: refuse when that ends, which here is when told.
    AskUntilTold(Refusal),
}

/// So many steps of a download, this far apart, then this outcome. A cancel ends it with `cancelled`.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) steps: u64,
    pub(crate) pause: Duration,
    pub(crate) outcome: Outcome,
    pub(crate) cancelled: Option<Outcome>,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: &'static str,
    pub(crate) interactive: bool,
    options: Dictionary,
}

impl Request {
    /// The value of an option that is a text.
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        self.options.get(name).map(|value| value.downcast_ref::<String>().unwrap())
    }
}

/// What the service has before it.
pub(crate) struct Stage {
    pub(crate) snapshot: Snapshot,
    pub(crate) play: Play,
    pub(crate) running: bool,
    pub(crate) requests: Vec<Request>,
}

pub(crate) fn locked(stage: &Mutex<Stage>) -> MutexGuard<'_, Stage> {
    stage.lock().unwrap()
}

pub(crate) struct Service {
    pub(crate) stage: Arc<Mutex<Stage>>,
    pub(crate) told: Arc<Notify>,
}

impl Service {
    async fn ask(
        &self,
        kind: OperationKind,
        options: Dictionary,
        header: Header<'_>,
        connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        let method = match kind {
            OperationKind::Check => "check",
            OperationKind::Update => "update",
            _ => "roll-back",
        };
        let interactive = header.primary().flags().contains(Flags::AllowInteractiveAuth);
        let play = {
            let mut stage = locked(&self.stage);
            stage.requests.push(Request { method, interactive, options });
            stage.play.clone()
        };
        match play {
            Play::Refuse(refusal) => Err(Refused::new(refusal)),
            Play::AskUntilTold(refusal) => {
                self.told.notified().await;
                Err(Refused::new(refusal))
            }
            Play::Work(work) => {
                start(kind, *work, self.stage.clone(), connection.clone()).await;
                Ok(OwnedObjectPath::try_from(OPERATION).unwrap())
            }
        }
    }
}

#[interface(name = "io.github.isotope_desktop.Isotope1")]
impl Service {
    fn get_snapshot(&self, _options: Dictionary) -> Dictionary {
        self.snapshot()
    }

    fn watch(&self, _options: Dictionary) {}

    fn unwatch(&self, _options: Dictionary) {}

    async fn check(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Check, options, header, connection).await
    }

    async fn update(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Update, options, header, connection).await
    }

    async fn roll_back(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::RollBack, options, header, connection).await
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn interface_version(&self) -> u32 {
        1
    }

    #[zbus(property)]
    fn snapshot(&self) -> Dictionary {
        to_dictionary(&locked(&self.stage).snapshot).unwrap()
    }

    #[zbus(property)]
    fn capabilities(&self) -> Dictionary {
        to_dictionary(&capabilities(&locked(&self.stage).snapshot)).unwrap()
    }

    #[zbus(property)]
    fn current_operation(&self) -> OwnedObjectPath {
        OwnedObjectPath::try_from(if locked(&self.stage).running { OPERATION } else { "/" }).unwrap()
    }
}

struct OperationObject {
    status: OperationStatus,
    cancel: Arc<Notify>,
}

#[interface(name = "io.github.isotope_desktop.Isotope1.Operation")]
impl OperationObject {
    fn cancel(&self, _options: Dictionary) {
        self.cancel.notify_one();
    }

    #[zbus(property)]
    fn status(&self) -> Dictionary {
        to_dictionary(&self.status).unwrap()
    }
}

async fn start(kind: OperationKind, work: Work, stage: Arc<Mutex<Stage>>, connection: Connection) {
    let cancel = Arc::new(Notify::new());
    let starter = Starter { uid: 1000, user: Some("person".into()) };
    let status = OperationStatus { kind, starter, started: 0, progress: Progress::default(), outcome: None };
    let object = OperationObject { status, cancel: cancel.clone() };
    connection.object_server().at(OPERATION, object).await.unwrap();
    locked(&stage).running = true;
    announce(&connection).await;
    tokio::spawn(async move {
        let mut outcome = None;
        for step in 1..=work.steps {
            tokio::select! {
                () = tokio::time::sleep(work.pause) => {}
                () = cancel.notified(), if work.cancelled.is_some() => outcome = work.cancelled.clone(),
            }
            if outcome.is_some() {
                break;
            }
            set(&connection, |status| {
                status.progress = Progress {
                    phase: Phase::Pulling,
                    bytes: Some(step * 1_000_000),
                    total_bytes: Some(work.steps * 1_000_000),
                    ..Progress::default()
                };
            })
            .await;
        }
        let outcome = outcome.unwrap_or(work.outcome);
        if matches!(outcome, Outcome::Staged { .. }) {
            locked(&stage).snapshot = updated();
        }
        set(&connection, |status| status.outcome = Some(outcome)).await;
        locked(&stage).running = false;
        announce(&connection).await;
    });
}

async fn set(connection: &Connection, change: impl FnOnce(&mut OperationStatus)) {
    let object = connection.object_server().interface::<_, OperationObject>(OPERATION).await.unwrap();
    let mut operation = object.get_mut().await;
    change(&mut operation.status);
    operation.status_changed(object.signal_emitter()).await.unwrap();
}

async fn announce(connection: &Connection) {
    let service = connection.object_server().interface::<_, Service>(OBJECT_PATH).await.unwrap();
    let emitter: &SignalEmitter<'_> = service.signal_emitter();
    service.get().await.current_operation_changed(emitter).await.unwrap();
}

#[derive(Debug)]
struct Refused {
    refusal: Refusal,
    name: String,
}

impl Refused {
    fn new(refusal: Refusal) -> Self {
        Self { name: format!("{ERROR_PREFIX}{}", refusal.error_name()), refusal }
    }
}

impl zbus::DBusError for Refused {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        let parameters = to_dictionary(&self.refusal).unwrap();
        Message::error(call, self.name.as_str())?.build(&(self.refusal.to_string(), parameters))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::try_from(self.name.as_str()).unwrap()
    }

    fn description(&self) -> Option<&str> {
        None
    }
}
