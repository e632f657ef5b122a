// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for the login manager: restarts the lab's machine unless somebody holds it back.

use std::collections::HashMap;
use std::io::{PipeReader, Read};
use std::os::fd::OwnedFd;
use std::time::Duration;

use anyhow::Result;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::zvariant;

use super::{Reboot, ServiceEvent, next_root};
use crate::control::Start;

/// Who asks for a restart is ended by it, as everybody is, but hears the answer before.
const TIME_FOR_REPLY: Duration = Duration::from_millis(200);
const PATH: &str = "/org/freedesktop/login1";

/// Flags of the methods that end the system; see org.freedesktop.login1(5).
const CHECK_INHIBITORS_OF_ROOT: u64 = 1 << 0;
const KEXEC: u64 = 1 << 1;
const SOFT: u64 = 1 << 2;
const SOFT_IF_NEXT_ROOT: u64 = 1 << 3;
const SKIP_INHIBITORS: u64 = 1 << 4;
const KNOWN_FLAGS: u64 = CHECK_INHIBITORS_OF_ROOT | KEXEC | SOFT | SOFT_IF_NEXT_ROOT | SKIP_INHIBITORS;

/// Goes on the bus at `socket`.
pub(super) async fn start(socket: &str) -> Result<zbus::Connection> {
    let address = format!("unix:path={socket}");
    let manager = LoginManager::default();
    let builder = zbus::connection::Builder::address(address.as_str())?;
    Ok(builder.serve_at(PATH, manager)?.name("org.freedesktop.login1")?.build().await?)
}

#[derive(Debug, Default)]
struct LoginManager {
    inhibitors: Vec<Inhibitor>,
}

/// Held for as long as the other end of the pipe is open anywhere.
#[derive(Debug)]
struct Inhibitor {
    what: String,
    who: String,
    why: String,
    mode: String,
    user: u32,
    process: u32,
    pipe: PipeReader,
}

impl Inhibitor {
    fn is_held(&self) -> bool {
        // Nobody writes: a held pipe would block, a released one is at its end.
        matches!((&self.pipe).read(&mut [0]), Err(error) if error.kind() == std::io::ErrorKind::WouldBlock)
    }

    fn blocks_shutdown(&self) -> bool {
        self.mode != "delay" && self.what.split(':').any(|what| what == "shutdown")
    }
}

#[derive(Debug, zbus::DBusError)]
#[zbus(prefix = "org.freedesktop")]
enum LoginError {
    #[zbus(error)]
    ZBus(zbus::Error),
    #[zbus(name = "login1.BlockedByInhibitorLock")]
    BlockedByInhibitorLock(String),
    #[zbus(name = "DBus.Error.InvalidArgs")]
    InvalidArgs(String),
}

/// Which restart is meant by the flags of `RebootWithFlags`, where a system stands ready for a soft one or not.
fn start_meant(flags: u64, next_root: bool) -> Result<Start, LoginError> {
    if flags & !KNOWN_FLAGS != 0 {
        return Err(LoginError::InvalidArgs("Invalid flags parameter".to_owned()));
    }
    if flags & KEXEC != 0 && flags & SOFT != 0 {
        let message = "Both reboot via kexec and soft reboot selected, which is not supported";
        return Err(LoginError::InvalidArgs(message.to_owned()));
    }
    let soft = flags & SOFT != 0 || (flags & SOFT_IF_NEXT_ROOT != 0 && next_root);
    Ok(if soft { Start::Soft } else { Start::Hard })
}

impl LoginManager {
    fn held(&mut self) -> &[Inhibitor] {
        self.inhibitors.retain(Inhibitor::is_held);
        &self.inhibitors
    }

    fn require_uninhibited(&mut self) -> Result<(), LoginError> {
        if let Some(holder) = self.held().iter().find(|inhibitor| inhibitor.blocks_shutdown()) {
            let Inhibitor { who, why, process, .. } = holder;
            let message = format!("Operation denied due to active block inhibitor: {who} (PID {process}): {why}");
            return Err(LoginError::BlockedByInhibitorLock(message));
        }
        Ok(())
    }

    async fn end(emitter: &SignalEmitter<'_>, event: ServiceEvent) -> Result<(), LoginError> {
        Self::prepare_for_shutdown(emitter, true).await?;
        tokio::spawn(async move {
            tokio::time::sleep(TIME_FOR_REPLY).await;
            if let Err(error) = event.send() {
                eprintln!("the supervisor does not hear of {event:?}: {error:#}");
            }
        });
        Ok(())
    }
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl LoginManager {
    async fn reboot(
        &mut self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        _interactive: bool,
    ) -> Result<(), LoginError> {
        self.require_uninhibited()?;
        Self::end(&emitter, ServiceEvent::Reboot(Reboot::default())).await
    }

    async fn reboot_with_flags(
        &mut self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        flags: u64,
    ) -> Result<(), LoginError> {
        let start = start_meant(flags, next_root::is_system())?;
        if flags & SKIP_INHIBITORS == 0 {
            self.require_uninhibited()?;
        }
        let next_root = if start == Start::Soft { next_root::deployment() } else { None };
        Self::end(&emitter, ServiceEvent::Reboot(Reboot { start, next_root, flags: Some(flags) })).await
    }

    async fn power_off(
        &mut self,
        #[zbus(signal_emitter)] emitter: SignalEmitter<'_>,
        _interactive: bool,
    ) -> Result<(), LoginError> {
        self.require_uninhibited()?;
        Self::end(&emitter, ServiceEvent::PowerOff).await
    }

    async fn can_reboot(&self) -> &str {
        "yes"
    }

    async fn can_power_off(&self) -> &str {
        "yes"
    }

    async fn inhibit(
        &mut self,
        #[zbus(connection)] connection: &zbus::Connection,
        #[zbus(header)] header: Header<'_>,
        what: String,
        who: String,
        why: String,
        mode: String,
    ) -> zbus::fdo::Result<zvariant::OwnedFd> {
        if !["block", "block-weak", "delay"].contains(&mode.as_str()) {
            return Err(zbus::fdo::Error::InvalidArgs(format!("Invalid mode specification {mode}")));
        }
        let (user, process) = caller(connection, &header).await?;
        let failed = |error: std::io::Error| zbus::fdo::Error::Failed(error.to_string());
        let (pipe, writer) = std::io::pipe().map_err(failed)?;
        fcntl(&pipe, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(|error| failed(error.into()))?;
        self.inhibitors.push(Inhibitor { what, who, why, mode, user, process, pipe });
        Ok(OwnedFd::from(writer).into())
    }

    async fn list_inhibitors(&mut self) -> Vec<(String, String, String, String, u32, u32)> {
        let row = |i: &Inhibitor| (i.what.clone(), i.who.clone(), i.why.clone(), i.mode.clone(), i.user, i.process);
        self.held().iter().map(row).collect()
    }

    #[zbus(signal)]
    async fn prepare_for_shutdown(emitter: &SignalEmitter<'_>, start: bool) -> zbus::Result<()>;

    #[zbus(property)]
    fn block_inhibited(&self) -> String {
        let held = self.inhibitors.iter().filter(|i| i.mode != "delay" && i.is_held());
        let what: HashMap<&str, ()> = held.flat_map(|i| i.what.split(':')).map(|what| (what, ())).collect();
        what.into_keys().collect::<Vec<_>>().join(":")
    }
}

async fn caller(connection: &zbus::Connection, header: &Header<'_>) -> zbus::fdo::Result<(u32, u32)> {
    let Some(sender) = header.sender() else { return Ok((0, 0)) };
    let bus = zbus::fdo::DBusProxy::new(connection).await?;
    let known = bus.get_connection_credentials(sender.to_owned().into()).await?;
    Ok((known.unix_user_id().unwrap_or(u32::MAX), known.process_id().unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_mean_what_they_mean_to_the_login_manager() {
        for (flags, next_root, start) in [
            (0, true, Some(Start::Hard)),
            (KEXEC, true, Some(Start::Hard)),
            (SOFT, false, Some(Start::Soft)),
            (SOFT_IF_NEXT_ROOT, false, Some(Start::Hard)),
            (SOFT_IF_NEXT_ROOT, true, Some(Start::Soft)),
            (SOFT_IF_NEXT_ROOT | KEXEC, true, Some(Start::Soft)),
            (SOFT | KEXEC, true, None),
            (1 << 5, true, None),
        ] {
            assert_eq!(start_meant(flags, next_root).ok(), start, "{flags:#b}");
        }
    }
}
