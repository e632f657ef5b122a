// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Args, ValueEnum};
use isotope_lab::{Backend, Lab, LabOptions, PolkitPreset};

/// What a lab is made of.
#[derive(Debug, Args)]
pub(crate) struct Create {
    folder: PathBuf,
    /// What pulls and stages on the machine. ISOTOPE_LAB_BOOTC names a bootc, and ISOTOPE_LAB_RPM_OSTREED an rpm-ostree,
    /// to be used unchanged instead of the stand-in
    #[arg(long, value_enum, default_value = "ostree")]
    backend: PullsAndStages,
    /// bootc is on the machine, too, whatever the backend
    #[arg(long)]
    with_bootc: bool,
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
    /// The size of the file system for all the rest, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = LabOptions::default().sysroot_bytes)]
    sysroot_size: u64,
    /// Offer gnome and kde on the machine, in a catalog in its /etc
    #[arg(long)]
    catalog: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PullsAndStages {
    /// libostree itself, from a remote
    Ostree,
    /// bootc, from the registry; nobody insists on a signature
    Bootc,
    /// bootc, and only what the lab's key has signed
    BootcSigned,
    /// rpm-ostree's daemon, from the registry; nobody insists on a signature
    RpmOstree,
    /// rpm-ostree's daemon, from a remote
    RpmOstreeBranch,
}

impl Create {
    pub(crate) fn perform(self) -> Result<()> {
        let mut options = LabOptions {
            folder: self.folder,
            backend: match self.backend {
                PullsAndStages::Ostree => Backend::Ostree,
                PullsAndStages::Bootc => Backend::Bootc,
                PullsAndStages::BootcSigned => Backend::BootcSigned,
                PullsAndStages::RpmOstree => Backend::RpmOstree,
                PullsAndStages::RpmOstreeBranch => Backend::RpmOstreeBranch,
            },
            with_bootc: self.with_bootc,
            end_with_parent: false,
            payload_bytes: self.payload,
            polkit: self.polkit,
            sysroot_bytes: self.sysroot_size,
            boot_bytes: self.boot_size,
            ..LabOptions::default()
        };
        if let Some(tree) = self.tree {
            options.installation.tree = tree.canonicalize().context("there is no such tree")?;
        }
        let mut lab = Lab::create(options)?;
        if self.catalog {
            lab.offer_own_images()?;
        }
        lab.keep();
        Ok(())
    }
}
