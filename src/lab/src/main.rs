// SPDX-License-Identifier: GPL-3.0-or-later
//! `isotope-lab`: makes and runs image-based computers in a box, for tests and for a look at the app.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use isotope_lab::{
    Availability, Backend, BootcFault, BootcMoment, Damage, Lab, LabOptions, Login, PolkitPreset, Publication,
    RemoteBehaviour, Signing, Start, program,
};

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
    /// Choose what polkit says: defaults, active, allow or deny
    Polkit { folder: PathBuf, preset: PolkitPreset },
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

#[derive(Debug, Args)]
struct Create {
    folder: PathBuf,
    /// What pulls and stages on the machine. ISOTOPE_LAB_BOOTC names a bootc to be used unchanged instead of the stand-in
    #[arg(long, value_enum, default_value = "ostree")]
    backend: PullsAndStages,
    /// Random payload of each image, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = LabOptions::default().payload_bytes)]
    payload: u64,
    /// What polkit says: defaults, active, allow or deny
    #[arg(long, value_name = "PRESET", default_value = "defaults")]
    polkit: PolkitPreset,
    /// The installed tree that the machine gets; unless given, ISOTOPE_TREE or the one that this program stands in
    #[arg(long, value_name = "FOLDER")]
    tree: Option<PathBuf>,
    /// A file system of its own for /boot, of so many bytes
    #[arg(long, value_name = "BYTES")]
    boot_size: Option<u64>,
}

#[derive(Debug, Args)]
struct Publish {
    folder: PathBuf,
    /// gnome, kde, or any other word
    #[arg(long)]
    variant: String,
    #[arg(long)]
    version: String,
    /// Which key signs it
    #[arg(long, value_enum, default_value = "trusted")]
    signing: Sign,
    /// As a container image in the registry, under this tag and its version
    #[arg(long, value_name = "TAG", num_args = 0..=1, default_missing_value = "stable")]
    container: Option<String>,
    /// Make a static delta from the variant's previous image
    #[arg(long)]
    delta: bool,
    /// Random payload, in bytes
    #[arg(long, value_name = "BYTES")]
    payload: Option<u64>,
    /// An initramfs of its own, of so many bytes
    #[arg(long, value_name = "BYTES")]
    initramfs: Option<u64>,
    /// When it was built, in seconds since 1970; now unless given
    #[arg(long, value_name = "SECONDS")]
    built: Option<u64>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sign {
    /// The key that the machine trusts
    Trusted,
    /// A key that the machine trusts and that has expired
    Expired,
    /// A key that the machine does not know
    Untrusted,
    /// Nothing
    None,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PullsAndStages {
    /// libostree itself, from a remote
    Ostree,
    /// bootc, from the registry; nobody insists on a signature
    Bootc,
    /// bootc, and only what the lab's key has signed
    BootcSigned,
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

/// The value that has this name.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Result<T, serde_json::Error> {
    serde_json::from_value(name.into())
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
        Verb::Polkit { folder, preset } => Lab::open(folder)?.set_polkit(preset)?,
        Verb::Credentials { folder, login } => Lab::open(folder)?.set_credentials(login.as_ref())?,
        Verb::Damage { folder, checksum, damage } => Lab::open(folder)?.damage(&checksum, damage)?,
        Verb::Repair { folder } => Lab::open(folder)?.repair()?,
        Verb::Bootc(Bootc { folder, fault: Some(fault), moment, verb }) => {
            Lab::open(folder)?.set_bootc_fault(fault, moment, verb.as_deref())?;
        }
        Verb::Bootc(Bootc { folder, .. }) => Lab::open(folder)?.clear_bootc_fault()?,
        Verb::Disk { folder, state } => Lab::open(folder)?.set_disk_read_only(state == DiskState::ReadOnly)?,
        Verb::Remote(remote) => remote.perform()?,
        Verb::Destroy { folder } => Lab::remove(folder)?,
        Verb::Supervise { folder, end_with_starter } => program::supervise(folder, end_with_starter)?,
        Verb::Hold => program::hold()?,
        Verb::MachineServices => program::run_services()?,
        Verb::Service { unit } => return program::run_service(&unit),
        Verb::Enter { target, user, arguments } => return program::enter(target, &user, &arguments),
        Verb::EnterInner { target, user, parent, arguments } => {
            return program::enter_inner(target, &user, parent, &arguments);
        }
        Verb::Relay { from, to } => program::relay(&from, to)?,
    }
    Ok(ExitCode::SUCCESS)
}

impl Create {
    fn perform(self) -> Result<()> {
        let mut options = LabOptions {
            folder: self.folder,
            backend: match self.backend {
                PullsAndStages::Ostree => Backend::Ostree,
                PullsAndStages::Bootc => Backend::Bootc,
                PullsAndStages::BootcSigned => Backend::BootcSigned,
            },
            end_with_parent: false,
            payload_bytes: self.payload,
            polkit: self.polkit,
            boot_bytes: self.boot_size,
            ..LabOptions::default()
        };
        if let Some(tree) = self.tree {
            options.installation.tree = tree.canonicalize().context("there is no such tree")?;
        }
        Lab::create(options)?.keep();
        Ok(())
    }
}

impl Publish {
    fn perform(self) -> Result<()> {
        let mut publication = Publication::new(self.variant, self.version);
        publication.delta = self.delta;
        publication.payload_bytes = self.payload;
        publication.initramfs_bytes = self.initramfs;
        publication.built = self.built.map(|seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        publication.signing = match self.signing {
            Sign::Trusted => Signing::Trusted,
            Sign::Expired => Signing::Expired,
            Sign::Untrusted => Signing::Untrusted,
            Sign::None => Signing::None,
        };
        let lab = Lab::open(self.folder)?;
        let name = match self.container {
            Some(tag) => lab.publish_container(publication.tag(tag))?,
            None => lab.publish(publication)?,
        };
        println!("{name}");
        Ok(())
    }
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
    match lab.bootc_program()? {
        Some(program) => println!("backend: {}, {}", lab.backend()?.name(), program.display()),
        None => println!("backend: {}", lab.backend()?.name()),
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
