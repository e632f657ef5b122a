// SPDX-License-Identifier: GPL-3.0-or-later
//! The one process that holds a lab's mounts, web server and machine.

use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::runtime::Runtime;

use crate::command::tail_of_file;
use crate::configuration::{Configuration, Folder};
use crate::control::{Answer, Order, Power, Start, Status};
use crate::machine::Machine;
use crate::registry::Registry;
use crate::remote_server::RemoteServer;
use crate::services::{Reboot, ServiceEvent};
use crate::surroundings::Surroundings;
use crate::{boot_entry, disk, keys, polkit, sysroot};

/// Held for as long as there is a supervisor.
const LOCK: &str = "supervisor.lock";
/// The longest order.
const LONGEST_ORDER: u64 = 4096;

/// What the supervisor reacts to.
#[derive(Debug)]
pub(crate) enum Event {
    /// Somebody wants something and waits for the answer.
    Order(Order, Sender<Answer>),
    /// The machine asks for something.
    Services { number: u32, event: ServiceEvent },
    /// The machine has ended.
    Ended { number: u32 },
    /// Who started the lab is gone, or this process was asked to end.
    Leave,
}

struct Supervisor {
    folder: Folder,
    configuration: Configuration,
    runtime: Runtime,
    shared: Arc<Shared>,
    machine: Option<Machine>,
    registry: Option<Registry>,
    events: Sender<Event>,
}

/// What can be answered while the machine boots or shuts down.
struct Shared {
    status: Mutex<Status>,
    remote: RemoteServer,
}

/// Supervises the lab in `folder` until it is told to end; with `end_with_starter`, until its input ends.
///
/// # Errors
/// The lab is damaged, or has a supervisor.
pub fn supervise(folder: PathBuf, end_with_starter: bool) -> Result<()> {
    // A leader of its own session is not reached by its starter's terminal.
    let _ = nix::unistd::setsid();
    let folder = Folder::new(folder);
    let lock = File::create(folder.path().join(LOCK))?;
    if lock.try_lock().is_err() {
        bail!("the lab has a supervisor already");
    }
    let mut configuration = folder.read_configuration()?;
    sysroot::mount(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let remote = RemoteServer::start(runtime.handle(), folder.remote(), configuration.port)?;
    configuration.port = remote.port();
    folder.write_configuration(&configuration)?;
    if configuration.backend.has_remotes() {
        sysroot::set_remote_url(&folder, remote.port())?;
    }

    let (events, inbox) = channel();
    let status = Status { port: remote.port(), polkit: configuration.polkit, ..Status::default() };
    let shared = Arc::new(Shared { status: Mutex::new(status), remote });
    let _ = std::fs::remove_file(folder.control_socket());
    let listener = UnixListener::bind(folder.control_socket()).context("cannot listen for orders")?;
    std::fs::set_permissions(folder.control_socket(), Permissions::from_mode(0o600))?;
    listen(listener, Arc::clone(&shared), events.clone());
    leave_when_asked(&runtime, end_with_starter, &events);
    let mut supervisor = Supervisor { folder, configuration, runtime, shared, machine: None, registry: None, events };
    if supervisor.folder.registry().exists() {
        supervisor.start_registry()?;
    }
    println!("ready");
    supervisor.work(&inbox);
    drop(supervisor.machine.take());
    drop(supervisor.registry.take());
    disk::unmount(&supervisor.folder.run())?;
    sysroot::unmount(&supervisor.folder)?;
    keys::end_agents(&supervisor.folder.keys(), &supervisor.folder.temporary());
    let _ = std::fs::remove_file(supervisor.folder.control_socket());
    supervisor.runtime.shutdown_timeout(Duration::from_millis(100));
    Ok(())
}

/// Waits until the lab has no supervisor.
pub(crate) fn wait_for_end(folder: &Folder) -> Result<()> {
    Ok(File::create(folder.path().join(LOCK))?.lock()?)
}

impl Supervisor {
    fn work(&mut self, inbox: &Receiver<Event>) {
        for event in inbox {
            match event {
                Event::Order(Order::End, reply) => {
                    drop(self.machine.take());
                    let unmounted = disk::unmount(&self.folder.run()).and_then(|()| sysroot::unmount(&self.folder));
                    let _ = reply.send(unmounted.map_or_else(failed, |()| Answer::Done));
                    // The answer is on its way in another thread.
                    std::thread::sleep(Duration::from_millis(20));
                    return;
                }
                Event::Leave => return,
                Event::Order(order, reply) => {
                    let _ = reply.send(self.obey(order).unwrap_or_else(failed));
                }
                Event::Services { number, event } if number == self.boots() && self.machine.is_some() => {
                    let done = match event {
                        ServiceEvent::Reboot(reboot) => self.restart(&reboot),
                        ServiceEvent::PowerOff => self.shut_down(None, Power::Stopping).map(drop),
                        ServiceEvent::Ready => Ok(()),
                    };
                    if let Err(error) = done {
                        eprintln!("{error:#}");
                    }
                }
                Event::Ended { number } if number == self.boots() && self.machine.is_some() => {
                    eprintln!("the machine ended by itself");
                    self.off();
                }
                Event::Services { .. } | Event::Ended { .. } => {}
            }
        }
    }

    fn obey(&mut self, order: Order) -> Result<Answer> {
        match order {
            Order::Boot { entry } => self.boot(entry, &Reboot::default())?,
            Order::ShutDown { cut_after_milliseconds } => {
                let cut = self.shut_down(cut_after_milliseconds.map(Duration::from_millis), Power::Stopping)?;
                return Ok(Answer::ShutDown { cut });
            }
            Order::Restart => self.restart(&Reboot::default())?,
            Order::PullPlug => self.off(),
            Order::Polkit { preset } => {
                if self.machine.is_some() {
                    self.runtime.block_on(polkit::change(&self.folder.run(), preset))?;
                }
                self.configuration.polkit = preset;
                self.folder.write_configuration(&self.configuration)?;
                self.shared.update(|status| status.polkit = preset);
            }
            Order::Network { network } => self.surround(Surroundings { network, ..self.configuration.surroundings })?,
            Order::PowerSupply { power } => self.surround(Surroundings { power, ..self.configuration.surroundings })?,
            Order::LogIn { session } => {
                self.machine.as_ref().context("the machine is off")?;
                self.runtime.block_on(session.tell(&self.folder.run()))?;
            }
            Order::Disk { read_only: true } => disk::write_protect(&self.folder.sysroot())?,
            Order::Disk { read_only: false } => sysroot::make_writable(&self.folder, self.machine.is_none())?,
            Order::Registry => self.start_registry()?,
            Order::Status
            | Order::Remote { .. }
            | Order::RequireLogin { .. }
            | Order::TakeRegistryRequests
            | Order::End => bail!("this is answered elsewhere"),
        }
        Ok(Answer::Done)
    }

    fn surround(&mut self, surroundings: Surroundings) -> Result<()> {
        if self.machine.is_some() {
            self.runtime.block_on(surroundings.tell(&self.folder.run()))?;
        }
        self.configuration.surroundings = surroundings;
        self.folder.write_configuration(&self.configuration)
    }

    fn start_registry(&mut self) -> Result<()> {
        if self.registry.is_none() {
            let registry = Registry::start(&self.folder)?;
            self.shared.remote.stand_in_front_of(registry.port());
            self.shared.update(|status| status.registry_port = Some(registry.port()));
            self.registry = Some(registry);
        }
        Ok(())
    }

    fn boots(&self) -> u32 {
        self.shared.status().machine.boots
    }

    /// Boots a line of the boot menu; `reboot` is how it comes to that.
    fn boot(&mut self, entry: usize, reboot: &Reboot) -> Result<()> {
        if self.machine.is_some() {
            bail!("the machine is running already");
        }
        let number = self.boots() + 1;
        self.shared.update(|status| {
            status.machine.boots = number;
            status.machine.start = reboot.start;
            status.machine.reboot_flags = reboot.flags;
            if status.machine.power == Power::Off {
                status.machine.power = Power::Starting;
            }
        });
        match Machine::boot(&self.folder, &self.configuration, entry, reboot.start, number, &self.events) {
            Ok(machine) => {
                self.shared.update(|status| {
                    status.machine.power = Power::Running;
                    status.init = Some(machine.init);
                    status.booted = Some(machine.entry.clone());
                });
                self.machine = Some(machine);
                Ok(())
            }
            Err(error) => {
                self.off();
                let log = tail_of_file(&self.folder.log("machine"), 15);
                Err(error.context(format!("the machine did not boot; its log ends with:\n{log}\n")))
            }
        }
    }

    fn shut_down(&mut self, cut_after: Option<Duration>, meanwhile: Power) -> Result<bool> {
        let machine = self.machine.take().context("the machine is off")?;
        self.shared.update(|status| status.machine.power = meanwhile);
        let result = machine.shut_down(cut_after);
        if meanwhile == Power::Restarting {
            self.shared.update(Status::forget_boot);
        } else {
            self.off();
        }
        let result = result?;
        match result.failure {
            Some(failure) => Err(failure),
            None => Ok(result.cut),
        }
    }

    /// A failed finalisation keeps no machine from booting again.
    fn restart(&mut self, reboot: &Reboot) -> Result<()> {
        let Some(machine) = &self.machine else { bail!("the machine is off") };
        // Without another root the same one comes up again, whatever the boot menu says.
        let next_root = reboot.next_root.clone().unwrap_or_else(|| machine.entry.folder_name());
        if let Err(error) = self.shut_down(None, Power::Restarting) {
            eprintln!("{error:#}");
        }
        let line = match reboot.start {
            Start::Hard => 0,
            Start::Soft => boot_entry::line_of(&self.folder.sysroot(), &next_root).inspect_err(|_| self.off())?,
        };
        self.boot(line, reboot)
    }

    fn off(&mut self) {
        drop(self.machine.take());
        self.shared.update(|status| {
            status.forget_boot();
            status.machine.power = Power::Off;
        });
    }
}

impl Status {
    fn forget_boot(&mut self) {
        self.booted = None;
        self.init = None;
    }
}

impl Shared {
    fn status(&self) -> Status {
        self.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn update(&self, change: impl FnOnce(&mut Status)) {
        change(&mut self.status.lock().unwrap_or_else(PoisonError::into_inner));
    }

    fn answer(&self, order: Order, events: &Sender<Event>) -> Answer {
        match order {
            Order::Status => {
                let mut status = self.status();
                status.remote = self.remote.behaviour();
                status.traffic = self.remote.traffic();
                Answer::Status(Box::new(status))
            }
            Order::Remote { behaviour } => self.remote.set(behaviour).map_or_else(failed, |()| Answer::Done),
            Order::RequireLogin { login } => {
                self.remote.require_login(login.as_ref());
                Answer::Done
            }
            Order::TakeRegistryRequests => {
                self.remote.take_registry_requests().map_or_else(failed, Answer::RegistryRequests)
            }
            order => {
                let (reply, answer) = channel();
                let _ = events.send(Event::Order(order, reply));
                answer.recv().unwrap_or_else(|_| Answer::Failed("the lab's supervisor is ending".to_owned()))
            }
        }
    }
}

fn failed(error: anyhow::Error) -> Answer {
    Answer::Failed(format!("{error:#}"))
}

fn listen(listener: UnixListener, shared: Arc<Shared>, events: Sender<Event>) {
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (shared, events) = (Arc::clone(&shared), events.clone());
            std::thread::spawn(move || {
                if let Err(error) = converse(stream, &shared, &events) {
                    eprintln!("an order was not answered: {error:#}");
                }
            });
        }
    });
}

fn converse(mut stream: UnixStream, shared: &Shared, events: &Sender<Event>) -> Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    loop {
        let mut line = String::new();
        if lines.by_ref().take(LONGEST_ORDER).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let answer = match serde_json::from_str(&line) {
            Ok(order) => shared.answer(order, events),
            Err(error) => Answer::Failed(format!("this is no order: {error}")),
        };
        let mut line = serde_json::to_string(&answer)?;
        line.push('\n');
        stream.write_all(line.as_bytes())?;
    }
}

/// Leaves on SIGTERM and SIGINT, and at the end of the input if somebody holds it for that.
fn leave_when_asked(runtime: &Runtime, end_with_starter: bool, events: &Sender<Event>) {
    use tokio::signal::unix::{SignalKind, signal};
    if end_with_starter {
        let events = events.clone();
        std::thread::spawn(move || {
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            let _ = events.send(Event::Leave);
        });
    }
    let _guard = runtime.enter();
    for kind in [SignalKind::terminate(), SignalKind::interrupt()] {
        let events = events.clone();
        if let Ok(mut asked) = signal(kind) {
            runtime.spawn(async move {
                asked.recv().await;
                let _ = events.send(Event::Leave);
            });
        }
    }
}
