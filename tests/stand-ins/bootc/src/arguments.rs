// SPDX-License-Identifier: GPL-3.0-or-later
//! The words of bootc that the stand-in knows.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

#[derive(Debug, Parser)]
#[command(name = "bootc", version = "1.15.2", about = "The lab's stand-in for bootc")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Say what is booted, staged and to be gone back to
    Status(Status),
    /// Download and stage the newest image of the reference that is followed
    #[command(alias = "update")]
    Upgrade(Upgrade),
    /// Download and stage another image, and follow it from then on
    Switch(Switch),
    /// Make the previous deployment the next one to boot, or undo that
    Rollback(Rollback),
    /// Deploy a first image into a sysroot that is not running, as an installer would; bootc knows no such word
    #[command(hide = true, name = "lab-install")]
    Install(Install),
}

impl Verb {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(_) => "status",
            Self::Upgrade(_) => "upgrade",
            Self::Switch(_) => "switch",
            Self::Rollback(_) => "rollback",
            Self::Install(_) => "lab-install",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[value(name = "humanreadable")]
    HumanReadable,
    Yaml,
    Json,
}

/// Whether the restart that follows is to leave the kernel running.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SoftReboot {
    /// Fail where that cannot be
    Required,
    /// Prepare it where that can be
    Auto,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// JSON whatever is chosen: it is YAML as well, and people can read it
    #[arg(long, value_enum)]
    pub(crate) format: Option<Format>,
    #[arg(long, hide = true, conflicts_with = "format")]
    pub(crate) json: bool,
    #[arg(long)]
    pub(crate) format_version: Option<u32>,
    /// Only what is booted
    #[arg(long)]
    pub(crate) booted: bool,
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Upgrade {
    /// No progress on standard output
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Only look whether there is an update
    #[arg(long, conflicts_with_all = ["soft_reboot", "download_only", "from_downloaded"])]
    pub(crate) check: bool,
    /// Prepare a restart that leaves the kernel running
    #[arg(long, value_enum)]
    pub(crate) soft_reboot: Option<SoftReboot>,
    /// Stage, but do not finalise at shutdown
    #[arg(long, conflicts_with = "from_downloaded")]
    pub(crate) download_only: bool,
    /// Let what was staged so be finalised
    #[arg(long)]
    pub(crate) from_downloaded: bool,
    #[arg(long, hide = true)]
    pub(crate) progress_fd: Option<i32>,
}

#[derive(Debug, Args)]
pub(crate) struct Switch {
    #[arg(long)]
    pub(crate) quiet: bool,
    /// Prepare a restart that leaves the kernel running
    #[arg(long, value_enum)]
    pub(crate) soft_reboot: Option<SoftReboot>,
    #[arg(long, default_value = "registry")]
    pub(crate) transport: String,
    /// Refuse an image that the host's policy does not check
    #[arg(long)]
    pub(crate) enforce_container_sigpolicy: bool,
    /// Keep what was followed before
    #[arg(long)]
    pub(crate) retain: bool,
    #[arg(long, hide = true)]
    pub(crate) progress_fd: Option<i32>,
    pub(crate) target: String,
}

#[derive(Debug, Args)]
pub(crate) struct Rollback {
    /// Prepare a restart that leaves the kernel running
    #[arg(long, value_enum)]
    pub(crate) soft_reboot: Option<SoftReboot>,
}

#[derive(Debug, Args)]
pub(crate) struct Install {
    #[arg(long)]
    pub(crate) sysroot: PathBuf,
    #[arg(long)]
    pub(crate) stateroot: String,
    #[arg(long = "karg")]
    pub(crate) kernel_arguments: Vec<String>,
    /// As it is written into the origin, for instance `ostree-unverified-registry:HOST/IMAGE:TAG`
    pub(crate) reference: String,
}
