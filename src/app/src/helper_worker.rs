// SPDX-License-Identifier: GPL-3.0-or-later
mod deed;
mod pace;
mod reading;
mod restarting;

use std::sync::Arc;
use std::time::Instant;

use isotope_client::{Client, ClientError, Event, Operation, ServiceState, watch};
use isotope_model::{OperationKind, Outcome, Refusal, SettingsChange};
use relm4::{ComponentSender, Sender, Worker};
use tokio::task::{AbortHandle, JoinHandle};

pub(crate) use self::deed::{Deed, SwitchWish};
use self::pace::Pace;
#[cfg(test)]
pub(crate) use self::reading::took_too_long;
pub(crate) use self::reading::{Answer, Found, Reading, has_taken_too_long};
pub(crate) use self::restarting::{RestartFact, RestartOrder};

/// What can be asked of the service that changes something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// To start an operation of this kind.
    Start(OperationKind),
    /// To stop what runs.
    Cancel,
    /// To restart the computer; the login manager does that.
    Restart,
}

/// What the worker is told to do. An order carries what the person saw when giving it.
#[derive(Debug)]
pub(crate) enum Order {
    /// Have this done.
    Start(Deed, Arc<ServiceState>),
    /// Stop the operation that runs here.
    Cancel(Arc<ServiceState>),
    /// Restart the computer.
    Restart,
    /// Set the computer like this, for everybody who uses it.
    Configure(SettingsChange),
    /// Ask the login manager for something else about a restart.
    Restarting(RestartOrder),
    /// Ask the service to tell this. Of the readings that ask a registry, only the newest counts.
    Read(Reading),
    /// Nobody waits any more for what a registry tells.
    StopLookingUp,
    /// Try at once to reach the service again.
    Reconnect,
}

impl Request {
    /// What this order asks of the service, if it asks for a change.
    pub(crate) fn of(order: &Order) -> Option<Self> {
        Some(match order {
            Order::Start(deed, _) => Self::Start(deed.kind()),
            Order::Cancel(_) => Self::Cancel,
            Order::Restart | Order::Restarting(RestartOrder::Despite) => Self::Restart,
            Order::Restarting(_) | Order::Configure(_) | Order::Read(_) | Order::StopLookingUp | Order::Reconnect => {
                return None;
            }
        })
    }
}

/// What the worker has seen.
#[derive(Debug)]
pub(crate) enum Fact {
    /// How everything stands now.
    State(Arc<ServiceState>),
    /// The service is out of reach; another try follows by itself.
    Lost(Arc<ClientError>),
    /// The operation that this request started has ended.
    Ended(Request, Outcome),
    /// The request was taken up; nothing more will be heard of it.
    Accepted(Request),
    /// The request was refused, or its end could not be seen.
    Refused(Request, Arc<ClientError>),
    /// Whether the computer is set now as it was asked for.
    Configured(Result<(), Arc<ClientError>>),
    /// A reading was answered.
    Found(Found),
    /// Something was heard of the login manager.
    Restarting(RestartFact),
}

/// Follows the service and carries orders to it. It alone talks to the bus.
#[derive(Debug)]
pub(crate) struct HelperWorker {
    watching: JoinHandle<()>,
    looking_up: Option<(Reading, AbortHandle)>,
}

impl Worker for HelperWorker {
    type Init = ();
    type Input = Order;
    type Output = Fact;

    fn init((): (), sender: ComponentSender<Self>) -> Self {
        relm4::spawn(restarting::tell_schedule(sender.output_sender().clone()));
        Self { watching: relm4::spawn(tell_state(sender.output_sender().clone())), looking_up: None }
    }

    fn update(&mut self, order: Order, sender: ComponentSender<Self>) {
        let facts = sender.output_sender().clone();
        match order {
            Order::Reconnect => {
                self.watching.abort();
                self.watching = relm4::spawn(tell_state(facts));
            }
            Order::Read(reading) => {
                let (asked, answers) = (reading.clone(), facts.clone());
                let asking = relm4::spawn(async move { answers.emit(Fact::Found(reading.carry_out().await)) });
                if asked.asks_registry() {
                    // Whoever still waits for what was asked before is told that it does not come.
                    if let Some(before) = self.stop_looking_up().filter(|before| *before != asked) {
                        facts.emit(Fact::Found(before.given_up()));
                    }
                    self.looking_up = Some((asked, asking.abort_handle()));
                }
            }
            Order::StopLookingUp => drop(self.stop_looking_up()),
            Order::Start(deed, seen) => {
                let request = Request::Start(deed.kind());
                relm4::spawn(async move {
                    facts.emit(match deed.carry_out(&seen).await {
                        Ok(outcome) => Fact::Ended(request, outcome),
                        Err(error) => Fact::Refused(request, Arc::new(error)),
                    });
                });
            }
            Order::Cancel(seen) => {
                relm4::spawn(async move { facts.emit(taken_up(Request::Cancel, cancel(&seen).await)) });
            }
            Order::Configure(change) => {
                relm4::spawn(async move { facts.emit(Fact::Configured(configure(&change).await.map_err(Arc::new))) });
            }
            Order::Restart => {
                relm4::spawn(async move { facts.emit(taken_up(Request::Restart, restart(false).await)) });
            }
            Order::Restarting(order) => {
                relm4::spawn(async move { restarting::carry_out(order, &facts).await });
            }
        }
    }
}

impl HelperWorker {
    /// With the task its connection to the bus goes away; by that the service sees that nobody waits.
    /// Returns what was still being asked.
    fn stop_looking_up(&mut self) -> Option<Reading> {
        let (reading, asking) = self.looking_up.take()?;
        let ended = asking.is_finished();
        asking.abort();
        (!ended).then_some(reading)
    }
}

async fn tell_state(facts: Sender<Fact>) {
    let (sink, mut events) = tokio::sync::mpsc::unbounded_channel();
    let watching = watch(sink);
    let telling = async {
        let (mut pace, began) = (Pace::default(), Instant::now());
        loop {
            let due = pace.due().map(|due| tokio::time::Instant::from_std(began + due));
            let event = tokio::select! {
                event = events.recv() => event,
                () = tokio::time::sleep_until(due.unwrap_or_else(tokio::time::Instant::now)), if due.is_some() => {
                    if let Some(state) = pace.release(began.elapsed()) {
                        facts.emit(Fact::State(state));
                    }
                    continue;
                }
            };
            match event {
                Some(Event::State(state)) => {
                    for state in pace.take(state, began.elapsed()) {
                        facts.emit(Fact::State(state));
                    }
                }
                Some(Event::Lost(error)) => {
                    if let Some(state) = pace.interrupt() {
                        facts.emit(Fact::State(state));
                    }
                    facts.emit(Fact::Lost(error));
                }
                None => break,
            }
        }
    };
    tokio::join!(watching, telling);
}

fn taken_up(request: Request, result: Result<(), ClientError>) -> Fact {
    match result {
        Ok(()) => Fact::Accepted(request),
        Err(error) => Fact::Refused(request, Arc::new(error)),
    }
}

async fn cancel(seen: &ServiceState) -> Result<(), ClientError> {
    let path = seen.operation_path.clone().ok_or(ClientError::Refused(Refusal::AlreadyEnded))?;
    let client = Client::connect().await?;
    Operation::at(client.connection(), path).await?.cancel().await
}

async fn configure(change: &SettingsChange) -> Result<(), ClientError> {
    Client::connect().await?.configure(change).await
}

async fn restart(despite: bool) -> Result<(), ClientError> {
    let client = Client::connect().await?;
    let asked = match despite {
        true => isotope_client::login::restart_despite(client.connection(), true).await,
        false => isotope_client::login::restart(client.connection(), true).await,
    };
    match asked {
        // The bus may go down with the computer before it can deliver the answer.
        Ok(()) | Err(ClientError::NoBus(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
