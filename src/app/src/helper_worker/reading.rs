// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::Duration;

use isotope_client::{Client, ClientError};
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DeploymentId, DiskUsage, HistoryEntry, ImagePreview, Refusal, Trust,
};

/// How many entries of history are asked for.
const HISTORY: u32 = 200;

/// How long a registry is waited for; the service itself gives up before that.
const PATIENCE: Duration = Duration::from_secs(100);

const TOOK_TOO_LONG: &str = "Preview: no answer in time";

/// Something that the service is asked to tell; nothing is changed by that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// What there is to know of a deployment.
    Details(DeploymentId),
    /// What differs in its /etc.
    Changes(DeploymentId),
    /// What the deployments take on disk.
    DiskUsage,
    /// What was done and how the computer was started.
    History,
    /// Who vouches for this image here. No registry is asked.
    Trust(String),
    /// Who vouches for this image here, who for the one that is followed, and who for this one, which runs.
    Comparison(String, Option<String>),
    /// What its registry tells of this image.
    Preview(String),
}

/// Who vouches for an image that could be followed instead of the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Who for the one that is followed now, where one is.
    pub(crate) present: Option<Trust>,
    /// Who for the one that runs, where that is another one.
    pub(crate) running: Option<Trust>,
    /// Who for the other one.
    pub(crate) target: Trust,
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
    /// What the deployments take on disk.
    DiskUsage(Answer<DiskUsage>),
    /// What was done and how the computer was started.
    History(Answer<Vec<HistoryEntry>>),
    /// Who vouches for this image.
    Trust(String, Answer<Trust>),
    /// Who vouches for this image, and who for the one that is followed.
    Comparison(String, Answer<Comparison>),
    /// What its registry tells of this image.
    Preview(String, Answer<ImagePreview>),
}

impl Reading {
    /// Asks the service.
    pub(super) async fn carry_out(self) -> Found {
        match self {
            Self::Details(id) => Found::Details(id.clone(), answer(details(&id).await)),
            Self::Changes(id) => Found::Changes(id.clone(), answer(changes(&id).await)),
            Self::DiskUsage => Found::DiskUsage(answer(disk_usage().await)),
            Self::History => Found::History(answer(history().await)),
            Self::Trust(image) => Found::Trust(image.clone(), answer(trust(&image).await)),
            Self::Comparison(image, running) => {
                Found::Comparison(image.clone(), answer(comparison(&image, running.as_deref()).await))
            }
            Self::Preview(image) => Found::Preview(image.clone(), answer(preview(&image).await)),
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

async fn disk_usage() -> Result<DiskUsage, ClientError> {
    Client::connect().await?.disk_usage().await
}

async fn history() -> Result<Vec<HistoryEntry>, ClientError> {
    Client::connect().await?.history(HISTORY).await
}

async fn trust(image: &str) -> Result<Trust, ClientError> {
    Client::connect().await?.trust(Some(image)).await
}

async fn comparison(image: &str, running: Option<&str>) -> Result<Comparison, ClientError> {
    let client = Client::connect().await?;
    let target = client.trust(Some(image)).await?;
    let present = match client.trust(None).await {
        Ok(trust) => Some(trust),
        // A host that follows nothing has nothing to compare with.
        Err(ClientError::Refused(Refusal::NoUpdateSource { .. })) => None,
        Err(error) => return Err(error),
    };
    let running =
        match running.filter(|running| present.as_ref().is_none_or(|other| other.image.to_string() != *running)) {
            Some(running) => match client.trust(Some(running)).await {
                Ok(trust) => Some(trust),
                // Nobody can be asked about an image that could not be followed.
                Err(ClientError::Refused(_)) => None,
                Err(error) => return Err(error),
            },
            None => None,
        };
    Ok(Comparison { present, running, target })
}

async fn preview(image: &str) -> Result<ImagePreview, ClientError> {
    let asking = async { Client::connect().await?.preview(image).await };
    tokio::time::timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(took_too_long()))
}

/// The registry was waited for as long as makes sense.
pub(crate) fn took_too_long() -> ClientError {
    ClientError::ServiceFailed(TOOK_TOO_LONG.into())
}

/// Whether that is why there is no answer.
pub(crate) fn has_taken_too_long(error: &ClientError) -> bool {
    matches!(error, ClientError::ServiceFailed(detail) if detail == TOOK_TOO_LONG)
}
