// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use clap::{Args, ValueEnum};
use isotope_lab::{DisplayManager, Lab, Publication, Signing};

/// An image, and where it goes.
#[derive(Debug, Args)]
pub(crate) struct Publish {
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
    /// As a commit on this branch instead of lab/ARCHITECTURE/VARIANT
    #[arg(long, conflicts_with = "container")]
    branch: Option<String>,
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
    /// For machines of another architecture, as containers name it: amd64, arm64, s390x, …
    #[arg(long, value_name = "ARCHITECTURE")]
    arch: Option<String>,
    /// Without what says that a machine can boot it
    #[arg(long)]
    not_bootable: bool,
    /// A label more, for a container
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    label: Vec<(String, String)>,
    /// A file more, below usr/ or etc/
    #[arg(long, value_name = "PATH=TEXT", value_parser = pair)]
    file: Vec<(String, String)>,
    /// A package more in its package database
    #[arg(long, value_name = "NAME=VERSION", value_parser = pair)]
    package: Vec<(String, String)>,
    /// What shows the login screen; gdm for gnome and sddm for kde, unless given
    #[arg(long, value_enum, value_name = "WHICH")]
    display_manager: Option<LoginScreen>,
    /// Do not make the user of the login screen
    #[arg(long)]
    no_sysusers: bool,
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

#[derive(Clone, Copy, Debug, ValueEnum)]
enum LoginScreen {
    Gdm,
    Sddm,
    None,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("there is no “=” in it")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Publish {
    pub(crate) fn perform(self) -> Result<()> {
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
        publication.branch = self.branch;
        publication.architecture = self.arch;
        publication.bootable = !self.not_bootable;
        publication.labels = self.label;
        publication.files = self.file;
        publication.packages = self.package;
        publication.sysusers = !self.no_sysusers;
        match self.display_manager {
            Some(LoginScreen::Gdm) => publication.display_manager = Some(DisplayManager::Gdm),
            Some(LoginScreen::Sddm) => publication.display_manager = Some(DisplayManager::Sddm),
            Some(LoginScreen::None) => publication.display_manager = None,
            None => {}
        }
        let lab = Lab::open(self.folder)?;
        let name = match self.container {
            Some(tag) => lab.publish_container(publication.tag(tag))?,
            None => lab.publish(publication)?,
        };
        println!("{name}");
        Ok(())
    }
}
