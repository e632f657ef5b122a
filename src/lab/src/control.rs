// SPDX-License-Identifier: GPL-3.0-or-later
//! What is said over a lab's control socket: one JSON order a connection, one JSON answer.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

use crate::surroundings::{LoggedIn, Network, PowerSupply};
use crate::{BootEntry, Login, PolkitPreset, RegistryRequest, RemoteBehaviour, RemoteTraffic};

/// What the supervisor is asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub(crate) enum Order {
    Status,
    Boot {
        /// Which line of the boot menu.
        entry: usize,
    },
    ShutDown {
        /// Pull the plug so long after finalisation began.
        cut_after_milliseconds: Option<u64>,
    },
    Restart,
    PullPlug,
    Polkit {
        preset: PolkitPreset,
    },
    Network {
        network: Network,
    },
    PowerSupply {
        power: PowerSupply,
    },
    LogIn {
        session: LoggedIn,
    },
    Remote {
        behaviour: RemoteBehaviour,
    },
    /// Let only those ask the registry who log in so, or everybody.
    RequireLogin {
        login: Option<Login>,
    },
    /// Tell what was asked of the registry since the last time.
    TakeRegistryRequests,
    Disk {
        read_only: bool,
    },
    /// Start the registry unless it runs.
    Registry,
    /// Pull the plug, unmount everything and end.
    End,
}

/// What the supervisor says to it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Answer {
    Done,
    /// Whether finalisation was still running when the plug was pulled.
    ShutDown {
        cut: bool,
    },
    Status(Box<Status>),
    RegistryRequests(Vec<RegistryRequest>),
    Failed(String),
}

/// How the lab stands.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) machine: MachineState,
    pub(crate) booted: Option<BootEntry>,
    /// The first process of the machine's namespace, as seen from outside.
    pub(crate) init: Option<i32>,
    pub(crate) remote: RemoteBehaviour,
    pub(crate) traffic: RemoteTraffic,
    pub(crate) port: u16,
    /// Where images are pushed to, if the registry runs.
    #[serde(default)]
    pub(crate) registry_port: Option<u16>,
    pub(crate) polkit: PolkitPreset,
}

/// How the machine stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineState {
    /// On or off.
    pub power: Power,
    /// How often it was booted since its supervisor started.
    pub boots: u32,
    /// How it was started last.
    pub start: Start,
    /// What the login manager's `RebootWithFlags` was told for that, if that was asked for it.
    pub reboot_flags: Option<u64>,
}

/// How a machine is started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// With the kernel, as the boot loader does it.
    #[default]
    Hard,
    /// From another root: the kernel ran on, with the command line that it had.
    Soft,
}

/// On or off, and what is between.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Power {
    /// Nothing runs.
    #[default]
    Off,
    /// It boots.
    Starting,
    /// It is up.
    Running,
    /// It shuts down, to stay off.
    Stopping,
    /// It shuts down, to boot again.
    Restarting,
}

/// Sends one order and waits for its answer.
pub(crate) fn ask(socket: &Path, order: &Order) -> Result<Answer> {
    let mut stream =
        UnixStream::connect(socket).with_context(|| format!("no supervisor answers at {}", socket.display()))?;
    let mut line = serde_json::to_string(order)?;
    line.push('\n');
    stream.write_all(line.as_bytes())?;
    let mut answer = String::new();
    BufReader::new(stream).read_line(&mut answer)?;
    if answer.is_empty() {
        bail!("the lab's supervisor ended without an answer");
    }
    match serde_json::from_str(&answer).context("the lab's supervisor is of another version")? {
        Answer::Failed(message) => bail!(message),
        answer => Ok(answer),
    }
}
