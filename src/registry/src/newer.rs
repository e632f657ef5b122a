// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::lookup_protocol::LookupReply;

use crate::describe::{self, Chosen};
use crate::failure::Failure;
use crate::image_name::Version;
use crate::repository::Repository;

/// What is known of the image here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known<'a> {
    /// Its digest for this architecture.
    pub(crate) here: Option<&'a str>,
    /// What the tag named when it was last asked.
    pub(crate) remembered: Option<&'a str>,
}

/// Is there another image than the one here? As little as possible is asked.
///
/// The digest that a request without content brings is that of a list of images where there is one; hosts record the
/// digest of the image in it. So it shows only that nothing has changed.
pub(crate) async fn look(
    repository: &Repository,
    version: &Version,
    known: Known<'_>,
    architecture: &str,
) -> Result<LookupReply, Failure> {
    let named = match version {
        // It names the same for ever, so there is nothing to ask.
        Version::Digest(digest) => digest.clone(),
        Version::Tag(_) => repository.named(version).await?,
    };
    if known.here == Some(named.as_str()) {
        return Ok(LookupReply::UpToDate { named });
    }
    if known.remembered == Some(named.as_str()) {
        return Ok(LookupReply::Unchanged { named });
    }
    // By its digest: the tag may name something else by now.
    let manifest = repository.manifest(&Version::Digest(named.clone())).await?;
    if known.here == Some(describe::digest_for(&manifest, architecture)?) {
        return Ok(LookupReply::UpToDate { named });
    }
    let chosen = Chosen::of(repository, manifest, architecture).await?;
    let image = chosen.describe(repository, architecture).await?;
    Ok(LookupReply::Described(Box::new(image)))
}
