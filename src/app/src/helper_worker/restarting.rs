// SPDX-License-Identifier: GPL-3.0-or-later
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use isotope_client::login::{self, RestartObstacles};
use isotope_client::{Client, ClientError};
use relm4::Sender;

use super::{Answer, Fact, Request, taken_up};

/// How often the login manager is asked about a restart that somebody may have scheduled: an older one does not tell.
const EVERY: Duration = Duration::from_secs(30);
/// How long to wait before the bus is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// What is asked of the login manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestartOrder {
    /// Restart, whatever holds that back: the person was told.
    Despite,
    /// Restart at this time.
    At(SystemTime),
    /// Call off what is scheduled.
    CallOff,
    /// Tell what a restart would disturb, with the number of the dialog that asks.
    LookForObstacles(u64),
    /// Tell whether a restart is scheduled.
    LookAtSchedule,
}

/// What was heard of the login manager.
#[derive(Clone, Debug)]
pub(crate) enum RestartFact {
    /// The computer is to restart then, or is not.
    Scheduled(Option<SystemTime>),
    /// A restart would disturb this, for the dialog of this number.
    Obstacles(u64, Answer<RestartObstacles>),
    /// What was to be scheduled or called off was, or is left as it was.
    Answered(Result<(), Arc<ClientError>>),
}

/// Carries an order out, and tells what came of it.
pub(super) async fn carry_out(order: RestartOrder, facts: &Sender<Fact>) {
    let done = match order {
        RestartOrder::Despite => return facts.emit(taken_up(Request::Restart, super::restart(true).await)),
        RestartOrder::At(time) => Some(schedule(time).await),
        RestartOrder::CallOff => Some(call_off().await),
        RestartOrder::LookForObstacles(number) => {
            let obstacles = obstacles().await.map(Arc::new).map_err(Arc::new);
            return facts.emit(Fact::Restarting(RestartFact::Obstacles(number, obstacles)));
        }
        RestartOrder::LookAtSchedule => None,
    };
    if let Some(done) = done {
        facts.emit(Fact::Restarting(RestartFact::Answered(done.map_err(Arc::new))));
    }
    if let Ok(client) = Client::connect().await {
        tell_scheduled(&client, facts).await;
    }
}

/// Tells whether a restart is scheduled, now and after every change, for as long as the program runs.
pub(super) async fn tell_schedule(facts: Sender<Fact>) {
    loop {
        if let Ok(client) = Client::connect().await
            && let Ok(changes) = login::watch_scheduled_restart(client.connection()).await
        {
            let mut changes = pin!(changes);
            loop {
                // A change only says that it is time to ask: from it, nothing is told from no answer.
                if let Ok(None) = tokio::time::timeout(EVERY, changes.next()).await {
                    break;
                }
                tell_scheduled(&client, &facts).await;
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Where the login manager does not answer, what was known of it stands.
async fn tell_scheduled(client: &Client, facts: &Sender<Fact>) {
    match login::scheduled_restart(client.connection()).await {
        Ok(scheduled) => facts.emit(Fact::Restarting(RestartFact::Scheduled(scheduled))),
        Err(error) => tracing::warn!("whether a restart is scheduled could not be found out: {error}"),
    }
}

async fn schedule(time: SystemTime) -> Result<(), ClientError> {
    login::schedule_restart(Client::connect().await?.connection(), time, true).await
}

async fn call_off() -> Result<(), ClientError> {
    login::cancel_scheduled_restart(Client::connect().await?.connection(), true).await.map(drop)
}

async fn obstacles() -> Result<RestartObstacles, ClientError> {
    login::restart_obstacles(Client::connect().await?.connection()).await
}
