// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use isotope_client::{Client, ClientError, ServiceState};
use jiff::tz::TimeZone;

use crate::arguments::Arguments;
use crate::render::View;
use crate::terminal::Terminal;

/// What all commands go by: what the person typed, and where the answer goes.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) terminal: Terminal,
    pub(crate) json: bool,
    /// The person may be asked for a password and for confirmation.
    pub(crate) ask: bool,
    pub(crate) view: View,
}

/// Reading takes milliseconds; a service that takes this long, its start included, does not answer.
const LONGEST_READING: Duration = Duration::from_secs(30);

impl Context {
    pub(crate) fn of(arguments: &Arguments) -> Self {
        Self {
            terminal: Terminal::of_this_process(),
            json: arguments.json,
            ask: !arguments.no_ask,
            view: View { zone: TimeZone::system(), verbose: arguments.verbose },
        }
    }

    /// A client of a service that is there.
    pub(crate) async fn connect(&self) -> Result<Client, ClientError> {
        let client = Client::connect().await?.interactive(self.ask);
        in_time(client.require_service()).await?;
        Ok(client)
    }

    /// How everything stands now.
    pub(crate) async fn state(&self, client: &Client) -> Result<ServiceState, ClientError> {
        in_time(client.state()).await
    }
}

async fn in_time<T>(answer: impl Future<Output = Result<T, ClientError>>) -> Result<T, ClientError> {
    match tokio::time::timeout(LONGEST_READING, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(ClientError::ServiceFailed(format!("no answer within {} s", LONGEST_READING.as_secs()))),
    }
}
