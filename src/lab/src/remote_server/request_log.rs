// SPDX-License-Identifier: GPL-3.0-or-later
//! What was asked of the registry and how much was answered.

use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Result, ensure};
use axum::body::HttpBody;
use axum::extract::Request;
use axum::http::Method;
use axum::response::Response;
use serde::{Deserialize, Serialize};

/// More than this many are not remembered.
const MOST: usize = 4096;
/// Nor is more of a path than these characters.
const LONGEST_PATH: usize = 1024;

/// A request to the registry, as the machine sent it to the web server in front.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryRequest {
    /// GET, HEAD, …
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// The status of the answer; nothing for as long as there is none.
    pub status: Option<u16>,
    /// Bytes of the answer's body that were sent so far.
    pub bytes: u64,
}

/// The requests of some time.
#[derive(Debug, Default)]
pub(super) struct RequestLog {
    asked: Mutex<Asked>,
}

#[derive(Debug, Default)]
struct Asked {
    requests: Vec<Arc<Entry>>,
    forgotten: u64,
}

/// One that may still be being answered.
#[derive(Debug)]
pub(super) struct Entry {
    method: Method,
    path: String,
    /// 0 for as long as there is none.
    status: AtomicU16,
    bytes: AtomicU64,
}

impl RequestLog {
    pub(super) fn note(&self, request: &Request) -> Arc<Entry> {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let entry = Arc::new(Entry {
            method: request.method().clone(),
            path: path.chars().take(LONGEST_PATH).collect(),
            status: AtomicU16::new(0),
            bytes: AtomicU64::new(0),
        });
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.requests.len() < MOST {
            asked.requests.push(Arc::clone(&entry));
        } else {
            asked.forgotten += 1;
        }
        entry
    }

    /// All since this was called last, in order.
    pub(super) fn take(&self) -> Result<Vec<RegistryRequest>> {
        let asked = std::mem::take(&mut *self.asked.lock().unwrap_or_else(PoisonError::into_inner));
        ensure!(asked.forgotten == 0, "there were {} requests more than are remembered ({MOST})", asked.forgotten);
        Ok(asked.requests.iter().map(|entry| entry.told()).collect())
    }
}

impl Entry {
    /// A body whose length is known beforehand is sent at once.
    pub(super) fn answered(&self, answer: &Response) {
        self.status.store(answer.status().as_u16(), Ordering::Relaxed);
        if self.method != Method::HEAD {
            self.sent(answer.body().size_hint().exact().unwrap_or(0));
        }
    }

    pub(super) fn sent(&self, bytes: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    fn told(&self) -> RegistryRequest {
        let status = self.status.load(Ordering::Relaxed);
        RegistryRequest {
            method: self.method.to_string(),
            path: self.path.clone(),
            status: (status != 0).then_some(status),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::response::IntoResponse;

    fn request(method: Method, path: &str) -> Request {
        Request::builder().method(method).uri(path).body(Body::empty()).unwrap()
    }

    #[test]
    fn requests_are_told_once_and_in_order() {
        let log = RequestLog::default();
        log.note(&request(Method::HEAD, "/v2/a?b=c")).answered(&"body".into_response());
        log.note(&request(Method::GET, "/v2/")).answered(&"body".into_response());
        log.note(&request(Method::GET, "/v2/slow"));
        let told = log.take().unwrap();
        let told = told.iter().map(|one| (one.method.as_str(), one.path.as_str(), one.status, one.bytes));
        let expected =
            [("HEAD", "/v2/a?b=c", Some(200), 0), ("GET", "/v2/", Some(200), 4), ("GET", "/v2/slow", None, 0)];
        assert_eq!(told.collect::<Vec<_>>(), expected);
        assert!(log.take().unwrap().is_empty());
    }

    #[test]
    fn not_remembering_all_is_said() {
        let log = RequestLog::default();
        for _ in 0..=MOST {
            log.note(&request(Method::GET, &format!("/v2/{}", "x".repeat(2 * LONGEST_PATH))));
        }
        assert!(log.take().unwrap_err().to_string().contains("1 requests more"));
        assert!(log.take().unwrap().is_empty());
    }
}
