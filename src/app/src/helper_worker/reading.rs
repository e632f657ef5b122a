// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::{Client, ClientError};
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DeploymentId, DiskUsage, HistoryEntry, ImagePreview, Refusal, Trust,
};

/// How many entries of history are asked for.
const HISTORY: u32 = 200;

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
    /// Who vouches for this image here, and who for the one that is followed.
    Comparison(String),
    /// What its registry tells of this image.
    Preview(String),
}

/// Who vouches for an image that could be followed instead of the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Who for the one that is followed now, where one is.
    pub(crate) present: Option<Trust>,
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
            Self::Comparison(image) => Found::Comparison(image.clone(), answer(comparison(&image).await)),
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

async fn comparison(image: &str) -> Result<Comparison, ClientError> {
    let client = Client::connect().await?;
    let target = client.trust(Some(image)).await?;
    let present = match client.trust(None).await {
        Ok(trust) => Some(trust),
        // A host that follows nothing has nothing to compare with.
        Err(ClientError::Refused(Refusal::NoUpdateSource { .. })) => None,
        Err(error) => return Err(error),
    };
    Ok(Comparison { present, target })
}

async fn preview(image: &str) -> Result<ImagePreview, ClientError> {
    Client::connect().await?.preview(image).await
}
