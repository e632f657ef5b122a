// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::ContainerReference;
use isotope_model::lookup_protocol::{LookupReply, LookupRequest};

use crate::credentials::Credentials;
use crate::describe::Chosen;
use crate::failure::Failure;
use crate::image_name::ImageName;
use crate::limits;
use crate::newer::{self, Known};
use crate::registries_conf::{Endpoint, Purpose};
use crate::repository::Repository;
use crate::retry::Patience;
use crate::session::Session;
use crate::surroundings::Surroundings;
use crate::tags;

/// Asks the registry. Whatever comes of it is the answer, within a minute and a half.
pub async fn answer(request: &LookupRequest, surroundings: &Surroundings) -> LookupReply {
    let found = match tokio::time::timeout(limits::LOOKUP, ask(request, surroundings)).await {
        Ok(found) => found,
        Err(_) => Err(Failure::Network(format!("it took longer than {} seconds", limits::LOOKUP.as_secs()))),
    };
    found.unwrap_or_else(|failure| LookupReply::Refused(failure.into_refusal(image_of(request))))
}

fn image_of(request: &LookupRequest) -> &ContainerReference {
    match request {
        LookupRequest::Newer { image, .. } | LookupRequest::Describe { image, .. } | LookupRequest::Tags { image } => {
            image
        }
    }
}

/// Asks one place after the other, until one answers. Only the last is waited for when it is busy.
async fn ask(request: &LookupRequest, surroundings: &Surroundings) -> Result<LookupReply, Failure> {
    let image = ImageName::of(image_of(request))?;
    let purpose = match request {
        LookupRequest::Tags { .. } => Purpose::Tags,
        LookupRequest::Newer { .. } | LookupRequest::Describe { .. } => Purpose::Image,
    };
    // Then nothing that identifies this computer is so much as looked at.
    let anonymous = matches!(request, LookupRequest::Describe { anonymous: true, .. });
    let credentials = if anonymous { Credentials::default() } else { surroundings.credentials()? };
    let endpoints = surroundings.registries()?.endpoints(&image, purpose)?;
    let mut failures: Vec<Failure> = Vec::new();
    for (position, endpoint) in endpoints.iter().enumerate() {
        let last = position + 1 == endpoints.len();
        let patience = if last { Patience::new() } else { Patience::none() };
        let asking = async {
            let certificates = surroundings.certificates(endpoint.image.authority(), anonymous)?;
            let session = Session::new(endpoint, certificates, &credentials, patience)?;
            ask_there(request, &Repository::new(session), endpoint, surroundings.architecture()).await
        };
        let limit = if last { limits::LOOKUP } else { limits::MIRROR };
        let found = tokio::time::timeout(limit, asking).await;
        match found.unwrap_or_else(|_| Err(Failure::Network(format!("{} is slow", endpoint.image.authority())))) {
            Err(failure) if failure.may_have_a_substitute() => {
                tracing::debug!("{}: {failure}", endpoint.image.repository());
                failures.push(failure);
            }
            found => return found,
        }
    }
    // The registry itself knows best why; for images it stands last, for tags first.
    let told = match purpose {
        Purpose::Image => failures.pop(),
        Purpose::Tags => failures.into_iter().next(),
    };
    Err(told.unwrap_or_else(|| Failure::Failed("there is nobody to ask".into())))
}

async fn ask_there(
    request: &LookupRequest,
    repository: &Repository,
    endpoint: &Endpoint,
    architecture: &str,
) -> Result<LookupReply, Failure> {
    let version = &endpoint.image.version;
    match request {
        LookupRequest::Newer { here, remembered, .. } => {
            let known = Known { here: here.as_deref(), remembered: remembered.as_deref() };
            newer::look(repository, version, known, architecture).await
        }
        LookupRequest::Describe { .. } => {
            let named = repository.manifest(version).await?;
            let chosen = Chosen::of(repository, named, architecture).await?;
            let image = chosen.describe(repository, architecture).await?;
            Ok(LookupReply::Described(Box::new(image)))
        }
        LookupRequest::Tags { .. } => tags::of(repository).await.map(LookupReply::Tags),
    }
}
