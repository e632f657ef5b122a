// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::Duration;

use isotope_client::{Client, ClientError};
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DeploymentId, DiskUsage, HistoryEntry, HostCatalogs, ImagePreview,
    PackageChanges, Preflight, Refusal, Trust,
};

/// How many entries of history are asked for.
const HISTORY: u32 = 200;

/// How long a registry is waited for; the service itself gives up before that.
const PATIENCE: Duration = Duration::from_secs(100);
/// The same for everything there is to know before a switch, where more is asked, and perhaps for a password as well.
const PREFLIGHT_PATIENCE: Duration = Duration::from_secs(300);
/// The same for packages: the service manager gives rpm-ostree five minutes to start.
const PACKAGES_PATIENCE: Duration = Duration::from_secs(330);

const TOOK_TOO_LONG: &str = "no answer in time";

/// Something that the service is asked to tell; nothing is changed by that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// What there is to know of a deployment.
    Details(DeploymentId),
    /// What differs in its /etc.
    Changes(DeploymentId),
    /// Which packages differ between what runs and a deployment; without one, the update that was found.
    PackageChanges(Option<DeploymentId>),
    /// What the deployments take on disk.
    DiskUsage,
    /// What was done and how the computer was started, with a number: only the newest of these readings counts.
    History(u64),
    /// Who vouches for this image here. No registry is asked.
    Trust(String),
    /// What its registry tells of this image.
    Preview(String),
    /// What there is to know before a switch to this image; without one, before a restart into what is staged.
    Preflight(Option<String>),
    /// What vendors publish.
    Catalogs,
    /// The picture of this entry of the catalogs.
    Picture(String),
}

/// What came of asking.
pub(crate) type Answer<T> = Result<Arc<T>, Arc<ClientError>>;

/// The answer to a reading.
#[derive(Clone, Debug)]
pub(crate) enum Found {
    /// What there is to know of a deployment.
    Details(DeploymentId, Answer<DeploymentDetails>),
    /// What differs in its /etc.
    Changes(DeploymentId, Answer<ConfigurationChanges>),
    /// Which packages differ between what runs and a deployment; without one, the update that was found.
    PackageChanges(Option<DeploymentId>, Answer<PackageChanges>),
    /// What the deployments take on disk.
    DiskUsage(Answer<DiskUsage>),
    /// What was done and how the computer was started.
    History(u64, Answer<Vec<HistoryEntry>>),
    /// Who vouches for this image.
    Trust(String, Answer<Trust>),
    /// What its registry tells of this image.
    Preview(String, Answer<ImagePreview>),
    /// What there is to know before a switch to this image; without one, before a restart into what is staged.
    Preflight(Option<String>, Answer<Preflight>),
    /// What vendors publish.
    Catalogs(Answer<HostCatalogs>),
    /// The picture of this entry of the catalogs, as it lies in its file.
    Picture(String, Answer<Vec<u8>>),
}

impl Reading {
    /// A registry or a remote is asked about an image that somebody considers: of such readings only the newest counts.
    pub(super) fn asks_registry(&self) -> bool {
        matches!(self, Self::Preview(_) | Self::Preflight(Some(_)))
    }

    /// The answer of one that asks a registry and that something else came in place of.
    pub(super) fn given_up(self) -> Found {
        let error = Arc::new(ClientError::Refused(Refusal::Cancelled));
        match self {
            Self::Preflight(image) => Found::Preflight(image, Err(error)),
            Self::Preview(image) => Found::Preview(image, Err(error)),
            Self::Trust(image) => Found::Trust(image, Err(error)),
            Self::Details(id) => Found::Details(id, Err(error)),
            Self::Changes(id) => Found::Changes(id, Err(error)),
            Self::PackageChanges(id) => Found::PackageChanges(id, Err(error)),
            Self::DiskUsage => Found::DiskUsage(Err(error)),
            Self::History(number) => Found::History(number, Err(error)),
            Self::Catalogs => Found::Catalogs(Err(error)),
            Self::Picture(entry) => Found::Picture(entry, Err(error)),
        }
    }

    /// Asks the service.
    pub(super) async fn carry_out(self) -> Found {
        match self {
            Self::Details(id) => Found::Details(id.clone(), answer(details(&id).await)),
            Self::Changes(id) => Found::Changes(id.clone(), answer(changes(&id).await)),
            Self::PackageChanges(id) => Found::PackageChanges(id.clone(), answer(package_changes(id.as_ref()).await)),
            Self::DiskUsage => Found::DiskUsage(answer(disk_usage().await)),
            Self::History(number) => Found::History(number, answer(history().await)),
            Self::Trust(image) => Found::Trust(image.clone(), answer(trust(&image).await)),
            Self::Preview(image) => Found::Preview(image.clone(), answer(preview(&image).await)),
            Self::Preflight(image) => Found::Preflight(image.clone(), answer(preflight(image.as_deref()).await)),
            Self::Catalogs => Found::Catalogs(answer(catalogs().await)),
            Self::Picture(entry) => Found::Picture(entry.clone(), answer(picture(&entry).await)),
        }
    }
}

fn answer<T>(result: Result<T, ClientError>) -> Answer<T> {
    result.map(Arc::new).map_err(Arc::new)
}

async fn details(id: &DeploymentId) -> Result<DeploymentDetails, ClientError> {
    Client::connect().await?.details(id).await
}

async fn changes(id: &DeploymentId) -> Result<ConfigurationChanges, ClientError> {
    Client::connect().await?.configuration_changes(id).await
}

/// rpm-ostree may have to be started for that, and that may take minutes.
async fn package_changes(id: Option<&DeploymentId>) -> Result<PackageChanges, ClientError> {
    in_time(PACKAGES_PATIENCE, async { Client::connect().await?.package_changes(id).await }).await
}

async fn disk_usage() -> Result<DiskUsage, ClientError> {
    Client::connect().await?.disk_usage().await
}

async fn history() -> Result<Vec<HistoryEntry>, ClientError> {
    Client::connect().await?.history(HISTORY).await
}

async fn trust(image: &str) -> Result<Trust, ClientError> {
    Client::connect().await?.trust(Some(image)).await
}

async fn preview(image: &str) -> Result<ImagePreview, ClientError> {
    in_time(PATIENCE, async { Client::connect().await?.preview(image).await }).await
}

async fn preflight(image: Option<&str>) -> Result<Preflight, ClientError> {
    in_time(PREFLIGHT_PATIENCE, async { Client::connect().await?.preflight(image).await }).await
}

async fn catalogs() -> Result<HostCatalogs, ClientError> {
    Client::connect().await?.catalogs().await
}

async fn picture(entry: &str) -> Result<Vec<u8>, ClientError> {
    Client::connect().await?.picture(entry).await
}

async fn in_time<T>(
    patience: Duration,
    asking: impl Future<Output = Result<T, ClientError>>,
) -> Result<T, ClientError> {
    tokio::time::timeout(patience, asking).await.unwrap_or_else(|_| Err(took_too_long()))
}

/// The registry was waited for as long as makes sense.
pub(crate) fn took_too_long() -> ClientError {
    ClientError::ServiceFailed(TOOK_TOO_LONG.into())
}

/// Whether that is why there is no answer.
pub(crate) fn has_taken_too_long(error: &ClientError) -> bool {
    matches!(error, ClientError::ServiceFailed(detail) if detail == TOOK_TOO_LONG)
}
