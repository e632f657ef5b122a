// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;
use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DiskUsage, ImagePreview, ImageReference, OperationKind, Outcome,
    PackageChanges, PublishedVersion, Refusal, Snapshot, Trust, strict_form, update_source,
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
    pub(crate) fn ask_again(&mut self) {
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

/// What else there is of the image that is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Published {
    /// The versions of a branch, the newest first.
    Versions(Vec<PublishedVersion>),
    /// The tags of a repository.
    Tags(PublishedTags),
}

/// The tags of a repository in a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PublishedTags {
    /// The repository, as people write it.
    pub(crate) repository: String,
    /// The tags, in the order in which people read versions, the newest first.
    pub(crate) tags: Vec<String>,
    /// There are more than were told.
    pub(crate) truncated: bool,
}

/// Everything that was read for what is open.
#[derive(Clone, Debug, Default)]
pub(crate) struct Readings {
    /// What there is to know of the deployment.
    pub(crate) details: Read<DeploymentDetails>,
    /// What differs in its /etc.
    pub(crate) changes: Read<ConfigurationChanges>,
    /// Which packages differ.
    pub(crate) packages: Read<PackageChanges>,
    /// What the deployments take on disk.
    pub(crate) usage: Read<DiskUsage>,
    /// Which versions there are.
    pub(crate) versions: Read<Published>,
    /// What is looked for.
    pub(crate) search: String,
    /// Who vouches for images, by their references.
    pub(crate) trusts: BTreeMap<String, Read<Trust>>,
    /// What the registry tells of the image that is followed, where that was asked.
    pub(crate) preview: Option<Read<ImagePreview>>,
}

impl Readings {
    /// The same will be asked again.
    pub(crate) fn ask_again(&mut self) {
        self.details.ask_again();
        self.changes.ask_again();
        self.packages.ask_again();
        self.usage.ask_again();
        self.versions.ask_again();
        self.trusts.values_mut().for_each(Read::ask_again);
    }

    /// Everything about signatures is waited for anew: the person has changed something, or wonders whether somebody has.
    pub(crate) fn look_again(&mut self) {
        self.trusts.clear();
    }

    /// Who vouches for this image.
    pub(crate) fn trust(&self, image: &ImageReference) -> Read<Trust> {
        self.trusts.get(&image.to_string()).cloned().unwrap_or_default()
    }

    /// Takes in what was found for this topic.
    pub(crate) fn take(&mut self, topic: &Topic, found: Found) {
        let meant = |id| matches!(topic, Topic::Details(topic) if *topic == id);
        match found {
            Found::Details(id, answer) if meant(id.clone()) => self.details = answer.into(),
            Found::Changes(id, answer) if meant(id.clone()) => self.changes = answer.into(),
            Found::PackageChanges(id, answer) if *topic == Topic::PackageChanges(id.clone()) => {
                self.packages = answer.into();
            }
            Found::DiskUsage(answer) => self.usage = answer.into(),
            Found::Trust(image, answer) => {
                self.trusts.insert(image, answer.into());
            }
            Found::Preview(_, answer) if *topic == Topic::VerificationPath && self.preview.is_some() => {
                self.preview = Some(answer.into());
            }
            Found::Details(..)
            | Found::Changes(..)
            | Found::PackageChanges(..)
            | Found::Preview(..)
            | Found::Preflight(..)
            | Found::History(..)
            | Found::Catalogs(..)
            | Found::Picture(..) => {}
        }
    }

    /// Takes in the end of asking which versions there are.
    pub(crate) fn take_versions(&mut self, end: Result<Outcome, Arc<ClientError>>) {
        let refused = |refusal| Err(Arc::new(ClientError::Refused(refusal)));
        let answer: Answer<_> = end.and_then(|outcome| match outcome {
            Outcome::Versions { versions } => Ok(Arc::new(Published::Versions(versions))),
            Outcome::Tags { repository, tags, truncated } => {
                Ok(Arc::new(Published::Tags(PublishedTags { repository, tags, truncated })))
            }
            Outcome::Failed { refusal } => refused(refusal),
            Outcome::Cancelled { .. } => refused(Refusal::Cancelled),
            other => Err(Arc::new(ClientError::Unexpected(format!("{other:?}")))),
        });
        self.versions = answer.into();
    }
}

impl Topic {
    /// What has to be read for it on this host.
    pub(crate) fn readings(&self, snapshot: &Snapshot) -> Vec<Reading> {
        match self {
            Self::Details(id) => {
                let mut readings = vec![Reading::Details(id.clone()), Reading::Changes(id.clone()), Reading::DiskUsage];
                let image = snapshot.deployment(id).and_then(|deployment| deployment.image.as_ref());
                readings.extend(image.filter(|image| image.container().is_some()).into_iter().flat_map(trusts));
                readings
            }
            Self::VerificationPath => update_source(snapshot).ok().into_iter().flat_map(trusts).collect(),
            Self::PackageChanges(id) => vec![Reading::PackageChanges(id.clone())],
            Self::CleanUp => vec![Reading::DiskUsage],
            Self::Versions | Self::CatalogProblems(_) => Vec::new(),
        }
    }

    /// What it needs to be able to do on this host.
    pub(crate) fn needs(&self) -> Option<OperationKind> {
        match self {
            Self::Versions => Some(OperationKind::ListVersions),
            Self::CleanUp => Some(OperationKind::CleanUp),
            Self::Details(_) | Self::PackageChanges(_) | Self::VerificationPath | Self::CatalogProblems(_) => None,
        }
    }
}

/// Who vouches for an image, and who would for its strict form.
fn trusts(image: &ImageReference) -> Vec<Reading> {
    let strict = strict_form(image).filter(|strict| strict != image);
    [Some(image.clone()), strict].into_iter().flatten().map(|image| Reading::Trust(image.to_string())).collect()
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
            kernel_arguments_added: Vec::new(),
            kernel_arguments_removed: Vec::new(),
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
    fn an_image_is_asked_about_in_both_forms_and_a_branch_is_not() {
        let open = super::super::test_states::container_host("ostree-unverified-registry:quay.io/lab/gnome:stable");
        let asked = Topic::VerificationPath.readings(&open);
        assert_eq!(asked.len(), 2);
        let strict = super::super::test_states::container_host("ostree-image-signed:docker://quay.io/lab/gnome:stable");
        assert_eq!(Topic::VerificationPath.readings(&strict), asked[1..]);
        let details = Topic::Details(deployment('1').id);
        assert_eq!(details.readings(&open).len(), 5);
        let branches = super::super::test_states::snapshot(vec![super::super::test_states::booted('1')]);
        assert_eq!(details.readings(&branches).len(), 3);
    }

    #[test]
    fn what_is_known_stands_while_it_is_read_again() {
        let mut readings = Readings::default();
        readings.take_versions(Ok(Outcome::Versions { versions: Vec::new() }));
        readings.ask_again();
        assert!(readings.versions.there().is_some());
        let (repository, tags) = ("quay.io/lab/gnome".to_owned(), vec!["10".to_owned()]);
        readings.take_versions(Ok(Outcome::Tags { repository, tags, truncated: false }));
        assert!(matches!(readings.versions.there(), Some(Published::Tags(published)) if published.tags == ["10"]));
        readings.take_versions(Ok(Outcome::UpToDate));
        assert!(readings.versions.failure().is_some());
        readings.ask_again();
        assert!(matches!(readings.versions, Read::Waiting));
    }
}
