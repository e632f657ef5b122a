// SPDX-License-Identifier: GPL-3.0-or-later
//! An operation that plays what a test wants.

use std::sync::{Arc, Mutex};

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::names::OBJECT_PATH;
use isotope_model::{Backend, OperationKind, OperationStatus, Outcome, Phase, Progress, Starter};
use tokio::sync::Notify;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, interface};

use crate::service::Service;
use crate::stage::{Stage, Work, locked};

/// Where it is found.
pub(crate) const OPERATION: &str = "/io/github/isotope_desktop/Isotope1/operation/1";

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

/// Starts it, and lets it go on by itself.
pub(crate) async fn start(kind: OperationKind, work: Work, stage: Arc<Mutex<Stage>>, connection: Connection) {
    let cancel = Arc::new(Notify::new());
    let starter = Starter { uid: 1000, user: Some("person".into()), program: None };
    let status =
        OperationStatus { kind, starter, started: 0, title: None, progress: Progress::default(), outcome: None };
    let object = OperationObject { status, cancel: cancel.clone() };
    // One that has ended may still be there.
    let _ = connection.object_server().remove::<OperationObject, _>(OPERATION).await;
    connection.object_server().at(OPERATION, object).await.unwrap();
    locked(&stage).running = true;
    announce(&connection).await;
    let of_bootc = locked(&stage).snapshot.host.backend == Backend::Bootc;
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
                status.progress = if of_bootc { progress_of_bootc(step, work.steps) } else { pulled(step, work.steps) };
            })
            .await;
        }
        let outcome = outcome.unwrap_or(work.outcome);
        if matches!(outcome, Outcome::Staged { .. }) {
            let mut stage = locked(&stage);
            stage.snapshot = stage.after.clone();
        }
        set(&connection, |status| status.outcome = Some(outcome)).await;
        locked(&stage).running = false;
        announce(&connection).await;
    });
}

fn pulled(step: u64, steps: u64) -> Progress {
    Progress {
        phase: Phase::Pulling,
        bytes: Some(step * 1_000_000),
        total_bytes: Some(steps * 1_000_000),
        ..Progress::default()
    }
}

/// The last step makes the deployment, the one before makes one image of the layers.
fn progress_of_bootc(step: u64, steps: u64) -> Progress {
    let told_by_nothing_else =
        |phase, overall| Progress { phase, overall: Some(overall), seconds_in_phase: Some(2), ..Progress::default() };
    match steps - step {
        0 => told_by_nothing_else(Phase::Staging, 900),
        1 => told_by_nothing_else(Phase::Importing, 800),
        left => Progress { overall: Some(u16::try_from(800 - 100 * left.min(8)).unwrap()), ..pulled(step, steps) },
    }
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
