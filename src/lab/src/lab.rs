// SPDX-License-Identifier: GPL-3.0-or-later
//! A lab as tests and the command line hold it.

mod containers;
mod creation;
mod etc;
mod faults;
mod layered;
mod registry;
mod rpm_ostree;
mod surroundings;
mod timers;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::boot_entry::{self, BootEntry};
use crate::command::tail_of_file;
use crate::configuration::{Configuration, Folder};
use crate::control::{self, Answer, MachineState, Order, Power, Status};
use crate::services::PERSON_BUS;
use crate::{
    Installation, Publication, RemoteTraffic, disk, enter, keys, machine_processes, publication, starter, supervisor,
    sysroot,
};

/// When set, labs are kept for a look at them.
const KEEP: &str = "ISOTOPE_LAB_KEEP";

/// A whole image-based computer in a box.
///
/// One that was made by [`Lab::create`] is destroyed when dropped, unless it is kept.
#[derive(Debug)]
pub struct Lab {
    folder: Folder,
    installation: Installation,
    payload_bytes: u64,
    supervisor: Option<Child>,
    destroy_on_drop: bool,
}

impl Lab {
    /// Opens a lab that exists; its supervisor is started if there is none.
    ///
    /// # Errors
    /// The folder is no lab, or its supervisor does not start.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let path = folder.canonicalize().with_context(|| format!("there is no {}", folder.display()))?;
        let folder = Folder::new(path);
        let Configuration { installation, payload_bytes, .. } = folder.read_configuration()?;
        if control::ask(&folder.control_socket(), &Order::Status).is_err() {
            starter::start(&folder, &installation, false)?;
        }
        Ok(Self { folder, installation, payload_bytes, supervisor: None, destroy_on_drop: false })
    }

    /// Leaves the lab where it is when this is dropped.
    pub fn keep(&mut self) {
        self.destroy_on_drop = false;
    }

    /// What of Isotope the machine has.
    pub fn installation(&self) -> &Installation {
        &self.installation
    }

    /// The lab's folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the machine's sysroot is mounted outside.
    pub fn sysroot(&self) -> PathBuf {
        self.folder.sysroot()
    }

    /// Where the lab's logs are.
    pub fn logs(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Publishes an image and returns its checksum.
    ///
    /// # Errors
    /// Committing, signing, or making the delta fails.
    pub fn publish(&self, publication: Publication) -> Result<String> {
        let lock = File::create(self.folder.path().join("publishing.lock"))?;
        lock.lock()?;
        publication::publish(&self.folder, &publication, self.payload_bytes)
    }

    /// Boots the default entry; returns when the bus, polkit and the engine's socket answer.
    ///
    /// # Errors
    /// The machine runs already, or does not come up; the error has the end of its log.
    pub fn boot(&self) -> Result<()> {
        self.boot_entry(0)
    }

    /// Boots a line of the boot menu, as if somebody had chosen it there; [`Lab::boot_entries`] has them in order.
    ///
    /// # Errors
    /// As [`Lab::boot`], or there is no such line.
    pub fn boot_entry(&self, index: usize) -> Result<()> {
        self.order(&Order::Boot { entry: index })
    }

    /// Ends what runs, finalises what is staged, and switches off.
    ///
    /// # Errors
    /// The machine is off, or finalisation failed; the machine is off then, too, and can be booted.
    pub fn shut_down(&self) -> Result<()> {
        self.ask(&Order::ShutDown { cut_after_milliseconds: None }).map(drop)
    }

    /// Shuts down and boots again, also when finalisation failed.
    ///
    /// # Errors
    /// The machine is off, or does not come up again.
    pub fn restart(&self) -> Result<()> {
        self.order(&Order::Restart)
    }

    /// Ends every process at once and finalises nothing.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn pull_plug(&self) -> Result<()> {
        self.order(&Order::PullPlug)
    }

    /// Shuts down, and pulls the plug so long after finalisation began; tells whether it was still running then.
    ///
    /// # Errors
    /// As [`Lab::shut_down`].
    pub fn shut_down_cut_after(&self, time: Duration) -> Result<bool> {
        let milliseconds = u64::try_from(time.as_millis())?;
        match self.ask(&Order::ShutDown { cut_after_milliseconds: Some(milliseconds) })? {
            Answer::ShutDown { cut } => Ok(cut),
            other => bail!("the lab's supervisor answers {other:?}"),
        }
    }

    /// Runs a program on the machine to its end, without input.
    ///
    /// # Errors
    /// The machine is off. What the program says of itself is in its output.
    pub fn run(&self, user: &str, arguments: &[&str]) -> Result<Output> {
        let mut command = self.command(user, arguments)?;
        command.stdin(Stdio::null()).output().context("cannot start a program on the machine")
    }

    /// A command that runs a program on the machine, to be started with pipes or a terminal. Environment that is set on
    /// it reaches the program; signals sent to it do, too; its exit code is the program's.
    ///
    /// # Errors
    /// The machine is off.
    pub fn command(&self, user: &str, arguments: &[&str]) -> Result<Command> {
        ensure!(!arguments.is_empty(), "there is no program to run");
        Ok(enter::command(&self.installation.lab_program(), self.init()?, user, arguments))
    }

    /// The machine's system bus.
    pub fn bus_address(&self) -> String {
        format!("unix:path={}", self.folder.run().join("dbus/system_bus_socket").display())
    }

    /// The machine's system bus through a process of the machine's user `person`, for clients outside with that
    /// user's number: bus and polkit know the process of such a client. File descriptors do not pass.
    pub fn bus_address_for_person(&self) -> String {
        format!("unix:path={}", self.folder.run().join(PERSON_BUS).display())
    }

    /// What the remote has served since the supervisor started.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn remote_traffic(&self) -> Result<RemoteTraffic> {
        Ok(self.status()?.traffic)
    }

    /// The processes of the machine that run `program`, with their numbers outside.
    ///
    /// # Errors
    /// The machine is off.
    pub fn processes(&self, program: &str) -> Result<Vec<i32>> {
        let all = machine_processes::list(self.init()?)?;
        Ok(all.into_iter().filter(|process| process.program == program).map(|process| process.id).collect())
    }

    /// What the machine has booted.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn booted(&self) -> Result<Option<BootEntry>> {
        Ok(self.status()?.booted)
    }

    /// The boot menu, the default first.
    ///
    /// # Errors
    /// The menu is damaged.
    pub fn boot_entries(&self) -> Result<Vec<BootEntry>> {
        boot_entry::read_all(&self.folder.sysroot())
    }

    /// Whether the machine runs, and how often it was booted.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn machine_state(&self) -> Result<MachineState> {
        Ok(self.status()?.machine)
    }

    /// Waits until the machine runs for the `boots`th time or later.
    ///
    /// # Errors
    /// It does not within `patience`.
    pub fn wait_for_boot(&self, boots: u32, patience: Duration) -> Result<()> {
        let deadline = Instant::now() + patience;
        loop {
            let state = self.machine_state()?;
            if state.boots >= boots && state.power == Power::Running {
                return Ok(());
            }
            if Instant::now() > deadline {
                let logs = ["supervisor", "machine"].map(|name| tail_of_file(&self.folder.log(name), 10)).join("\n");
                bail!("waited in vain for boot {boots}; the machine stands at {state:?}; its logs end with:\n{logs}");
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Pulls the plug, ends the supervisor and deletes the folder.
    ///
    /// # Errors
    /// Something cannot be unmounted or deleted.
    pub fn destroy(mut self) -> Result<()> {
        self.destroy_on_drop = false;
        self.take_down()
    }

    /// Deletes a lab, also one that was never finished; starts nothing for that.
    ///
    /// # Errors
    /// It is no lab, or something cannot be unmounted or deleted.
    pub fn remove(folder: impl AsRef<Path>) -> Result<()> {
        let folder = folder.as_ref();
        let path = folder.canonicalize().with_context(|| format!("there is no {}", folder.display()))?;
        let folder = Folder::new(path);
        let Configuration { installation, payload_bytes, .. } = folder.read_configuration()?;
        Self { folder, installation, payload_bytes, supervisor: None, destroy_on_drop: false }.take_down()
    }

    fn take_down(&mut self) -> Result<()> {
        let ended = control::ask(&self.folder.control_socket(), &Order::End);
        if let Some(mut supervisor) = self.supervisor.take() {
            drop(supervisor.stdin.take());
            supervisor.wait()?;
        }
        match ended {
            // One that is nobody's child here is gone when it lets go of its lock.
            Ok(_) => supervisor::wait_for_end(&self.folder)?,
            Err(error) if self.folder.control_socket().exists() => eprintln!("isotope-lab: {error:#}"),
            Err(_) => {}
        }
        disk::unmount(&self.folder.run())?;
        sysroot::unmount(&self.folder)?;
        keys::end_agents(&self.folder.keys(), &self.folder.temporary());
        sysroot::make_deletable(&self.folder)?;
        std::fs::remove_dir_all(self.folder.path())
            .with_context(|| format!("cannot delete {}", self.folder.path().display()))
    }

    fn order(&self, order: &Order) -> Result<()> {
        self.ask(order).map(drop)
    }

    fn ask(&self, order: &Order) -> Result<Answer> {
        control::ask(&self.folder.control_socket(), order)
    }

    fn status(&self) -> Result<Status> {
        match self.ask(&Order::Status)? {
            Answer::Status(status) => Ok(*status),
            other => bail!("the lab's supervisor answers {other:?}"),
        }
    }

    fn init(&self) -> Result<i32> {
        self.status()?.init.context("the machine is off")
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if !self.destroy_on_drop {
            return;
        }
        if std::env::var_os(KEEP).is_some() {
            eprintln!("isotope-lab: {} is kept because {KEEP} is set", self.folder.path().display());
            return;
        }
        if let Err(error) = self.take_down() {
            eprintln!("isotope-lab: the lab was not taken down: {error:#}");
        }
    }
}
