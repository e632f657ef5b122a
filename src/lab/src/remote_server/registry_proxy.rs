// SPDX-License-Identifier: GPL-3.0-or-later
//! Requests for container images, passed on to the lab's registry.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::uri::Uri;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

use super::Site;

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

/// Passes a request on to the registry at `port`, and its answer back at the remote's pace.
pub(super) async fn pass_on(site: Arc<Site>, mut request: Request, port: u16) -> Response {
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let Ok(uri) = format!("http://127.0.0.1:{port}{path}").parse::<Uri>() else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    *request.uri_mut() = uri;
    keep_own(request.headers_mut());
    let Ok(answer) = site.registry.ask.request(request).await else { return StatusCode::BAD_GATEWAY.into_response() };
    let (mut head, body) = answer.into_parts();
    keep_own(&mut head.headers);
    let arriving = Body::new(body).into_data_stream();
    let pieces = stream::unfold((site, arriving, Bytes::new()), |(site, mut arriving, mut left)| async move {
        while left.is_empty() {
            match arriving.next().await? {
                Ok(bytes) => left = bytes,
                Err(error) => return Some((Err(std::io::Error::other(error)), (site, arriving, left))),
            }
        }
        let piece = site.next_piece(&mut left).await;
        Some((piece, (site, arriving, left)))
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
