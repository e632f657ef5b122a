// SPDX-License-Identifier: GPL-3.0-or-later
//! Debian's `docker-registry` on loopback.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::http;
use crate::image::{Image, digest_of};

/// `person` and `secret`.
const PASSWORDS: &str = "person:$2b$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

/// It runs until this is dropped.
pub(crate) struct Registry {
    process: Child,
    /// Where it listens.
    pub(crate) authority: String,
    _folder: TempDir,
}

impl Registry {
    /// One that gives everybody everything.
    pub(crate) fn start() -> Self {
        Self::start_with(false)
    }

    /// One that wants a name and a password: `person` and `secret`.
    pub(crate) fn start_with_login() -> Self {
        Self::start_with(true)
    }

    fn start_with(login: bool) -> Self {
        // Somebody else may take the port meanwhile.
        (0..5).find_map(|_| Self::start_once(login)).expect("docker-registry starts")
    }

    fn start_once(login: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let authority = format!("127.0.0.1:{port}");
        let mut configuration = json!({
            "version": "0.1",
            "log": { "level": "error", "accesslog": { "disabled": true } },
            "storage": { "filesystem": { "rootdirectory": folder.path() } },
            "http": { "addr": authority },
        });
        if login {
            let passwords = folder.path().join("passwords");
            std::fs::write(&passwords, PASSWORDS).unwrap();
            configuration["auth"] = json!({ "htpasswd": { "realm": "test", "path": passwords } });
        }
        let path = folder.path().join("registry.json");
        std::fs::write(&path, configuration.to_string()).unwrap();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "docker-registry", "serve"]).arg(path);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut registry = Self { process: command.spawn().unwrap(), authority, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline && registry.process.try_wait().unwrap().is_none() {
            if TcpStream::connect(&registry.authority).is_ok() {
                return Some(registry);
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// The name of an image in it.
    pub(crate) fn name(&self, image: &str) -> String {
        format!("{}/{image}", self.authority)
    }

    /// Publishes an image under a tag.
    pub(crate) fn push(&self, repository: &str, tag: &str, image: &Image) {
        for blob in image.blobs() {
            self.push_blob(repository, blob);
        }
        self.push_manifest(repository, tag, image.media_type, &image.manifest);
    }

    /// Publishes a document that names what is there already.
    pub(crate) fn push_manifest(&self, repository: &str, tag: &str, media_type: &str, manifest: &[u8]) {
        let path = format!("/v2/{repository}/manifests/{tag}");
        let answer = http::send(&self.authority, "PUT", &path, media_type, manifest);
        assert_eq!(answer.status(), 201, "{}", String::from_utf8_lossy(&answer.body));
    }

    fn push_blob(&self, repository: &str, blob: &[u8]) {
        let start = http::send(&self.authority, "POST", &format!("/v2/{repository}/blobs/uploads/"), "text/plain", b"");
        let location = start.header("location").expect("a place to upload to");
        let path = location.split_once(&self.authority).map_or(location, |(_, path)| path);
        let path = format!("{path}&digest={}", digest_of(blob));
        let answer = http::send(&self.authority, "PUT", &path, "application/octet-stream", blob);
        assert_eq!(answer.status(), 201, "{}", String::from_utf8_lossy(&answer.body));
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
