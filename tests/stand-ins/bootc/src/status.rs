// SPDX-License-Identifier: GPL-3.0-or-later
//! How the machine stands, in bootc's words.

use anyhow::Result;
use ostree::{Deployment, DeploymentUnlockedState, KernelArgs, Repo};
use serde_json::{Value, json};

use crate::reference::{ImageReference, ORIGIN_KEY};
use crate::stored_image::StoredImage;
use crate::system::System;

/// Groups of an origin with which another program is in charge.
const FOREIGN: [&str; 4] = ["rpmostree", "packages", "overrides", "modules"];

/// A deployment and what it was made from.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) deployment: Deployment,
    pub(crate) reference: Option<ImageReference>,
    pub(crate) image: Option<StoredImage>,
    /// Its origin belongs to another program.
    pub(crate) incompatible: bool,
    from_container: bool,
    /// It can take over from what is booted without another kernel.
    pub(crate) soft_reboot_capable: bool,
}

/// The deployments by what they are to the booted stateroot.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) staged: Option<Entry>,
    pub(crate) booted: Entry,
    pub(crate) rollback: Option<Entry>,
    pub(crate) other: Vec<Entry>,
    pub(crate) rollback_queued: bool,
}

impl Status {
    /// Nothing where nothing was booted through ostree.
    pub(crate) fn read(system: &System) -> Result<Option<Self>> {
        let Some(booted) = system.sysroot.booted_deployment() else { return Ok(None) };
        let entry = |deployment: Deployment| Entry::read(&system.repo, deployment, &booted);
        let (mut staged, mut rollback, mut other) = (None, None, Vec::new());
        for deployment in system.sysroot.deployments() {
            if deployment.equal(&booted) {
                continue;
            }
            let same_stateroot = deployment.osname() == booted.osname();
            let place = if same_stateroot && deployment.is_staged() {
                &mut staged
            } else if same_stateroot && rollback.is_none() {
                &mut rollback
            } else {
                other.push(entry(deployment)?);
                continue;
            };
            *place = Some(entry(deployment)?);
        }
        let rollback_queued =
            rollback.as_ref().is_some_and(|rollback: &Entry| rollback.deployment.index() < booted.index());
        Ok(Some(Self { staged, booted: entry(booted.clone())?, rollback, other, rollback_queued }))
    }

    /// What is followed: the staged deployment's reference, else the booted one's.
    pub(crate) fn followed(&self) -> Option<&ImageReference> {
        let entry = self.staged.as_ref().unwrap_or(&self.booted);
        entry.reference.as_ref()
    }

    pub(crate) fn to_json(&self, only_booted: bool) -> Value {
        let shown = |entry: &Option<Entry>| entry.as_ref().filter(|_| !only_booted).map(Entry::to_json);
        let mut status = json!({
            "staged": shown(&self.staged),
            "booted": self.booted.to_json(),
            "rollback": shown(&self.rollback),
            "rollbackQueued": self.rollback_queued,
            "type": self.booted.image.as_ref().map(|_| "bootcHost"),
            "usrOverlay": overlay(&self.booted.deployment),
        });
        if !only_booted && !self.other.is_empty() {
            status["otherDeployments"] = self.other.iter().map(Entry::to_json).collect();
        }
        host(self.followed().map(ImageReference::to_json), self.rollback_queued, status)
    }
}

/// What is said of a machine that did not boot through ostree.
pub(crate) fn nothing() -> Value {
    let none = Value::Null;
    let status = json!({
        "staged": none, "booted": none, "rollback": none, "rollbackQueued": false, "type": none, "usrOverlay": none,
    });
    host(None, false, status)
}

fn host(image: Option<Value>, rollback_queued: bool, status: Value) -> Value {
    let order = if rollback_queued { "rollback" } else { "default" };
    json!({
        "apiVersion": "org.containers.bootc/v1", "kind": "BootcHost", "metadata": { "name": "host" },
        "spec": { "image": image, "bootOrder": order }, "status": status,
    })
}

impl Entry {
    fn read(repo: &Repo, deployment: Deployment, booted: &Deployment) -> Result<Self> {
        let origin = deployment.origin();
        let incompatible = origin.as_ref().is_some_and(|origin| FOREIGN.iter().any(|group| origin.has_group(group)));
        let written = origin.as_ref().and_then(|origin| origin.string("origin", ORIGIN_KEY).ok());
        let reference = match written.as_deref().filter(|_| !incompatible) {
            Some(text) => Some(ImageReference::parse(text)?),
            None => None,
        };
        let image = match reference {
            Some(_) => StoredImage::of_commit(repo, &deployment.csum())?,
            None => None,
        };
        let same_kernel = deployment.bootcsum() == booted.bootcsum();
        let soft_reboot_capable = same_kernel && kernel_arguments(&deployment) == kernel_arguments(booted);
        let from_container = written.is_some();
        Ok(Self { deployment, reference, image, incompatible, from_container, soft_reboot_capable })
    }

    fn to_json(&self) -> Value {
        let described = self.reference.as_ref().zip(self.image.as_ref());
        let image = described.map(|(reference, image)| image.description.to_json(reference));
        let update = described.and_then(|(reference, image)| Some(image.cached_update.as_ref()?.to_json(reference)));
        json!({
            "image": image,
            "cachedUpdate": update,
            "incompatible": self.incompatible,
            "pinned": self.deployment.is_pinned(),
            "softRebootCapable": self.soft_reboot_capable,
            "downloadOnly": self.deployment.is_staged() && self.deployment.is_finalization_locked(),
            "store": self.from_container.then_some("ostreeContainer"),
            "ostree": {
                "stateroot": self.deployment.osname().as_str(),
                "checksum": self.deployment.csum().as_str(),
                "deploySerial": self.deployment.deployserial(),
            },
            "composefs": Value::Null,
        })
    }
}

/// What the kernel is told, but for which deployment it is to start.
pub(crate) fn kernel_arguments(deployment: &Deployment) -> Vec<String> {
    let options = deployment.bootconfig().and_then(|config| config.get("options")).unwrap_or_default();
    let all = KernelArgs::from_string(&options).to_strv();
    all.into_iter().map(String::from).filter(|one| !one.is_empty() && !one.starts_with("ostree=")).collect()
}

fn overlay(deployment: &Deployment) -> Value {
    let (access, persistence) = match deployment.unlocked() {
        DeploymentUnlockedState::Development => ("readWrite", "transient"),
        DeploymentUnlockedState::Hotfix => ("readWrite", "persistent"),
        DeploymentUnlockedState::Transient => ("readOnly", "transient"),
        _ => return Value::Null,
    };
    json!({ "accessMode": access, "persistence": persistence })
}
