// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DiskUsage, HistoryEntry, OperationKind, Outcome, PublishedVersion, Refusal,
};

use super::Topic;
use crate::helper_worker::{Answer, Found, Reading};

/// Something that the service was asked to tell.
#[derive(Clone, Debug, Default)]
pub(crate) enum Read<T> {
    /// The answer is not there yet.
    #[default]
    Waiting,
    /// This is the answer.
    There(Arc<T>),
    /// There is no answer.
    Failed(Arc<ClientError>),
}

impl<T> Read<T> {
    /// The answer, where it is there.
    pub(crate) fn there(&self) -> Option<&T> {
        match self {
            Self::There(answer) => Some(answer),
            _ => None,
        }
    }

    /// Why there is no answer.
    pub(crate) fn failure(&self) -> Option<&ClientError> {
        match self {
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }

    /// An answer that is there stands until the next one.
    fn ask_again(&mut self) {
        if matches!(self, Self::Failed(_)) {
            *self = Self::Waiting;
        }
    }
}

impl<T> From<Answer<T>> for Read<T> {
    fn from(answer: Answer<T>) -> Self {
        answer.map_or_else(Self::Failed, Self::There)
    }
}

/// Everything that was read for what is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings {
    /// What there is to know of the deployment.
    pub(crate) details: Read<DeploymentDetails>,
    /// What differs in its /etc.
    pub(crate) changes: Read<ConfigurationChanges>,
    /// What the deployments take on disk.
    pub(crate) usage: Read<DiskUsage>,
    /// What was done.
    pub(crate) history: Read<Vec<HistoryEntry>>,
    /// Which versions there are.
    pub(crate) versions: Read<Vec<PublishedVersion>>,
}

impl Readings {
    /// The same will be asked again.
    pub(crate) fn ask_again(&mut self) {
        self.details.ask_again();
        self.changes.ask_again();
        self.usage.ask_again();
        self.history.ask_again();
        self.versions.ask_again();
    }

    /// Takes in what was found for this topic.
    pub(crate) fn take(&mut self, topic: &Topic, found: Found) {
        let meant = |id| matches!(topic, Topic::Details(topic) if *topic == id);
        match found {
            Found::Details(id, answer) if meant(id.clone()) => self.details = answer.into(),
            Found::Changes(id, answer) if meant(id.clone()) => self.changes = answer.into(),
            Found::DiskUsage(answer) => self.usage = answer.into(),
            Found::History(answer) => self.history = answer.into(),
            Found::Details(..) | Found::Changes(..) => {}
        }
    }

    /// Takes in the end of asking which versions there are.
    pub(crate) fn take_versions(&mut self, end: Result<Outcome, Arc<ClientError>>) {
        let refused = |refusal| Err(Arc::new(ClientError::Refused(refusal)));
        let answer: Answer<_> = end.and_then(|outcome| match outcome {
            Outcome::Versions { versions } => Ok(Arc::new(versions)),
            Outcome::Failed { refusal } => refused(refusal),
            Outcome::Cancelled { .. } => refused(Refusal::Cancelled),
            other => Err(Arc::new(ClientError::Unexpected(format!("{other:?}")))),
        });
        self.versions = answer.into();
    }
}

impl Topic {
    /// What has to be read for it.
    pub(crate) fn readings(&self) -> Vec<Reading> {
        match self {
            Self::Details(id) => {
                vec![Reading::Details(id.clone()), Reading::Changes(id.clone()), Reading::DiskUsage]
            }
            Self::CleanUp => vec![Reading::DiskUsage],
            Self::History => vec![Reading::History],
            Self::Versions => Vec::new(),
        }
    }

    /// What it needs to be able to do on this host.
    pub(crate) fn needs(&self) -> Option<OperationKind> {
        match self {
            Self::Versions => Some(OperationKind::Deploy),
            Self::CleanUp => Some(OperationKind::CleanUp),
            Self::Details(_) | Self::History => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::deployment;
    use super::*;

    fn details(digit: char) -> Found {
        let found = DeploymentDetails {
            id: deployment(digit).id,
            deployed: None,
            digest: None,
            kernel: None,
            kernel_arguments: None,
            signature: isotope_model::Signature::default(),
        };
        Found::Details(found.id.clone(), Ok(Arc::new(found)))
    }

    #[test]
    fn an_answer_about_another_deployment_is_not_taken() {
        let topic = Topic::Details(deployment('1').id);
        let mut readings = Readings::default();
        readings.take(&topic, details('2'));
        assert!(readings.details.there().is_none());
        readings.take(&topic, details('1'));
        assert!(readings.details.there().is_some());
    }

    #[test]
    fn what_is_known_stands_while_it_is_read_again() {
        let mut readings = Readings::default();
        readings.take_versions(Ok(Outcome::Versions { versions: Vec::new() }));
        readings.ask_again();
        assert!(readings.versions.there().is_some());
        readings.take_versions(Ok(Outcome::UpToDate));
        assert!(readings.versions.failure().is_some());
        readings.ask_again();
        assert!(matches!(readings.versions, Read::Waiting));
    }
}
