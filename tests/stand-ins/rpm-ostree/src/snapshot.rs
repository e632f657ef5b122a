// SPDX-License-Identifier: GPL-3.0-or-later
//! The sysroot as the daemon last saw it.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ostree::glib::{Variant, VariantDict};
use ostree::{Sysroot, gio};

use crate::{cached_update, deployments};

/// What the properties say.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) booted: Option<String>,
    pub(crate) deployments: Vec<Variant>,
    pub(crate) stateroots: BTreeMap<String, Stateroot>,
}

/// What they say of a stateroot.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stateroot {
    pub(crate) booted: Variant,
    pub(crate) default: Variant,
    pub(crate) rollback: Variant,
    pub(crate) cached_update: Variant,
}

impl Default for Stateroot {
    fn default() -> Self {
        let nothing = || VariantDict::new(None).end();
        Self { booted: nothing(), default: nothing(), rollback: nothing(), cached_update: nothing() }
    }
}

impl Snapshot {
    pub(crate) fn read() -> Result<Self> {
        let sysroot = open()?;
        let repo = sysroot.repo();
        let booted = sysroot.booted_deployment();
        let shown = |deployment: &ostree::Deployment| {
            let shown = deployments::dictionary(&repo, deployment, booted.as_ref());
            shown.with_context(|| format!("Deployment {}", deployments::id(deployment)))
        };
        let all = sysroot.deployments();
        let mut snapshot = Self { booted: booted.as_ref().map(|one| one.osname().into()), ..Self::default() };
        // Each once: signatures are checked.
        let mut known = Vec::new();
        for deployment in &all {
            let described = shown(deployment)?;
            snapshot.deployments.push(described.clone());
            known.push((deployment, described));
        }
        let shown = |wanted: &ostree::Deployment| {
            let found = known.iter().find(|(deployment, _)| deployment.equal(wanted));
            found
                .map(|(_, described)| described.clone())
                .with_context(|| format!("Deployment {}", deployments::id(wanted)))
        };
        for entry in std::fs::read_dir("/ostree/deploy").context("/ostree/deploy")? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                let name = entry.file_name().to_string_lossy().into_owned();
                snapshot.stateroots.insert(name, Stateroot::default());
            }
        }
        for (name, stateroot) in &mut snapshot.stateroots {
            let of_it = |one: &&ostree::Deployment| one.osname() == name.as_str();
            if let Some(default) = all.iter().find(of_it) {
                stateroot.default = shown(default)?;
            }
            let (_, rollback) = sysroot.query_deployments_for(Some(name));
            if let Some(rollback) = rollback {
                stateroot.rollback = shown(&rollback)?;
            }
            if let Some(booted) = booted.as_ref().filter(of_it) {
                stateroot.booted = shown(booted)?;
                stateroot.cached_update = cached_update::load(&booted.csum());
            }
        }
        Ok(snapshot)
    }
}

/// The sysroot, not locked.
pub(crate) fn open() -> Result<Sysroot> {
    let sysroot = Sysroot::new_default();
    sysroot.set_mount_namespace_in_use();
    sysroot.load(gio::Cancellable::NONE)?;
    Ok(sysroot)
}
