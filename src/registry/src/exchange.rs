// SPDX-License-Identifier: GPL-3.0-or-later
use oci_client::errors::OciEnvelope;
use reqwest::header::{HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode, Url};

use crate::client::chain;
use crate::failure::{Failure, quoted};
use crate::limits;

/// What a server says to one request.
#[derive(Debug)]
pub(crate) struct Answer {
    /// How it went.
    pub(crate) status: StatusCode,
    /// What is said about the answer.
    pub(crate) headers: HeaderMap,
    /// The answer; only its beginning where it says what went wrong.
    pub(crate) body: Vec<u8>,
    /// Who gave it, after redirects.
    pub(crate) address: Url,
}

/// No answer, or not a whole one.
#[derive(Debug)]
pub(crate) enum Silence {
    /// No connection could be made that both sides understand.
    NoConnection(String),
    /// It ended early, or never began.
    BrokenOff(String),
    /// The answer is longer than what was asked for can be.
    TooLong(usize),
}

/// Sends one request and reads its answer, which may have so many bytes.
pub(crate) async fn exchange(request: RequestBuilder, longest: usize) -> Result<Answer, Silence> {
    let mut response = request.send().await.map_err(Silence::of)?;
    let status = response.status();
    let body = match status.is_success() {
        true => body(&mut response, longest).await?,
        // Half a complaint is better than none.
        false => complaint(&mut response).await,
    };
    Ok(Answer { status, address: response.url().clone(), headers: std::mem::take(response.headers_mut()), body })
}

async fn body(response: &mut Response, longest: usize) -> Result<Vec<u8>, Silence> {
    if response.content_length().is_some_and(|length| length > longest as u64) {
        return Err(Silence::TooLong(longest));
    }
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(Silence::of)? {
        if body.len() + part.len() > longest {
            return Err(Silence::TooLong(longest));
        }
        body.extend_from_slice(&part);
    }
    Ok(body)
}

async fn complaint(response: &mut Response) -> Vec<u8> {
    let mut body = Vec::new();
    while let Ok(Some(part)) = response.chunk().await {
        body.extend(part.iter().take(limits::COMPLAINT - body.len()));
        if body.len() == limits::COMPLAINT {
            break;
        }
    }
    body
}

impl Silence {
    fn of(error: reqwest::Error) -> Self {
        let no_connection = error.is_connect() && !error.is_timeout();
        let text = chain(&error.without_url());
        if no_connection { Self::NoConnection(text) } else { Self::BrokenOff(text) }
    }

    /// As a failure of asking this host.
    pub(crate) fn into_failure(self, host: &str) -> Failure {
        match self {
            Self::NoConnection(detail) | Self::BrokenOff(detail) => Failure::Network(format!("{host}: {detail}")),
            Self::TooLong(longest) => Failure::Failed(format!("{host}: the answer is longer than {longest} bytes")),
        }
    }
}

impl Answer {
    /// A header, where it is there and is text.
    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Who gave it.
    pub(crate) fn host(&self) -> &str {
        self.address.host_str().unwrap_or("the registry")
    }

    /// What went wrong, in the words of the server.
    pub(crate) fn complaint(&self) -> String {
        let said = serde_json::from_slice::<OciEnvelope>(&self.body).ok();
        let said = said.and_then(|envelope| envelope.errors.into_iter().next());
        let said = said.map(|error| format!(": {}", quoted(&error.to_string()))).unwrap_or_default();
        format!("{} answers {}{said}", self.host(), self.status)
    }

    /// The answer, where it is one.
    pub(crate) fn accepted(self) -> Result<Self, Failure> {
        match self.status {
            status if status.is_success() => Ok(self),
            StatusCode::NOT_FOUND => Err(Failure::NotFound(self.complaint())),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Failure::Denied(self.complaint())),
            StatusCode::TOO_MANY_REQUESTS => {
                let wait = self.header(&RETRY_AFTER).map(|wait| format!("; ask again after {}", quoted(wait)));
                let wait = wait.unwrap_or_default();
                Err(Failure::Network(format!("{}: too many requests{wait}", self.complaint())))
            }
            status if status.is_server_error() => Err(Failure::Network(self.complaint())),
            _ => Err(Failure::Failed(self.complaint())),
        }
    }
}
