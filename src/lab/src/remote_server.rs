// SPDX-License-Identifier: GPL-3.0-or-later
//! The web server of the lab's remote; how well it serves can be changed while it runs.

mod pace;
mod registry_proxy;
mod request_log;

use std::future::IntoFuture;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::sync::watch;

use self::pace::Pace;
use self::registry_proxy::Asker;
pub use self::request_log::RegistryRequest;
use self::request_log::RequestLog;
use crate::Login;

/// How the remote answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteBehaviour {
    /// The rate of all connections together; unlimited unless given.
    pub bytes_per_second: Option<u64>,
    /// How long each request waits before it is answered.
    pub delay_milliseconds: u64,
    /// Whether it answers at all.
    pub availability: Availability,
}

/// Whether the remote answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Availability {
    /// It answers.
    #[default]
    Available,
    /// Nobody listens: connections are refused, and those that stand are cut.
    Refused,
    /// Every request gets the status 503, and bodies on their way are cut.
    Unavailable,
    /// Requests are taken, and nothing more is sent until this changes.
    Stalled,
    /// Every request gets the status 429, as from a registry that limits how often one may ask; bodies on their way
    /// arrive.
    TooManyRequests,
}

/// What the remote has served since its supervisor started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteTraffic {
    /// Requests.
    pub requests: u64,
    /// Bytes of bodies.
    pub bytes: u64,
}

/// The running server.
#[derive(Debug)]
pub(crate) struct RemoteServer {
    port: u16,
    runtime: Handle,
    site: Arc<Site>,
    listening: watch::Receiver<bool>,
}

#[derive(Debug)]
struct Site {
    root: PathBuf,
    behaviour: watch::Sender<RemoteBehaviour>,
    pace: Pace,
    registry: RegistryBehind,
    requests: AtomicU64,
    bytes: AtomicU64,
}

/// The registry that the server stands in front of.
#[derive(Debug)]
struct RegistryBehind {
    /// 0 for as long as there is none.
    port: AtomicU16,
    ask: Asker,
    /// What `Authorization` must be; where there is nothing, everybody may ask.
    authorization: RwLock<Option<String>>,
    log: RequestLog,
}

impl RemoteServer {
    /// Serves `root` on `wanted_port` where it is free, else on any.
    pub(crate) fn start(runtime: &Handle, root: PathBuf, wanted_port: u16) -> Result<Self> {
        let listener = runtime.block_on(async {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, wanted_port)).await {
                Ok(listener) => Ok(listener),
                Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
            }
        });
        let listener = listener.context("the remote's web server cannot listen")?;
        let port = listener.local_addr()?.port();
        let site = Arc::new(Site {
            root,
            behaviour: watch::channel(RemoteBehaviour::default()).0,
            pace: Pace::default(),
            registry: RegistryBehind {
                port: AtomicU16::new(0),
                ask: registry_proxy::asker(),
                authorization: RwLock::default(),
                log: RequestLog::default(),
            },
            requests: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
        });
        let (listens, listening) = watch::channel(true);
        runtime.spawn(listen(listener, Arc::clone(&site), listens));
        Ok(Self { port, runtime: runtime.clone(), site, listening })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on requests for container images go to the registry at `port`.
    pub(crate) fn stand_in_front_of(&self, port: u16) {
        self.site.registry.port.store(port, Ordering::Relaxed);
    }

    pub(crate) fn behaviour(&self) -> RemoteBehaviour {
        *self.site.behaviour.borrow()
    }

    /// Returns when the change has taken effect.
    pub(crate) fn set(&self, behaviour: RemoteBehaviour) -> Result<()> {
        self.site.behaviour.send_replace(behaviour);
        let listens = behaviour.availability != Availability::Refused;
        let mut listening = self.listening.clone();
        self.runtime.block_on(async {
            let settled = listening.wait_for(|now| *now == listens);
            tokio::time::timeout(Duration::from_secs(10), settled).await.is_ok_and(|settled| settled.is_ok())
        });
        anyhow::ensure!(
            *self.listening.borrow() == listens,
            "the remote's web server cannot listen on port {} again",
            self.port
        );
        Ok(())
    }

    /// From now on the registry answers only those who log in so, or everybody.
    pub(crate) fn require_login(&self, login: Option<&Login>) {
        let mut authorization = self.site.registry.authorization.write().unwrap_or_else(PoisonError::into_inner);
        *authorization = login.map(Login::authorization);
    }

    /// What was asked of the registry since this was called last.
    pub(crate) fn take_registry_requests(&self) -> Result<Vec<RegistryRequest>> {
        self.site.registry.log.take()
    }

    pub(crate) fn traffic(&self) -> RemoteTraffic {
        RemoteTraffic {
            requests: self.site.requests.load(Ordering::Relaxed),
            bytes: self.site.bytes.load(Ordering::Relaxed),
        }
    }
}

/// Listens for as long as connections are not to be refused.
async fn listen(listener: TcpListener, site: Arc<Site>, listens: watch::Sender<bool>) {
    let Ok(address) = listener.local_addr() else { return };
    let mut listener = Some(listener);
    let mut behaviour = site.behaviour.subscribe();
    loop {
        let socket = match listener.take() {
            Some(socket) => socket,
            None => bind_again(address).await,
        };
        listens.send_replace(true);
        let router = Router::new().fallback(answer).with_state(Arc::clone(&site));
        tokio::select! {
            _ = axum::serve(socket, router).into_future() => {}
            refused = behaviour.wait_for(|now| now.availability == Availability::Refused) => {
                if refused.is_err() { return }
            }
        }
        listens.send_replace(false);
        if behaviour.wait_for(|now| now.availability != Availability::Refused).await.is_err() {
            return;
        }
    }
}

async fn bind_again(address: SocketAddr) -> TcpListener {
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return listener,
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

async fn answer(State(site): State<Arc<Site>>, request: Request) -> Response {
    site.requests.fetch_add(1, Ordering::Relaxed);
    if !registry_proxy::concerns(request.uri().path()) {
        return match site.unwilling().await {
            Some(refusal) => refusal,
            None => send_file(site, request).await,
        };
    }
    let entry = site.registry.log.note(&request);
    let answer = match site.unwilling().await {
        Some(refusal) => refusal,
        None => registry_proxy::answer(site, request, &entry).await,
    };
    entry.answered(&answer);
    answer
}

async fn send_file(site: Arc<Site>, request: Request) -> Response {
    let method = request.method();
    if method != Method::GET && method != Method::HEAD {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let contents = match file_of(&site.root, request.uri().path()) {
        Some(path) => tokio::fs::read(path).await.ok(),
        None => None,
    };
    let Some(contents) = contents else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [(header::CONTENT_LENGTH, contents.len().to_string())];
    if method == Method::HEAD {
        return headers.into_response();
    }
    let pieces = stream::unfold((site, Bytes::from(contents)), |(site, mut left)| async move {
        if left.is_empty() {
            return None;
        }
        let piece = site.next_piece(&mut left).await;
        if piece.is_err() {
            left = Bytes::new();
        }
        Some((piece, (site, left)))
    });
    (headers, Body::from_stream(pieces)).into_response()
}

impl Site {
    /// Waits as long as a request is to wait, and says what is said where it is not to be answered.
    async fn unwilling(&self) -> Option<Response> {
        let delay = self.behaviour.borrow().delay_milliseconds;
        tokio::time::sleep(Duration::from_millis(delay)).await;
        match self.wait_while_stalled().await {
            Availability::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE.into_response()),
            Availability::TooManyRequests => Some(registry_proxy::too_many_requests()),
            Availability::Available | Availability::Refused | Availability::Stalled => None,
        }
    }

    async fn wait_while_stalled(&self) -> Availability {
        let mut behaviour = self.behaviour.subscribe();
        match behaviour.wait_for(|now| now.availability != Availability::Stalled).await {
            Ok(now) => now.availability,
            Err(_) => Availability::Refused,
        }
    }

    /// Cuts the next piece off `left`, when it is its turn.
    async fn next_piece(&self, left: &mut Bytes) -> Result<Bytes, std::io::Error> {
        if !matches!(self.wait_while_stalled().await, Availability::Available | Availability::TooManyRequests) {
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        let rate = self.behaviour.borrow().bytes_per_second;
        let piece = left.split_to(pace::piece_size(rate).min(left.len()));
        if let Some(rate) = rate {
            self.pace.wait_for_turn(piece.len(), rate).await;
        }
        self.bytes.fetch_add(piece.len() as u64, Ordering::Relaxed);
        Ok(piece)
    }
}

/// The file that a request path means, if it stays below `root`.
fn file_of(root: &Path, path: &str) -> Option<PathBuf> {
    let mut file = root.to_path_buf();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = percent_decoded(part)?;
        if part == "." || part == ".." || part.contains(['/', '\0']) {
            return None;
        }
        file.push(part);
    }
    Some(file)
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_stay_below_the_root() {
        let root = Path::new("/srv");
        assert_eq!(file_of(root, "/refs/heads/a%2Bb"), Some("/srv/refs/heads/a+b".into()));
        for path in ["/../etc/passwd", "/a/%2e%2e/b", "/a%2f..%2fb", "/%", "/%zz"] {
            assert_eq!(file_of(root, path), None, "{path}");
        }
    }
}
