// SPDX-License-Identifier: GPL-3.0-or-later
//! The lab's container registry: Debian's `docker-registry` on loopback. The machine reaches it through the remote's web
//! server, so that whatever is done to that one counts for images as well.

use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::command::tail_of_file;
use crate::configuration::Folder;

const LOG: &str = "registry";
const PATIENCE: Duration = Duration::from_secs(15);
/// Between choosing a port and listening on it somebody else may take it.
const TRIES: u32 = 5;

/// It runs until this is dropped.
#[derive(Debug)]
pub(crate) struct Registry {
    process: Child,
    port: u16,
}

impl Registry {
    /// Starts it and waits until it answers.
    pub(crate) fn start(folder: &Folder) -> Result<Self> {
        std::fs::create_dir_all(folder.registry())?;
        let mut tries = 0;
        loop {
            tries += 1;
            let mut registry = Self::start_once(folder)?;
            match registry.wait() {
                Ok(()) => return Ok(registry),
                Err(error) if tries == TRIES => {
                    return Err(error.context(tail_of_file(&folder.log(LOG), 5)));
                }
                Err(_) => {}
            }
        }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    fn start_once(folder: &Folder) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let configuration = folder.temporary().join("registry.json");
        std::fs::write(&configuration, configuration_of(folder, port)?)?;
        let log = OpenOptions::new().create(true).append(true).open(folder.log(LOG))?;
        // It ends with the supervisor, whatever becomes of that.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "docker-registry", "serve"]).arg(&configuration);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).env_clear();
        command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        let process = command.spawn().context("cannot start the registry (docker-registry)")?;
        Ok(Self { process, port })
    }

    fn wait(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.process.try_wait()? {
                bail!("the registry ended ({status}); is docker-registry installed?");
            }
            if answers(self.port).unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        bail!("the registry does not answer");
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// It is a registry that answers, not something else that listens there.
fn answers(port: u16) -> Result<bool> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(Duration::from_secs(1)))?;
    stream.write_all(b"GET /v2/ HTTP/1.0\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(4096).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).to_lowercase().contains("docker-distribution-api-version"))
}

/// JSON is YAML as well.
fn configuration_of(folder: &Folder, port: u16) -> Result<Vec<u8>> {
    let configuration = serde_json::json!({
        "version": "0.1",
        "log": { "level": "warn", "accesslog": { "disabled": true } },
        "storage": {
            "filesystem": { "rootdirectory": folder.registry() },
            "delete": { "enabled": true },
            "maintenance": { "uploadpurging": { "enabled": false } },
        },
        "http": { "addr": format!("127.0.0.1:{port}"), "relativeurls": true },
    });
    Ok(serde_json::to_vec(&configuration)?)
}
