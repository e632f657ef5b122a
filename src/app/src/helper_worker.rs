// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::{Client, ClientError, Event, Operation, RollBackOptions, ServiceState, UpdateOptions, watch};
use isotope_model::{DeploymentId, Outcome, Refusal};
use relm4::{ComponentSender, Sender, Worker};
use tokio::task::JoinHandle;

/// What can be asked of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// To look for an update.
    Check,
    /// To download and stage it.
    Update,
    /// To change the boot order.
    RollBack,
    /// To stop what runs.
    Cancel,
    /// To restart the computer; the login manager does that.
    Restart,
}

/// What the worker is told to do. An order carries what the person saw when giving it.
#[derive(Debug)]
pub(crate) enum Order {
    /// Look for an update.
    Check,
    /// Download and stage the update that is shown here.
    Update(Arc<ServiceState>),
    /// Let this deployment boot next.
    RollBack(Arc<ServiceState>, DeploymentId),
    /// Stop the operation that runs here.
    Cancel(Arc<ServiceState>),
    /// Restart the computer.
    Restart,
    /// Try at once to reach the service again.
    Reconnect,
}

impl Request {
    /// What this order asks of the service, if it asks anything.
    pub(crate) fn of(order: &Order) -> Option<Self> {
        Some(match order {
            Order::Check => Self::Check,
            Order::Update(_) => Self::Update,
            Order::RollBack(..) => Self::RollBack,
            Order::Cancel(_) => Self::Cancel,
            Order::Restart => Self::Restart,
            Order::Reconnect => return None,
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
}

/// Follows the service and carries orders to it. It alone talks to the bus.
#[derive(Debug)]
pub(crate) struct HelperWorker {
    watching: JoinHandle<()>,
}

impl Worker for HelperWorker {
    type Init = ();
    type Input = Order;
    type Output = Fact;

    fn init((): (), sender: ComponentSender<Self>) -> Self {
        Self { watching: relm4::spawn(tell_state(sender.output_sender().clone())) }
    }

    fn update(&mut self, order: Order, sender: ComponentSender<Self>) {
        let facts = sender.output_sender().clone();
        let Some(request) = Request::of(&order) else {
            self.watching.abort();
            self.watching = relm4::spawn(tell_state(facts));
            return;
        };
        relm4::spawn(async move {
            facts.emit(match carry_out(order).await {
                Ok(Some(outcome)) => Fact::Ended(request, outcome),
                Ok(None) => Fact::Accepted(request),
                Err(error) => Fact::Refused(request, Arc::new(error)),
            });
        });
    }
}

async fn tell_state(facts: Sender<Fact>) {
    let (sink, mut events) = tokio::sync::mpsc::unbounded_channel();
    let watching = watch(sink);
    let telling = async {
        while let Some(event) = events.recv().await {
            facts.emit(match event {
                Event::State(state) => Fact::State(state),
                Event::Lost(error) => Fact::Lost(error),
            });
        }
    };
    tokio::join!(watching, telling);
}

/// Carries an order out to its end; without an outcome where the service only takes note of it.
async fn carry_out(order: Order) -> Result<Option<Outcome>, ClientError> {
    match order {
        Order::Check => check().await.map(Some),
        Order::Update(seen) => update(&seen).await.map(Some),
        Order::RollBack(seen, boots_next) => roll_back(&seen, boots_next).await.map(Some),
        Order::Cancel(seen) => cancel(&seen).await.map(|()| None),
        Order::Restart => restart().await.map(|()| None),
        Order::Reconnect => Ok(None),
    }
}

async fn check() -> Result<Outcome, ClientError> {
    let operation = Client::connect().await?.check().await?;
    operation.follow(|_| ()).await
}

async fn update(seen: &ServiceState) -> Result<Outcome, ClientError> {
    let options = UpdateOptions {
        token: Some(seen.snapshot.token.clone()),
        expected: seen.snapshot.available.as_ref().map(|available| available.checksum.clone()),
    };
    let operation = Client::connect().await?.update(options).await?;
    operation.follow(|_| ()).await
}

async fn roll_back(seen: &ServiceState, boots_next: DeploymentId) -> Result<Outcome, ClientError> {
    let options = RollBackOptions { token: Some(seen.snapshot.token.clone()), expected: Some(boots_next) };
    let operation = Client::connect().await?.roll_back(options).await?;
    operation.follow(|_| ()).await
}

async fn cancel(seen: &ServiceState) -> Result<(), ClientError> {
    let path = seen.operation_path.clone().ok_or(ClientError::Refused(Refusal::AlreadyEnded))?;
    let client = Client::connect().await?;
    Operation::at(client.connection(), path).await?.cancel().await
}

async fn restart() -> Result<(), ClientError> {
    let client = Client::connect().await?;
    match isotope_client::restart(client.connection()).await {
        // The bus may go down with the computer before it can deliver the answer.
        Ok(()) | Err(ClientError::NoBus(_)) => Ok(()),
        Err(error) => Err(error),
    }
}
