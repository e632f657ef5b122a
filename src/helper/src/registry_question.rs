// SPDX-License-Identifier: GPL-3.0-or-later
//! What a registry is asked instead of the engine: without root, and mostly without an engine at all.

mod verdict;

use std::time::Duration;

use isotope_model::engine_protocol::{Reply, Request, Task};
use isotope_model::lookup_protocol::{LookupReply, LookupRequest, PublishedImage, missing_bytes};
use isotope_model::{
    AvailableUpdate, ContainerReference, ImageReference, OperationKind, Outcome, Refusal, Snapshot, StateToken, Trust,
    is_digest, possible, registry_image, require_newer, require_plausible_clock,
};

use self::verdict::Verdict;
use crate::clock;
use crate::memory::{Found, LastCheck};
use crate::{engine_link, lookup_link};

/// How long the engine may take to read what is here.
const READING: Duration = Duration::from_secs(20);

/// A question, and the host as it stood when it was asked.
#[derive(Debug)]
pub(crate) struct RegistryQuestion {
    asks: Asks,
    image: ContainerReference,
    before: Snapshot,
    remembered: Option<LastCheck>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asks {
    Newer,
    Tags,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Answer {
    /// This, and what is to be remembered of it.
    Told(Outcome, Option<Box<Found>>),
    /// The engine knows better; what is told where it cannot be asked, and what the registry said of a newer image.
    EngineDecides(Outcome, Option<Box<Found>>),
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self::Told(Outcome::Failed { refusal }, None)
    }
}

impl Answer {
    fn not_known(refusal: Refusal) -> Self {
        Self::EngineDecides(Outcome::Failed { refusal }, None)
    }
}

impl RegistryQuestion {
    /// The question that a task is, where this host follows an image in a registry.
    ///
    /// # Errors
    /// The host has another state than the caller saw, or it makes no sense to ask.
    pub(crate) fn of(
        task: &Task,
        token: Option<&StateToken>,
        before: &Snapshot,
        remembered: Option<LastCheck>,
    ) -> Result<Option<Self>, Refusal> {
        let (kind, asks) = match task {
            Task::Check => (OperationKind::Check, Asks::Newer),
            Task::ListVersions => (OperationKind::ListVersions, Asks::Tags),
            _ => return Ok(None),
        };
        let Some(image) = registry_image(before) else { return Ok(None) };
        if token.is_some_and(|token| *token != before.token) {
            return Err(Refusal::StateChanged);
        }
        possible(kind, before)?;
        require_plausible_clock(before, clock::seconds_since_1970())?;
        let followed = ImageReference::from(&image);
        let remembered = remembered.filter(|check| check.found.update.image == followed);
        Ok(Some(Self { asks, image, before: before.clone(), remembered }))
    }

    /// The engine has its own way to find out.
    pub(crate) fn has_a_substitute(&self) -> bool {
        self.asks == Asks::Newer && !self.before.host.composefs
    }

    /// Asks the registry.
    pub(crate) async fn ask(&self) -> Answer {
        let request = self.request();
        match lookup_link::ask(&request).await {
            Ok(LookupReply::UpToDate { named }) => self.up_to_date(named),
            Ok(LookupReply::Unchanged { named }) => self.unchanged(&named).await,
            Ok(LookupReply::Described(image)) => self.newer(*image).await,
            Ok(LookupReply::Tags(tags)) => {
                let repository = self.image.repository().to_owned();
                Answer::Told(Outcome::Tags { repository, tags: tags.tags, truncated: tags.truncated }, None)
            }
            // Somebody else may have other credentials, or read the host's configuration in another way.
            Ok(LookupReply::Refused(
                refusal @ (Refusal::Failed { .. } | Refusal::AccessDenied { .. } | Refusal::ImageNotFound { .. }),
            )) => Answer::not_known(refusal),
            Ok(LookupReply::Refused(refusal)) => refusal.into(),
            Err(error) => Answer::not_known(Refusal::WorkerLost { detail: format!("{error:#}") }),
        }
    }

    fn request(&self) -> LookupRequest {
        let image = self.image.clone();
        match self.asks {
            Asks::Tags => LookupRequest::Tags { image },
            Asks::Newer => LookupRequest::Newer {
                image,
                here: self.here().map(str::to_owned),
                remembered: self.remembered.as_ref().and_then(|check| check.found.named.clone()),
            },
        }
    }

    fn here(&self) -> Option<&str> {
        self.before.newest().map(|newest| newest.image_checksum()).filter(|digest| is_digest(digest))
    }

    fn up_to_date(&self, named: String) -> Answer {
        let Some(newest) = self.before.newest() else { return Refusal::NotBooted.into() };
        let update = AvailableUpdate {
            image: ImageReference::from(&self.image),
            checksum: newest.image_checksum().to_owned(),
            version: newest.version.clone(),
            built: newest.built,
            download_bytes: None,
        };
        Answer::Told(Outcome::UpToDate, Some(Box::new(Found { named: Some(named), ..Found::from(update) })))
    }

    /// What was found the last time still stands, whether it is here by now or not.
    async fn unchanged(&self, named: &str) -> Answer {
        match self.remembered.as_ref().map(|check| &check.found) {
            Some(found) if found.named.as_deref() != Some(named) => unexpected(),
            Some(found) if self.here() == Some(found.update.checksum.as_str()) => {
                Answer::Told(Outcome::UpToDate, Some(Box::new(found.clone())))
            }
            // Whether a signature has come to lie beside it since was not looked at.
            Some(found) => {
                let signed = found.signed.filter(|signed| *signed);
                self.available(Found { signed, ..found.clone() }).await
            }
            None => unexpected(),
        }
    }

    async fn newer(&self, image: PublishedImage) -> Answer {
        let update = AvailableUpdate {
            image: ImageReference::from(&self.image),
            checksum: image.digest,
            version: image.version,
            built: image.built,
            download_bytes: None,
        };
        let PublishedImage { named, signed, layers, .. } = image;
        self.available(Found { named: Some(named), signed, layers, ..Found::from(update) }).await
    }

    async fn available(&self, mut found: Found) -> Answer {
        if let Err(older) = require_newer(&self.before, &found.update.image, found.update.built) {
            return older.into();
        }
        let (trust, here) = tokio::join!(self.trust(), stored_layers());
        found.update.download_bytes = match here {
            Ok(here) => missing_bytes(&found.layers, &here),
            Err(error) => {
                tracing::info!("the layers that are here: {error:#}");
                None
            }
        };
        let verdict = Verdict::of(trust, &found);
        let (outcome, found) = (verdict.outcome(&found), Some(Box::new(found)));
        match verdict {
            Verdict::Told => Answer::Told(outcome, found),
            Verdict::NotKnown | Verdict::WouldBeRefused(_) => Answer::EngineDecides(outcome, found),
        }
    }

    /// Who vouches for the image by the rules of this host.
    async fn trust(&self) -> Option<Trust> {
        let task = Task::Trust { image: Some(self.image.to_string()) };
        match engine_link::read(&Request { task, caller: None, token: None }, READING).await {
            Ok(Reply::Trust(trust)) => Some(*trust),
            other => {
                tracing::warn!("who vouches for {}: {other:?}", self.image);
                None
            }
        }
    }
}

fn unexpected() -> Answer {
    Answer::not_known(Refusal::Failed { detail: "the lookup answered what it was not asked".into() })
}

/// The digests of the layers that are stored here.
///
/// # Errors
/// The engine cannot read them.
pub(crate) async fn stored_layers() -> anyhow::Result<Vec<String>> {
    let request = Request { task: Task::StoredLayers, caller: None, token: None };
    match engine_link::read(&request, READING).await? {
        Reply::StoredLayers(layers) => Ok(layers),
        other => anyhow::bail!("asked for layers, the engine answered {other:?}"),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Backend, Deployment, DeploymentId, Host, classify};

    use super::*;

    const FOLLOWED: &str = "ostree-unverified-registry:quay.io/o/gnome:10";

    fn digest(digit: &str) -> String {
        format!("sha256:{}", digit.repeat(64))
    }

    fn host(followed: &str) -> Snapshot {
        let mut deployments = vec![Deployment {
            booted: true,
            built: Some(20),
            digest: Some(digest("a")),
            image: Some(ImageReference::Container { reference: followed.into() }),
            ..Deployment::new(DeploymentId::new("os", "1".repeat(64), 0))
        }];
        classify(&mut deployments);
        let host = Host { image_based: true, backend: Backend::Bootc, ..Host::default() };
        Snapshot { host, deployments, token: StateToken("now".into()), ..Snapshot::default() }
    }

    fn check(image: &str) -> LastCheck {
        let image = ImageReference::Container { reference: image.into() };
        let update =
            AvailableUpdate { image, checksum: digest("b"), version: None, built: Some(30), download_bytes: None };
        let found = Found { named: Some(digest("c")), ..Found::from(update) };
        LastCheck { time: 5, found }
    }

    fn question(task: &Task, snapshot: &Snapshot) -> Result<Option<RegistryQuestion>, Refusal> {
        RegistryQuestion::of(task, None, snapshot, Some(check(FOLLOWED)))
    }

    #[test]
    fn only_what_a_registry_tells_is_asked_of_it() {
        assert!(question(&Task::Check, &host(FOLLOWED)).unwrap().unwrap().has_a_substitute());
        assert!(!question(&Task::ListVersions, &host(FOLLOWED)).unwrap().unwrap().has_a_substitute());
        assert!(question(&Task::CleanUp, &host(FOLLOWED)).unwrap().is_none());
        assert!(question(&Task::Check, &host("ostree-unverified-image:oci:/var/os")).unwrap().is_none());
        let mut composefs = host(FOLLOWED);
        composefs.host.composefs = true;
        assert!(!question(&Task::Check, &composefs).unwrap().unwrap().has_a_substitute());
    }

    #[test]
    fn another_state_than_the_caller_saw_and_a_wrong_clock_are_refused() {
        let of = |token: &str, snapshot: &Snapshot| {
            let token = StateToken(token.into());
            RegistryQuestion::of(&Task::Check, Some(&token), snapshot, None).map(|question| question.is_some())
        };
        assert_eq!(of("now", &host(FOLLOWED)), Ok(true));
        assert_eq!(of("before", &host(FOLLOWED)), Err(Refusal::StateChanged));
        let mut future = host(FOLLOWED);
        future.deployments[0].built = Some(u64::MAX);
        assert!(matches!(of("now", &future), Err(Refusal::ClockWrong { .. })));
    }

    #[test]
    fn what_is_remembered_is_said_of_the_same_image_only() {
        let asked = |image: &str| {
            let question = RegistryQuestion::of(&Task::Check, None, &host(FOLLOWED), Some(check(image)));
            match question.unwrap().unwrap().request() {
                LookupRequest::Newer { here, remembered, .. } => (here, remembered),
                other => panic!("{other:?}"),
            }
        };
        let here = || Some(digest("a"));
        assert_eq!(asked(FOLLOWED), (here(), Some(digest("c"))));
        assert_eq!(asked("ostree-unverified-registry:quay.io/o/kde:10"), (here(), None));
    }

    #[tokio::test]
    async fn what_was_remembered_is_no_update_once_it_is_here() {
        let mut snapshot = host(FOLLOWED);
        snapshot.deployments[0].digest = Some(digest("b"));
        let told = question(&Task::Check, &snapshot).unwrap().unwrap().unchanged(&digest("c")).await;
        assert!(matches!(told, Answer::Told(Outcome::UpToDate, Some(found)) if found.named == Some(digest("c"))));
        // What was never remembered cannot be unchanged.
        let told = question(&Task::Check, &snapshot).unwrap().unwrap().unchanged(&digest("d")).await;
        assert!(matches!(told, Answer::EngineDecides(Outcome::Failed { .. }, None)));
    }

    #[tokio::test]
    async fn an_image_that_is_older_than_what_runs_is_no_update() {
        let old =
            PublishedImage { digest: digest("d"), named: digest("d"), built: Some(10), ..PublishedImage::default() };
        let told = question(&Task::Check, &host(FOLLOWED)).unwrap().unwrap().newer(old).await;
        assert!(matches!(told, Answer::Told(Outcome::Failed { refusal: Refusal::Older { .. } }, None)), "{told:?}");
    }
}
