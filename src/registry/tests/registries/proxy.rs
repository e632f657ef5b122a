// SPDX-License-Identifier: GPL-3.0-or-later
//! A server that stands in front of a registry, or in its place, and does to every request what the test wants.

use std::io::{BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::http::{self, Message};

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum Deed {
    /// It is passed on, and so is the answer.
    PassOn,
    /// It is answered: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Nothing comes, and nothing ends.
    Stall,
    /// The answer ends in the middle.
    Cut(Vec<u8>),
    /// The answer comes so slowly that it would take forever, and each byte in time.
    Drip(Vec<(&'static str, String)>),
    /// So many bytes come as fast as they are taken.
    Flood(Vec<(&'static str, String)>, u64),
    /// What comes is no HTTP.
    Babble,
}

type Decide = Box<dyn Fn(&Message) -> Deed + Send + Sync>;

struct Shared {
    decide: Decide,
    behind: Option<String>,
    seen: Mutex<Vec<Message>>,
    body_bytes: AtomicU64,
    ended: AtomicBool,
    tls: Option<Arc<ServerConfig>>,
}

/// It runs until this is dropped.
pub(crate) struct Proxy {
    /// Where it listens.
    pub(crate) authority: String,
    shared: Arc<Shared>,
}

impl Proxy {
    /// One in the place of a registry.
    pub(crate) fn start(decide: impl Fn(&Message) -> Deed + Send + Sync + 'static) -> Self {
        Self::start_with(None, None, decide)
    }

    /// One in front of a registry.
    pub(crate) fn before(registry: &str, decide: impl Fn(&Message) -> Deed + Send + Sync + 'static) -> Self {
        Self::start_with(Some(registry.to_owned()), None, decide)
    }

    /// One that speaks TLS if that is wanted.
    pub(crate) fn start_with(
        behind: Option<String>,
        tls: Option<ServerConfig>,
        decide: impl Fn(&Message) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            decide: Box::new(decide),
            behind,
            seen: Mutex::default(),
            body_bytes: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            tls: tls.map(Arc::new),
        });
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if served.ended.load(Ordering::Relaxed) {
                    return;
                }
                let served = Arc::clone(&served);
                std::thread::spawn(move || served.serve(stream));
            }
        });
        Self { authority, shared }
    }

    /// The name of an image in it.
    pub(crate) fn name(&self, image: &str) -> String {
        format!("{}/{image}", self.authority)
    }

    /// The requests that came so far.
    pub(crate) fn seen(&self) -> Vec<Message> {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Their methods and paths.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.seen().iter().map(|request| format!("{} {}", request.method(), request.path())).collect()
    }

    /// How many bytes of content were answered so far.
    pub(crate) fn body_bytes(&self) -> u64 {
        self.shared.body_bytes.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(&self.authority);
    }
}

trait Stream: Read + Write {}
impl<T: Read + Write> Stream for T {}

impl Shared {
    fn serve(&self, stream: TcpStream) {
        stream.set_read_timeout(Some(Duration::from_secs(100))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(100))).unwrap();
        let mut first = [0];
        let speaks_tls = stream.peek(&mut first).is_ok_and(|length| length == 1) && first == [0x16];
        let stream: Box<dyn Stream> = match (&self.tls, speaks_tls) {
            (Some(tls), true) => Box::new(StreamOwned::new(ServerConnection::new(Arc::clone(tls)).unwrap(), stream)),
            (None, false) => Box::new(stream),
            // A greeting in the wrong language.
            _ => return,
        };
        let mut stream = BufReader::new(stream);
        let Some(request) = Message::read(&mut stream, false) else { return };
        let deed = (self.decide)(&request);
        self.seen.lock().unwrap().push(request.clone());
        let _ = self.act(deed, &request, stream.get_mut());
        let _ = stream.get_mut().flush();
    }

    fn act(&self, deed: Deed, request: &Message, stream: &mut impl Write) -> std::io::Result<()> {
        match deed {
            Deed::PassOn => {
                let mut answer = http::ask(self.behind.as_deref().expect("a registry"), request);
                answer.headers.retain(|(name, _)| name != "connection");
                answer.headers.push(("connection".into(), "close".into()));
                self.body_bytes.fetch_add(answer.body.len() as u64, Ordering::Relaxed);
                answer.write(stream)
            }
            Deed::Answer(status, headers, body) => {
                head(stream, status, &headers, Some(body.len() as u64))?;
                let body = if request.method() == "HEAD" { Vec::new() } else { body };
                self.body_bytes.fetch_add(body.len() as u64, Ordering::Relaxed);
                stream.write_all(&body)
            }
            Deed::Stall => {
                self.linger();
                Ok(())
            }
            Deed::Cut(beginning) => {
                head(stream, 200, &[], Some(beginning.len() as u64 + 1000))?;
                stream.write_all(&beginning)
            }
            Deed::Drip(headers) => {
                head(stream, 200, &headers, None)?;
                loop {
                    stream.write_all(b" ")?;
                    stream.flush()?;
                    std::thread::sleep(Duration::from_millis(500));
                }
            }
            Deed::Flood(headers, length) => {
                head(stream, 200, &headers, None)?;
                let part = [b' '; 65536];
                for _ in 0..length.div_ceil(part.len() as u64) {
                    stream.write_all(&part)?;
                    self.body_bytes.fetch_add(part.len() as u64, Ordering::Relaxed);
                }
                Ok(())
            }
            Deed::Babble => stream.write_all(b"220 mail.example ESMTP\r\n\0\0\0\r\n\r\n"),
        }
    }

    fn linger(&self) {
        for _ in 0..1000 {
            if self.ended.load(Ordering::Relaxed) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn head(
    stream: &mut impl Write,
    status: u16,
    headers: &[(&'static str, String)],
    length: Option<u64>,
) -> std::io::Result<()> {
    let mut all: Vec<(String, String)> =
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    all.push(("connection".into(), "close".into()));
    all.extend(length.map(|length| ("content-length".to_owned(), length.to_string())));
    Message { start: format!("HTTP/1.1 {status} Answer"), headers: all, body: vec![] }.write(stream)
}
