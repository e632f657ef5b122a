// SPDX-License-Identifier: GPL-3.0-or-later
//! As much HTTP as the tests speak themselves, so that nothing in between tidies up what goes over the wire.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A request, or an answer: its first line, its headers and what follows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    /// `GET /v2/ HTTP/1.1`, `HTTP/1.1 200 OK`.
    pub(crate) start: String,
    /// Names in small letters.
    pub(crate) headers: Vec<(String, String)>,
    /// What follows.
    pub(crate) body: Vec<u8>,
}

impl Message {
    /// Reads one, without what follows. Absent where none comes.
    pub(crate) fn read_head(stream: &mut impl BufRead) -> Option<Self> {
        let mut line = || {
            let mut line = Vec::new();
            stream.read_until(b'\n', &mut line).ok().filter(|&length| length > 0)?;
            Some(String::from_utf8(line).ok()?.trim_end().to_owned())
        };
        let start = line()?;
        let mut headers = Vec::new();
        loop {
            let line = line()?;
            let Some((name, value)) = line.split_once(':') else { return Some(Self { start, headers, body: vec![] }) };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
    }

    /// Reads one of known length, or until the end.
    pub(crate) fn read(stream: &mut impl BufRead, is_answer_to_head: bool) -> Option<Self> {
        let mut message = Self::read_head(stream)?;
        let length = message.header("content-length").and_then(|length| length.parse::<u64>().ok());
        if !is_answer_to_head {
            stream.take(length.unwrap_or(0)).read_to_end(&mut message.body).ok()?;
        }
        Some(message)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The method of a request.
    pub(crate) fn method(&self) -> &str {
        self.start.split(' ').next().unwrap_or_default()
    }

    /// The path of a request, with its parameters.
    pub(crate) fn path(&self) -> &str {
        self.start.split(' ').nth(1).unwrap_or_default()
    }

    /// The status of an answer.
    pub(crate) fn status(&self) -> u16 {
        self.start.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
    }

    /// Sends it.
    pub(crate) fn write(&self, stream: &mut impl Write) -> std::io::Result<()> {
        write!(stream, "{}\r\n", self.start)?;
        for (name, value) in &self.headers {
            write!(stream, "{name}: {value}\r\n")?;
        }
        stream.write_all(b"\r\n")?;
        stream.write_all(&self.body)?;
        stream.flush()
    }
}

/// Asks somebody, and reads the answer.
pub(crate) fn ask(authority: &str, request: &Message) -> Message {
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut request = request.clone();
    request.headers.retain(|(name, _)| name != "connection");
    request.headers.push(("connection".into(), "close".into()));
    request.write(&mut stream).unwrap();
    Message::read(&mut BufReader::new(stream), request.method() == "HEAD").expect("an answer")
}

/// Asks with a body.
pub(crate) fn send(authority: &str, method: &str, path: &str, content_type: &str, body: &[u8]) -> Message {
    let headers = [("host", authority), ("content-type", content_type), ("content-length", &body.len().to_string())];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    ask(authority, &Message { start: format!("{method} {path} HTTP/1.1"), headers, body: body.to_vec() })
}
