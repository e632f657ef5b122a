// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gettextrs::gettext;
use isotope_client::{Client, ClientError, ServiceState};
use isotope_model::{
    ConfigurationChanges, Deployment, DeploymentDetails, DeploymentId, DiskUsage, HistoryEntry, HostCatalogs, Refusal,
    Snapshot, Trust,
};
use jiff::tz::TimeZone;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::render::View;
use crate::selection;
use crate::terminal::Terminal;
use crate::waiting::Waiting;

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
/// Looking through a file system takes as long as it is large.
const LONGEST_SEARCH: Duration = Duration::from_secs(600);

impl Context {
    pub(crate) fn of(arguments: &Arguments) -> Self {
        let terminal = Terminal::of_this_process();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let columns = terminal.output_columns;
        Self {
            terminal,
            json: arguments.json,
            ask: !arguments.no_ask,
            view: View { zone: TimeZone::system(), verbose: arguments.verbose, now, columns },
        }
    }

    /// A client of a service that is there.
    pub(crate) async fn connect(&self) -> Result<Client, ClientError> {
        let client = Client::connect().await?.interactive(self.ask);
        in_time(LONGEST_READING, client.require_service()).await?;
        Ok(client)
    }

    /// How everything stands now.
    pub(crate) async fn state(&self, client: &Client) -> Result<ServiceState, ClientError> {
        in_time(LONGEST_READING, client.state()).await
    }

    /// How a host that has deployments stands now.
    pub(crate) async fn image_based(&self, client: &Client) -> Result<Arc<Snapshot>, ClientError> {
        let snapshot = self.state(client).await?.snapshot;
        match snapshot.host.image_based {
            true => Ok(snapshot),
            false => Err(ClientError::Refused(Refusal::NotImageBased)),
        }
    }

    /// The deployment that the person named, and the state in which it was looked for.
    pub(crate) async fn chosen(&self, client: &Client, named: &str) -> Result<(Arc<Snapshot>, Deployment), Failure> {
        let snapshot = self.image_based(client).await?;
        match selection::resolve(named, &snapshot).cloned() {
            Ok(deployment) => Ok((snapshot, deployment)),
            Err(error) => Err(Failure::Selection { error, snapshot }),
        }
    }

    /// What there is to know of one deployment.
    pub(crate) async fn details(&self, client: &Client, id: &DeploymentId) -> Result<DeploymentDetails, ClientError> {
        in_time(LONGEST_READING, client.details(id)).await
    }

    /// Who vouches for an image, by the rules of the host that the service runs on.
    /// Without an image: for the one that is followed.
    pub(crate) async fn trust(&self, client: &Client, image: Option<&str>) -> Result<Trust, ClientError> {
        in_time(LONGEST_READING, client.trust(image)).await
    }

    /// What vendors publish, and what the computer runs of it.
    pub(crate) async fn catalogs(&self, client: &Client) -> Result<HostCatalogs, ClientError> {
        in_time(LONGEST_READING, client.catalogs()).await
    }

    /// What was done and how the computer was started.
    pub(crate) async fn history(&self, client: &Client, limit: u32) -> Result<Vec<HistoryEntry>, ClientError> {
        in_time(LONGEST_READING, client.history(limit)).await
    }

    /// What each deployment takes on disk.
    pub(crate) async fn disk_usage(&self, client: &Client) -> Result<DiskUsage, ClientError> {
        let _waiting = self.waiting(gettext("Adding up what is on the disk"));
        in_time(LONGEST_SEARCH, client.disk_usage()).await
    }

    /// What differs between a deployment's /etc and what its image has there.
    pub(crate) async fn configuration_changes(
        &self,
        client: &Client,
        id: &DeploymentId,
    ) -> Result<ConfigurationChanges, ClientError> {
        let _waiting = self.waiting(gettext("Comparing files"));
        in_time(LONGEST_SEARCH, client.configuration_changes(id)).await
    }

    /// Shows that an answer takes its time, where a line can be written over.
    pub(crate) fn waiting(&self, text: String) -> Option<Waiting> {
        self.terminal.error_styles.then(|| Waiting::show(text))
    }
}

/// The answer, if it comes in time.
pub(crate) async fn in_time<T>(
    longest: Duration,
    answer: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    match tokio::time::timeout(longest, answer).await {
        Ok(answer) => answer,
        Err(_) => Err(ClientError::ServiceFailed(format!("no answer within {} s", longest.as_secs()))),
    }
}
