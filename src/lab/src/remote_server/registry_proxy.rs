// SPDX-License-Identifier: GPL-3.0-or-later
//! Requests for container images, passed on to the lab's registry.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::uri::Uri;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::request_log::Entry;
use super::{RegistryBehind, Site};

/// What concerns one connection only.
const OF_THE_CONNECTION: [HeaderName; 5] =
    [header::CONNECTION, header::TRANSFER_ENCODING, header::TE, header::UPGRADE, header::TRAILER];

/// Asks the registry.
pub(super) type Asker = Client<HttpConnector, Body>;

pub(super) fn asker() -> Asker {
    Client::builder(TokioExecutor::new()).build_http()
}

/// The path is the registry's business.
pub(super) fn concerns(path: &str) -> bool {
    path == "/v2" || path.starts_with("/v2/")
}

/// Answers a request that is the registry's business.
pub(super) async fn answer(site: Arc<Site>, request: Request, entry: &Arc<Entry>) -> Response {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if !site.registry.lets_in(&request) {
        return unauthorized();
    }
    match site.registry.port.load(Ordering::Relaxed) {
        0 => StatusCode::NOT_FOUND.into_response(),
        port => pass_on(site, request, port, Arc::clone(entry)).await,
    }
}

impl RegistryBehind {
    fn lets_in(&self, request: &Request) -> bool {
        let wanted = self.authorization.read().unwrap_or_else(PoisonError::into_inner);
        let sent = request.headers().get(header::AUTHORIZATION);
        wanted.as_ref().is_none_or(|wanted| sent.is_some_and(|sent| sent == wanted.as_str()))
    }
}

/// What a registry says to those whom it does not know.
fn unauthorized() -> Response {
    let error = r#"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::WWW_AUTHENTICATE, r#"Basic realm="lab""#),
        (HeaderName::from_static("docker-distribution-api-version"), "registry/2.0"),
    ];
    (StatusCode::UNAUTHORIZED, headers, error).into_response()
}

/// Passes a request on to the registry at `port`, and its answer back at the remote's pace.
async fn pass_on(site: Arc<Site>, mut request: Request, port: u16, entry: Arc<Entry>) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://127.0.0.1:{port}{path}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    keep_own(request.headers_mut());
    request.headers_mut().remove(header::AUTHORIZATION);
    let Ok(answer) = site.registry.ask.request(request).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (mut head, body) = answer.into_parts();
    keep_own(&mut head.headers);
    let arriving = Body::new(body).into_data_stream();
    let pieces = stream::unfold((arriving, Bytes::new()), move |(mut arriving, mut left)| {
        let (site, entry) = (Arc::clone(&site), Arc::clone(&entry));
        async move {
            while left.is_empty() {
                match arriving.next().await? {
                    Ok(bytes) => left = bytes,
                    Err(error) => return Some((Err(std::io::Error::other(error)), (arriving, left))),
                }
            }
            let piece = site.next_piece(&mut left).await;
            entry.sent(piece.as_ref().map_or(0, |piece| piece.len() as u64));
            Some((piece, (arriving, left)))
        }
    });
    Response::from_parts(head, Body::from_stream(pieces))
}

/// What a registry says to those who ask too often.
pub(super) fn too_many_requests() -> Response {
    let error = r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"you have reached your pull rate limit"}]}"#;
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::RETRY_AFTER, "1")];
    (StatusCode::TOO_MANY_REQUESTS, headers, error).into_response()
}

fn keep_own(headers: &mut HeaderMap) {
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
}
