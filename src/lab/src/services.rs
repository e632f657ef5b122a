// SPDX-License-Identifier: GPL-3.0-or-later
//! What runs on the machine: bus, polkit, the sockets of engine and lookup, and stand-ins for what else a
//! desktop asks: the login manager, NetworkManager, UPower.
//!
//! This is the lab's second stage, a process of its own inside the machine. What it has to say it writes to its output,
//! one [`ServiceEvent`] a line.

mod credentials;
mod directories;
mod listening_socket;
mod login_manager;
mod network_manager;
mod next_root;
mod power;
mod relay;
mod service_process;
mod surroundings;

use std::io::Write;
use std::os::unix::fs::{FileTypeExt, chown};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use nix::mount::{MsFlags, mount};
use serde::{Deserialize, Serialize};
use tokio::process::{Child, Command};

use self::listening_socket::ListeningSocket;
pub use self::relay::relay;
pub use self::service_process::run as run_service;
pub(crate) use self::surroundings::SurroundingsControlProxy;
use crate::accounts;
use crate::control::Start;

/// This program, as the machine has it.
pub(crate) const LAB: &str = "/usr/bin/isotope-lab";
const BUS: &str = "/run/dbus/system_bus_socket";
const UNITS: &str = "/usr/lib/systemd/system";
/// Each starts a service of the same name for every connection.
const SOCKETS: [&str; 2] = ["isotope-engine", "isotope-lookup"];
const POLKITD: &str = "/usr/lib/polkit-1/polkitd";
const PATIENCE: Duration = Duration::from_secs(15);
/// The relay's socket below /run.
pub(crate) const PERSON_BUS: &str = "isotope-lab/person-bus.sock";

/// What the services tell the supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ServiceEvent {
    /// Bus, polkit and the sockets answer.
    Ready,
    /// Somebody asked the login manager to restart.
    Reboot(Reboot),
    /// Somebody asked the login manager to switch off.
    PowerOff,
}

/// A restart as the login manager understood it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Reboot {
    pub(crate) start: Start,
    /// What a soft restart goes on with: the folder of a deployment; where there is none, with the same root.
    pub(crate) next_root: Option<String>,
    pub(crate) flags: Option<u64>,
}

impl ServiceEvent {
    /// Writes the event to the supervisor.
    fn send(&self) -> Result<()> {
        let mut output = std::io::stdout().lock();
        writeln!(output, "{}", serde_json::to_string(self)?)?;
        Ok(output.flush()?)
    }
}

/// Starts the services and keeps them until the machine ends.
///
/// # Errors
/// One of them does not come up.
pub fn run() -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let _services = start().await?;
        ServiceEvent::Ready.send()?;
        std::future::pending().await
    })
}

struct Services {
    _children: Vec<Child>,
    _sockets: Vec<ListeningSocket>,
    _stand_ins: zbus::Connection,
}

async fn start() -> Result<Services> {
    // bubblewrap takes the setuid bit away with a mount flag; the bus and polkit have setuid helpers.
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY;
    mount(None::<&str>, "/usr", None::<&str>, flags, None::<&str>).context("cannot allow setuid programs in /usr")?;
    directories::create()?;

    let mut children = Vec::new();
    let mut bus = command("/usr/bin/dbus-daemon");
    bus.args(["--system", "--nofork", "--nopidfile", "--nosyslog"]);
    children.push(bus.spawn().context("cannot start the system bus")?);
    until("the system bus listens", async || Ok(std::os::unix::net::UnixStream::connect(BUS).is_ok())).await?;

    let mut polkit = command("/usr/bin/setpriv");
    polkit.args(["--reuid", "polkitd", "--regid", "polkitd", "--clear-groups", "--"]);
    polkit.args([POLKITD, "--no-debug", "--log-level=notice"]);
    children.push(polkit.spawn().context("cannot start polkit")?);
    let sockets = SOCKETS.map(ListeningSocket::start).into_iter().collect::<Result<Vec<_>>>()?;
    children.push(start_relay()?);

    let connection = surroundings::start(BUS).await?;
    let names = zbus::fdo::DBusProxy::new(&connection).await?;
    until("polkit is on the bus", async || Ok(names.name_has_owner("org.freedesktop.PolicyKit1".try_into()?).await?))
        .await?;
    for socket in &sockets {
        socket.hand_over().await?;
    }
    for socket in &sockets {
        socket.open_folder()?;
    }
    until("the relay listens", async || Ok(is_socket(&Path::new("/run").join(PERSON_BUS)))).await?;
    Ok(Services { _children: children, _sockets: sockets, _stand_ins: connection })
}

/// A way to the bus for clients outside: the bus and polkit see a process of the machine.
fn start_relay() -> Result<Child> {
    let person = accounts::find("person")?;
    let socket = Path::new("/run").join(PERSON_BUS);
    if let Some(folder) = socket.parent() {
        std::fs::create_dir_all(folder)?;
        chown(folder, Some(person.user), Some(person.group))?;
    }
    let mut relay = command("/usr/bin/setpriv");
    relay.args(["--reuid", "person", "--regid", "person", "--init-groups", "--"]);
    relay.arg(LAB).arg("relay").arg(socket).arg(BUS);
    relay.spawn().context("cannot start the relay to the bus")
}

/// A child that logs to the machine's log and ends with this process.
fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).stdout(std::io::stderr()).kill_on_drop(true);
    command
}

fn is_socket(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_socket())
}

/// Waits for `condition`, and says what it waited for when that does not come.
async fn until(what: &str, condition: impl AsyncFn() -> Result<bool>) -> Result<()> {
    let waiting = async {
        while !condition().await? {
            tokio::time::sleep(Duration::from_millis(4)).await;
        }
        Ok(())
    };
    tokio::time::timeout(PATIENCE, waiting).await.with_context(|| format!("waited in vain until {what}"))?
}
