// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine: namespaces in which the default deployment is the root.

use std::fs::File;
use std::io::{BufRead, BufReader, PipeReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::mount::{MsFlags, mount};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::boot_entry::{self, BootEntry};
use crate::boot_records::{self, Recorder};
use crate::command::tail_of_file;
use crate::configuration::{Configuration, Folder};
use crate::control::Start;
use crate::services::{LAB, ServiceEvent};
use crate::supervisor::Event;
use crate::{Installation, disk, enter, layer, machine_processes, polkit, sysroot};

const BOOT_PATIENCE: Duration = Duration::from_secs(30);
const SHUTDOWN_PATIENCE: Duration = Duration::from_secs(3);
const END_PATIENCE: Duration = Duration::from_secs(10);
const STAGED: &str = "ostree/staged-deployment";
const HOLDING: &str = "holding";
const LAYER: &str = "layer";
const COMMAND_LINE: &str = "cmdline";
const BOOT_ID: &str = "boot_id";
/// Below /usr.
const BOOTC: &str = "bin/bootc";
const RPM_OSTREE: &str = "bin/rpm-ostree";

/// A machine that runs.
#[derive(Debug)]
pub(crate) struct Machine {
    folder: Folder,
    installation: Installation,
    bubblewrap: Child,
    services: Option<Child>,
    pub(crate) init: i32,
    pub(crate) entry: BootEntry,
}

/// How a machine went off.
#[derive(Debug)]
pub(crate) struct ShutDown {
    /// Finalisation was cut short.
    pub(crate) cut: bool,
    /// Finalisation failed by itself.
    pub(crate) failure: Option<anyhow::Error>,
}

impl Machine {
    /// Boots the `line`th entry of the boot menu, hard or soft; `number` tells this boot's events from another's.
    pub(crate) fn boot(
        folder: &Folder,
        configuration: &Configuration,
        line: usize,
        start: Start,
        number: u32,
        events: &Sender<Event>,
    ) -> Result<Self> {
        let entry = boot_entry::read(&folder.sysroot(), line)?;
        let installation = configuration.installation.clone();
        installation.check()?;
        prepare_parts(&folder.machine(), configuration, &entry, start)?;
        prepare_run(&folder.run())?;
        polkit::write(&folder.run(), configuration.polkit)?;

        let mut bubblewrap = arguments(folder, &entry, configuration)?;
        // bubblewrap writes what it made to a descriptor and closes it, so its output cannot be used for that.
        let (information, writer) = std::io::pipe()?;
        bubblewrap.stdin(writer).stdout(Stdio::piped()).stderr(log(folder)?);
        let started = bubblewrap.spawn().context("cannot start bubblewrap (bwrap)")?;
        // With the command goes its copy of the writing end.
        drop(bubblewrap);
        let mut bubblewrap = started;
        let output = BufReader::new(bubblewrap.stdout.take().context("bubblewrap has no output")?);
        let init = match wait_for_holder(information, output, number, events) {
            Ok(init) => init,
            Err(error) => {
                let _ = bubblewrap.kill();
                let _ = bubblewrap.wait();
                return Err(error);
            }
        };
        // From here on dropping the machine ends it.
        let mut machine = Self { folder: folder.clone(), installation, bubblewrap, services: None, init, entry };
        machine.start_services(configuration, number, events)?;
        machine.recorder().booted();
        Ok(machine)
    }

    fn start_services(&mut self, configuration: &Configuration, number: u32, events: &Sender<Event>) -> Result<()> {
        let mut services = self.command("root", &[LAB, "machine-services"]);
        let (variable, surroundings) = configuration.surroundings.variable()?;
        services.env(variable, surroundings);
        services.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log(&self.folder)?);
        let mut services = services.spawn().context("cannot start the machine's services")?;
        let output = services.stdout.take().context("the machine's services have no output")?;
        self.services = Some(services);
        let ready = follow_services(output, number, events.clone());
        ready.recv_timeout(BOOT_PATIENCE).context("the machine's services did not come up")
    }

    fn command(&self, user: &str, arguments: &[&str]) -> Command {
        enter::command(&self.installation.lab_program(), self.init, user, arguments)
    }

    fn recorder(&self) -> Recorder<'_> {
        Recorder { folder: &self.folder, installation: &self.installation, init: self.init }
    }

    /// Ends everything, finalises what is staged, and goes off.
    pub(crate) fn shut_down(self, cut_after: Option<Duration>) -> Result<ShutDown> {
        self.recorder().shutting_down();
        machine_processes::end_all(self.init, SHUTDOWN_PATIENCE)?;
        let mut result = ShutDown { cut: false, failure: None };
        if self.folder.run().join(STAGED).exists() {
            let mut finalize = self.command("root", &["ostree", "admin", "finalize-staged"]);
            finalize.stdin(Stdio::null()).stdout(log(&self.folder)?).stderr(log(&self.folder)?);
            let mut finalize = finalize.spawn().context("cannot start the finalisation")?;
            if let Some(time) = cut_after {
                let begun = || {
                    machine_processes::list(self.init).is_ok_and(|all| all.iter().any(|one| one.program == "ostree"))
                };
                while finalize.try_wait()?.is_none() && !begun() {
                    std::thread::sleep(Duration::from_millis(1));
                }
                std::thread::sleep(time);
                result.cut = finalize.try_wait()?.is_none();
            }
            if result.cut {
                self.pull_plug();
                let _ = finalize.wait();
                return Ok(result);
            }
            let status = finalize.wait()?;
            if !status.success() {
                let log = tail_of_file(&self.folder.log("machine"), 5);
                result.failure = Some(anyhow::anyhow!("the staged deployment was not finalised ({status}): {log}"));
            }
        }
        self.pull_plug();
        Ok(result)
    }

    /// Ends every process of the machine at once.
    pub(crate) fn pull_plug(self) {
        drop(self);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // The first process of the namespace takes all others with it.
        let _ = kill(Pid::from_raw(self.init), Signal::SIGKILL);
        let deadline = Instant::now() + END_PATIENCE;
        for round in 1_u32.. {
            if !matches!(self.bubblewrap.try_wait(), Ok(None)) {
                break;
            }
            if Instant::now() > deadline {
                eprintln!("the machine's processes do not end");
                let _ = self.bubblewrap.kill();
                break;
            }
            std::thread::sleep(Duration::from_millis(2));
            if round.is_multiple_of(10) {
                sysroot::thaw(&self.folder);
            }
        }
        sysroot::thaw(&self.folder);
        if let Some(mut services) = self.services.take() {
            let _ = services.wait();
        }
        let _ = disk::unmount(&self.folder.run());
    }
}

/// Runs as the machine's first own process: says that the namespaces stand, and keeps them.
///
/// # Errors
/// Nobody listens.
pub fn hold() -> Result<()> {
    let mut output = std::io::stdout();
    writeln!(output, "{HOLDING}")?;
    output.flush()?;
    loop {
        std::thread::park();
    }
}

/// A fresh /run, which is reachable from outside.
fn prepare_run(run: &Path) -> Result<()> {
    std::fs::create_dir_all(run)?;
    disk::unmount(run)?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    mount(Some("tmpfs"), run, Some("tmpfs"), flags, Some("mode=755")).context("cannot make the machine's /run")?;
    for folder in ["dbus", "ostree"] {
        std::fs::create_dir_all(run.join(folder))?;
    }
    std::fs::write(run.join("ostree-booted"), "")?;
    Ok(())
}

/// What the machine has of the lab, made anew for each boot.
fn prepare_parts(machine: &Path, configuration: &Configuration, entry: &BootEntry, start: Start) -> Result<()> {
    layer::create(&machine.join(LAYER), configuration.rpm_ostree.is_some())?;
    if start == Start::Soft {
        // It is still the kernel of before, with its number and its command line.
        return Ok(());
    }
    std::fs::write(machine.join(COMMAND_LINE), format!("{}\n", entry.options))?;
    // Every start of a kernel has its own.
    let id = std::fs::read("/proc/sys/kernel/random/uuid").context("cannot number this boot")?;
    Ok(std::fs::write(machine.join(BOOT_ID), id)?)
}

fn arguments(folder: &Folder, entry: &BootEntry, configuration: &Configuration) -> Result<Command> {
    let installation = &configuration.installation;
    let (sysroot, machine) = (folder.sysroot(), folder.machine());
    let var = sysroot.join("ostree/deploy").join(&entry.stateroot).join("var");
    let mut bwrap = Command::new("bwrap");
    bwrap.args(["--unshare-pid", "--die-with-parent", "--cap-add", "ALL", "--info-fd", "0", "--clearenv"]);
    bwrap.arg("--bind").arg(&entry.deployment).arg("/");
    bwrap.arg("--ro-bind").arg(&sysroot).arg("/sysroot");
    bwrap.arg("--ro-bind").arg(sysroot.join("boot")).arg("/boot");
    bwrap.arg("--bind").arg(var).arg("/var");
    let mut layers = vec![PathBuf::from("/usr"), installation.tree.join("usr")];
    // Where Isotope is installed on the host itself, both are the same folder.
    layers.dedup_by_key(|layer| layer.canonicalize().unwrap_or_default());
    layers.extend([machine.join(LAYER), entry.deployment.join("usr")]);
    for layer in layers {
        bwrap.arg("--overlay-src").arg(layer);
    }
    bwrap.args(["--ro-overlay", "/usr", "--proc", "/proc", "--dev", "/dev", "--ro-bind", "/sys", "/sys"]);
    for (program, place) in [(&configuration.bootc, BOOTC), (&configuration.rpm_ostree, RPM_OSTREE)] {
        let Some(program) = program else { continue };
        layer::make_room(&machine.join(LAYER), place)?;
        bwrap.arg("--ro-bind").arg(program).arg(Path::new("/usr").join(place));
    }
    bwrap.arg("--ro-bind").arg(machine.join(COMMAND_LINE)).arg("/proc/cmdline");
    bwrap.arg("--ro-bind").arg(machine.join(BOOT_ID)).arg("/proc/sys/kernel/random/boot_id");
    bwrap.arg("--bind").arg(folder.run()).arg("/run");
    bwrap.args(["--perms", "1777", "--tmpfs", "/tmp"]);
    bwrap.args(["--chdir", "/", "--", LAB, "hold"]);
    Ok(bwrap)
}

/// What bubblewrap writes about its namespaces.
#[derive(serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Information {
    child_pid: i32,
}

/// Reads the first process' number and waits until the namespaces stand; then watches for their end.
fn wait_for_holder(
    mut information: PipeReader,
    mut output: BufReader<ChildStdout>,
    number: u32,
    events: &Sender<Event>,
) -> Result<i32> {
    let mut text = String::new();
    information.read_to_string(&mut text)?;
    let mut line = String::new();
    output.read_line(&mut line)?;
    ensure!(line.trim() == HOLDING, "bubblewrap could not put the machine together");
    let information: Information = serde_json::from_str(&text).context("bubblewrap does not name its child")?;
    let events = events.clone();
    std::thread::spawn(move || {
        while output.read_line(&mut line).is_ok_and(|length| length > 0) {}
        let _ = events.send(Event::Ended { number });
    });
    Ok(information.child_pid)
}

/// Passes on what the services say; the receiver hears when they are ready.
fn follow_services(output: ChildStdout, number: u32, events: Sender<Event>) -> Receiver<()> {
    let (ready, heard) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            match serde_json::from_str(&line) {
                Ok(ServiceEvent::Ready) => {
                    let _ = ready.send(());
                }
                Ok(event) => {
                    let _ = events.send(Event::Services { number, event });
                }
                Err(error) => eprintln!("the machine's services say “{line}”: {error}"),
            }
        }
    });
    heard
}

fn log(folder: &Folder) -> Result<File> {
    boot_records::append(&folder.log("machine"))
}
