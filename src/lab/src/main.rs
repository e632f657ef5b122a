// SPDX-License-Identifier: GPL-3.0-or-later
//! `isotope-lab`: makes and runs image-based computers in a box, for tests and for a look at the app.

mod arguments;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::{Args, Parser, Subcommand, ValueEnum};
use isotope_lab::{
    Availability, BootcFault, BootcMoment, Damage, Lab, Login, Network, PolkitPreset, PowerSupply, RemoteBehaviour,
    Start, program,
};

use self::arguments::{Create, Driver, Publish, RpmOstree, named};

/// A whole image-based computer in a box. Needs root.
///
/// The machine follows a branch of an OSTree remote, or container images: see `isotope-lab create --help`. What it pulls
/// comes from a web server on loopback, which `isotope-lab remote` makes slow or absent, for branches and images alike.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a lab: a remote, and a machine with its first image deployed
    Create(Create),
    /// Publish an image on the remote
    Publish(Publish),
    /// Boot the machine
    Boot {
        folder: PathBuf,
        /// The line of the boot menu to choose, as `status` lists them, beginning with 0
        #[arg(long, value_name = "N", default_value_t = 0)]
        entry: usize,
    },
    /// Run a program on the machine
    Run(Run),
    /// Shut the machine down; a staged update is finalised
    ShutDown {
        folder: PathBuf,
        /// Pull the plug so many milliseconds after finalisation began
        #[arg(long, value_name = "MILLISECONDS")]
        cut_after: Option<u64>,
    },
    /// Shut the machine down and boot it again
    Restart { folder: PathBuf },
    /// Kill every process of the machine; nothing is finalised
    PullPlug { folder: PathBuf },
    /// Say how the machine stands
    Status { folder: PathBuf },
    /// Let the machine's rpm-ostree stage a deployment with these packages layered. On a machine without: note them in
    /// the origin of what it has booted, as rpm-ostree does. Without a package, take them away
    Layer { folder: PathBuf, packages: Vec<String> },
    /// Offer gnome and kde on the machine, in a catalog in its /etc
    Catalog { folder: PathBuf },
    /// Choose what polkit says: defaults, active, allow or deny
    Polkit { folder: PathBuf, preset: PolkitPreset },
    /// Choose what the machine's NetworkManager says: online, offline or metered
    Network {
        folder: PathBuf,
        #[arg(value_parser = named::<Network>)]
        network: Network,
    },
    /// Choose what the machine's UPower says: mains or battery
    Power {
        folder: PathBuf,
        #[arg(value_parser = named::<PowerSupply>)]
        supply: PowerSupply,
    },
    /// Install a timer on the machine and switch it on, as `systemctl enable` does: uupd.timer, for example
    Timer {
        folder: PathBuf,
        name: String,
        /// Switch it off
        #[arg(long)]
        off: bool,
    },
    /// Let a user of the machine be logged in until it is switched off: at a seat, or from elsewhere
    LogIn {
        folder: PathBuf,
        /// person or administrator
        user: String,
        #[arg(long)]
        seat: Option<String>,
    },
    /// Choose how the remote answers from now on; what is not given is unlimited and free to all
    Remote(Remote),
    /// Give the machine a login to the registry, or take it away
    Credentials {
        folder: PathBuf,
        #[arg(value_name = "USER:PASSWORD")]
        login: Option<Login>,
    },
    /// Damage what is published of a commit: half-object, corrupt-object or corrupt-summary
    Damage { folder: PathBuf, checksum: String, damage: Damage },
    /// Undo all damage
    Repair { folder: PathBuf },
    /// Let the stand-in for bootc go wrong until the machine is switched off; without a fault it behaves again
    Bootc(Bootc),
    /// Let the stand-in for rpm-ostree go wrong until the machine is switched off; without a fault it behaves again
    RpmOstree(RpmOstree),
    /// Note who drives the machine's updates, as rpm-ostree does; without a name, nobody
    Driver(Driver),
    /// Make the machine's disk read-only, or writable again
    Disk { folder: PathBuf, state: DiskState },
    /// Pull the plug and delete the lab
    Destroy { folder: PathBuf },

    #[command(hide = true)]
    Supervise {
        folder: PathBuf,
        #[arg(long)]
        end_with_starter: bool,
    },
    #[command(hide = true)]
    Hold,
    #[command(hide = true)]
    MachineServices,
    #[command(hide = true)]
    ChangePackages { packages: Vec<String> },
    #[command(hide = true)]
    Service { unit: String },
    #[command(hide = true)]
    Enter {
        #[arg(long)]
        target: i32,
        #[arg(long)]
        user: String,
        #[arg(last = true, required = true)]
        arguments: Vec<OsString>,
    },
    #[command(hide = true)]
    EnterInner {
        #[arg(long)]
        target: i32,
        #[arg(long)]
        user: String,
        #[arg(long)]
        parent: u32,
        #[arg(last = true, required = true)]
        arguments: Vec<OsString>,
    },
    #[command(hide = true)]
    Relay { from: PathBuf, to: PathBuf },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DiskState {
    ReadOnly,
    Writable,
}

#[derive(Debug, Args)]
struct Run {
    folder: PathBuf,
    /// person, administrator, root or isotope
    #[arg(long, default_value = "person")]
    user: String,
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

#[derive(Debug, Args)]
struct Remote {
    folder: PathBuf,
    /// Bytes a second, over all connections
    #[arg(long, value_name = "BYTES")]
    rate: Option<u64>,
    /// Milliseconds before each answer
    #[arg(long, value_name = "MILLISECONDS", default_value_t = 0)]
    delay: u64,
    /// Do not answer
    #[arg(long, value_enum)]
    down: Option<Down>,
    /// Let only those ask for images who log in so
    #[arg(long, value_name = "USER:PASSWORD")]
    login: Option<Login>,
}

#[derive(Debug, Args)]
struct Bootc {
    folder: PathBuf,
    /// silent, half-line, long-line, invalid-utf8, never-ends, closes-progress, stages-nothing or killed
    #[arg(value_parser = named::<BootcFault>)]
    fault: Option<BootcFault>,
    /// When it is killed: pulling, importing, staging or staged
    #[arg(long, value_parser = named::<BootcMoment>, default_value = "pulling")]
    moment: BootcMoment,
    /// Only when it is asked for this: status, upgrade, switch or rollback
    #[arg(long)]
    verb: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Down {
    /// Refuse connections
    Refused,
    /// Answer 503
    Unavailable,
    /// Take requests and send nothing
    Stalled,
    /// Answer 429
    TooManyRequests,
}

fn main() -> ExitCode {
    match perform(Arguments::parse().verb) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("isotope-lab: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn perform(verb: Verb) -> Result<ExitCode> {
    match verb {
        Verb::Create(create) => create.perform()?,
        Verb::Publish(publish) => publish.perform()?,
        Verb::Boot { folder, entry } => Lab::open(folder)?.boot_entry(entry)?,
        Verb::Run(run) => return run.perform(),
        Verb::ShutDown { folder, cut_after: None } => Lab::open(folder)?.shut_down()?,
        Verb::ShutDown { folder, cut_after: Some(time) } => {
            let cut = Lab::open(folder)?.shut_down_cut_after(Duration::from_millis(time))?;
            println!("{}", if cut { "finalisation was cut short" } else { "finalisation was done by then" });
        }
        Verb::Restart { folder } => Lab::open(folder)?.restart()?,
        Verb::PullPlug { folder } => Lab::open(folder)?.pull_plug()?,
        Verb::Status { folder } => status(&Lab::open(folder)?)?,
        Verb::Layer { folder, packages } if packages.is_empty() => Lab::open(folder)?.unlayer_packages()?,
        Verb::Layer { folder, packages } => {
            let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
            Lab::open(folder)?.layer_packages(&packages)?;
        }
        Verb::Catalog { folder } => Lab::open(folder)?.offer_own_images()?,
        Verb::Polkit { folder, preset } => Lab::open(folder)?.set_polkit(preset)?,
        Verb::Network { folder, network } => Lab::open(folder)?.set_network(network)?,
        Verb::Power { folder, supply } => Lab::open(folder)?.set_power_supply(supply)?,
        Verb::Timer { folder, name, off: false } => Lab::open(folder)?.enable_timer(&name)?,
        Verb::Timer { folder, name, off: true } => Lab::open(folder)?.disable_timer(&name)?,
        Verb::LogIn { folder, user, seat } => Lab::open(folder)?.add_session(&user, seat.as_deref())?,
        Verb::Credentials { folder, login } => Lab::open(folder)?.set_credentials(login.as_ref())?,
        Verb::Damage { folder, checksum, damage } => Lab::open(folder)?.damage(&checksum, damage)?,
        Verb::Repair { folder } => Lab::open(folder)?.repair()?,
        Verb::Bootc(Bootc { folder, fault: Some(fault), moment, verb }) => {
            Lab::open(folder)?.set_bootc_fault(fault, moment, verb.as_deref())?;
        }
        Verb::Bootc(Bootc { folder, .. }) => Lab::open(folder)?.clear_bootc_fault()?,
        Verb::RpmOstree(fault) => fault.perform()?,
        Verb::Driver(driver) => driver.perform()?,
        Verb::Disk { folder, state } => Lab::open(folder)?.set_disk_read_only(state == DiskState::ReadOnly)?,
        Verb::Remote(remote) => remote.perform()?,
        Verb::Destroy { folder } => Lab::remove(folder)?,
        Verb::Supervise { folder, end_with_starter } => program::supervise(folder, end_with_starter)?,
        Verb::Hold => program::hold()?,
        Verb::MachineServices => program::run_services()?,
        Verb::ChangePackages { packages } => program::change_packages(&packages)?,
        Verb::Service { unit } => return program::run_service(&unit),
        Verb::Enter { target, user, arguments } => return program::enter(target, &user, &arguments),
        Verb::EnterInner { target, user, parent, arguments } => {
            return program::enter_inner(target, &user, parent, &arguments);
        }
        Verb::Relay { from, to } => program::relay(&from, to)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Run {
    fn perform(self) -> Result<ExitCode> {
        let arguments: Vec<&str> = self.command.iter().map(String::as_str).collect();
        let status = Lab::open(self.folder)?.command(&self.user, &arguments)?.status()?;
        Ok(ExitCode::from(u8::try_from(status.code().unwrap_or(1))?))
    }
}

impl Remote {
    fn perform(self) -> Result<()> {
        let availability = match self.down {
            None => Availability::Available,
            Some(Down::Refused) => Availability::Refused,
            Some(Down::Unavailable) => Availability::Unavailable,
            Some(Down::Stalled) => Availability::Stalled,
            Some(Down::TooManyRequests) => Availability::TooManyRequests,
        };
        let behaviour = RemoteBehaviour { bytes_per_second: self.rate, delay_milliseconds: self.delay, availability };
        let lab = Lab::open(self.folder)?;
        lab.require_login(self.login.as_ref())?;
        lab.set_remote(behaviour)
    }
}

fn status(lab: &Lab) -> Result<()> {
    let state = lab.machine_state()?;
    let softly = if state.start == Start::Soft { ", softly the last time" } else { "" };
    println!("machine: {:?}, booted {} times{softly}", state.power, state.boots);
    let (name, rpm_ostree, bootc) = (lab.backend()?.name(), lab.rpm_ostree_program()?, lab.bootc_program()?);
    match (rpm_ostree, bootc) {
        (Some(program), bootc) => {
            println!("backend: {name}, {}", program.display());
            bootc.inspect(|bootc| println!("bootc, besides: {}", bootc.display()));
        }
        (None, Some(program)) => println!("backend: {name}, {}", program.display()),
        (None, None) => println!("backend: {name}"),
    }
    let traffic = lab.remote_traffic()?;
    println!("remote and registry: {} requests, {} bytes served", traffic.requests, traffic.bytes);
    println!("bus: {}", lab.bus_address());
    println!("bus for person, from outside: {}", lab.bus_address_for_person());
    let booted = lab.booted()?;
    for entry in lab.boot_entries()? {
        let mark = if booted.as_ref().is_some_and(|booted| booted.deployment == entry.deployment) { "*" } else { " " };
        println!("{mark} {}  {}.{}", entry.title, &entry.checksum[..12.min(entry.checksum.len())], entry.serial);
    }
    Ok(())
}
