// SPDX-License-Identifier: GPL-3.0-or-later
//! Container images: publishing them, and what the machine's bootc does with them.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::Lab;
use crate::bootc::{self, BootcFault, BootcMoment};
use crate::container::{self, Ports};
use crate::control::Order;
use crate::{Backend, Publication, deployment_file};

/// Below a deployment.
const POLICY: &str = "etc/containers/policy.json";
/// What a machine's /etc says about images.
const SETTINGS: [&str; 3] =
    ["containers/policy.json", "containers/registries.conf", "containers/registries.d/lab.yaml"];

impl Lab {
    /// What pulls and stages on the machine.
    ///
    /// # Errors
    /// The lab's memory is damaged.
    pub fn backend(&self) -> Result<Backend> {
        Ok(self.folder.read_configuration()?.backend)
    }

    /// The program that the machine has as `/usr/bin/bootc`, if it has one.
    ///
    /// # Errors
    /// The lab's memory is damaged.
    pub fn bootc_program(&self) -> Result<Option<PathBuf>> {
        Ok(self.folder.read_configuration()?.bootc)
    }

    /// Publishes an image in the lab's container registry, under its version and its tag. Returns the digest of its
    /// manifest. The registry starts with the first.
    ///
    /// # Errors
    /// Building or pushing fails.
    pub fn publish_container(&self, publication: Publication) -> Result<String> {
        let lock = File::create(self.folder.path().join("publishing.lock"))?;
        lock.lock()?;
        let ports = self.registry()?;
        container::publish(&self.folder, &publication, self.payload_bytes, ports)
    }

    /// Lets other words, too, be tags of a published image.
    ///
    /// # Errors
    /// It is not published, or a word is no tag.
    pub fn tag_container(&self, variant: &str, tag: &str, others: impl IntoIterator<Item = String>) -> Result<()> {
        container::add_tags(&self.folder, variant, tag, others)
    }

    /// How the machine refers to a published image, without a transport: `127.0.0.1:PORT/lab/VARIANT:TAG`.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn container_reference(&self, variant: &str, tag: &str) -> Result<String> {
        Ok(container::reference(self.status()?.port, variant, tag))
    }

    /// Where the registry itself listens, past everything that [`Lab::set_remote`] does.
    ///
    /// # Errors
    /// The registry does not start.
    pub fn registry_address(&self) -> Result<String> {
        Ok(format!("127.0.0.1:{}", self.registry()?.registry))
    }

    /// Gives the machine another `policy.json`, a broken one too, and until it gets yet another: in the /etc of what it has
    /// booted, or else of what it boots next.
    ///
    /// # Errors
    /// The boot menu is damaged, or the file cannot be written.
    pub fn set_policy(&self, text: &str) -> Result<()> {
        deployment_file::set(&self.deployment()?.join(POLICY), 0o644, Some(text))
    }

    /// Takes the machine's own `policy.json` away.
    ///
    /// # Errors
    /// As with [`Lab::set_policy`].
    pub fn remove_policy(&self) -> Result<()> {
        deployment_file::set(&self.deployment()?.join(POLICY), 0o644, None)
    }

    /// What the machine's policy calls the part of the registry that holds the lab's images: `127.0.0.1:PORT/lab`.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn policy_scope(&self) -> Result<String> {
        Ok(container::scope(self.status()?.port))
    }

    pub(super) fn deployment(&self) -> Result<PathBuf> {
        match self.booted()? {
            Some(booted) => Ok(booted.deployment),
            None => Ok(self.boot_entries()?.into_iter().next().context("the boot menu is empty")?.deployment),
        }
    }

    /// What the stand-in for bootc does wrong from now on, until the machine is switched off; `verb` is what it must be
    /// asked for, if not anything.
    ///
    /// # Errors
    /// The machine is off.
    pub fn set_bootc_fault(&self, fault: BootcFault, moment: BootcMoment, verb: Option<&str>) -> Result<()> {
        bootc::set_fault(&self.folder, fault, moment, verb)
    }

    /// The stand-in for bootc behaves again.
    ///
    /// # Errors
    /// The machine's /run cannot be written.
    pub fn clear_bootc_fault(&self) -> Result<()> {
        bootc::clear_fault(&self.folder)
    }

    /// The first image of a machine that follows containers: published, pulled and deployed.
    pub(super) fn install_container(&self, backend: Backend, first: Publication) -> Result<()> {
        let installer = bootc::stand_in(&self.installation)?;
        let ports = self.registry()?;
        bootc::prepare(&self.folder, backend, ports.public)?;
        let reference = container::reference(ports.public, &first.variant, &first.tag);
        self.publish_container(first)?;
        bootc::install(&self.folder, &installer, backend, &reference)
    }

    /// Gives a machine that follows a branch what it takes to follow an image one day: the settings of those that do.
    pub(super) fn allow_containers(&self, backend: Backend) -> Result<()> {
        bootc::prepare(&self.folder, backend, self.status()?.port)?;
        let settings = self.folder.container_tree();
        for name in SETTINGS {
            let text = std::fs::read_to_string(settings.join("etc").join(name))?;
            self.write_file(name, &text)?;
        }
        Ok(())
    }

    fn registry(&self) -> Result<Ports> {
        if self.status()?.registry_port.is_none() {
            self.order(&Order::Registry)?;
        }
        let status = self.status()?;
        let registry = status.registry_port.context("the lab's registry does not run")?;
        Ok(Ports { public: status.port, registry })
    }
}
