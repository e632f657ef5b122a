// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::is_digest;
use reqwest::header::{CONTENT_TYPE, HeaderName};
use reqwest::{Method, StatusCode};

use crate::digest;
use crate::exchange::Answer;
use crate::failure::{Failure, quoted};
use crate::image_name::Version;
use crate::limits;
use crate::manifest::{ACCEPT, Content, Kind, Manifest};
use crate::session::{Question, Session};

static DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");
const ANYTHING: &str = "*/*";

/// A repository of a registry, to be asked. Source: the distribution specification 1.1.
#[derive(Debug)]
pub(crate) struct Repository {
    session: Session,
}

impl Repository {
    /// What is asked goes this way.
    pub(crate) fn new(session: Session) -> Self {
        Self { session }
    }

    /// The digest of what the version names: one request, and no content comes back.
    pub(crate) async fn named(&self, version: &Version) -> Result<String, Failure> {
        let answer = self.session.ask(&manifest(Method::HEAD, &path(version), false)).await?;
        let unable = [StatusCode::METHOD_NOT_ALLOWED, StatusCode::NOT_IMPLEMENTED].contains(&answer.status);
        let told = match unable {
            true => None,
            false => digest_of(&answer.accepted()?),
        };
        match told {
            Some(digest) => Ok(digest),
            // A registry that does not say it in advance.
            None => Ok(self.manifest(version).await?.digest),
        }
    }

    /// What the version names.
    pub(crate) async fn manifest(&self, version: &Version) -> Result<Manifest, Failure> {
        let answer = self.session.ask(&manifest(Method::GET, &path(version), false)).await?.accepted()?;
        read(version, &answer)
    }

    /// There is something of this name. Absent where the registry does not say; little time is spent on it.
    pub(crate) async fn has(&self, version: &Version) -> Option<bool> {
        let answer = self.session.ask(&manifest(Method::HEAD, &path(version), true)).await.ok()?;
        match answer.status {
            StatusCode::NOT_FOUND => Some(false),
            status => status.is_success().then_some(true),
        }
    }

    /// What refers to this digest: the list that the registry keeps, else the one that lies beside the image.
    pub(crate) async fn referrers(&self, digest: &str) -> Option<Manifest> {
        let what = format!("referrers/{digest}");
        let listed = self.session.ask(&manifest(Method::GET, &what, true)).await.ok()?;
        if listed.status.is_success() {
            // A registry that does not know the question may take it for something else.
            return Some(Manifest {
                digest: String::new(),
                content: Content::read(Kind::sent_as(listed.header(&CONTENT_TYPE)).ok()?, &listed.body).ok()?,
            });
        }
        let beside = Version::Tag(digest.replacen(':', "-", 1));
        let answer = self.session.ask(&manifest(Method::GET, &path(&beside), true)).await.ok()?.accepted().ok()?;
        read(&beside, &answer).ok()
    }

    /// A piece of an image that is small enough to be read whole: its configuration.
    pub(crate) async fn configuration(&self, digest: &str) -> Result<Vec<u8>, Failure> {
        if !is_digest(digest) {
            return Err(Failure::Failed(format!(
                "the manifest names a configuration that is none: {}",
                quoted(digest)
            )));
        }
        let what = format!("blobs/{digest}");
        let answer = self.session.ask(&get(&what, ANYTHING, limits::CONFIGURATION)).await?.accepted()?;
        digest::check(&answer.body, digest)?;
        Ok(answer.body)
    }

    /// A page of tags, by its parameters.
    pub(crate) async fn tags(&self, parameters: &str) -> Result<Answer, Failure> {
        let what = format!("tags/list?{parameters}");
        self.session.ask(&get(&what, "application/json", limits::PAGE)).await?.accepted()
    }
}

fn path(version: &Version) -> String {
    format!("manifests/{}", version.as_str())
}

fn get<'a>(what: &'a str, accept: &'static str, longest: usize) -> Question<'a> {
    Question { method: Method::GET, what, accept, longest, extra: false }
}

fn manifest(method: Method, what: &str, extra: bool) -> Question<'_> {
    Question { method, extra, ..get(what, ACCEPT, limits::MANIFEST) }
}

fn digest_of(answer: &Answer) -> Option<String> {
    answer.header(&DIGEST).map(str::trim).filter(|text| is_digest(text)).map(str::to_owned)
}

/// What came must be what was asked for, and what it is said to be.
fn read(version: &Version, answer: &Answer) -> Result<Manifest, Failure> {
    let digest = match version {
        Version::Digest(digest) => digest.clone(),
        Version::Tag(_) => digest_of(answer).unwrap_or_else(|| digest::of(&answer.body)),
    };
    // A page of somebody else's is no damaged manifest.
    let sent_as = Kind::sent_as(answer.header(&CONTENT_TYPE))?;
    digest::check(&answer.body, &digest)?;
    Ok(Manifest { digest, content: Content::read(sent_as, &answer.body)? })
}
