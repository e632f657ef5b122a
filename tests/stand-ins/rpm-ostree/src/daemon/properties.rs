// SPDX-License-Identifier: GPL-3.0-or-later
//! Keeping what the properties say true, and saying what has changed.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use anyhow::Result;
use ostree::glib::{Variant, VariantDict};
use zbus::zvariant::Value;

use super::Daemon;
use crate::cached_update;
use crate::configuration::Configuration;
use crate::names::{OS_INTERFACE, SYSROOT_INTERFACE, SYSROOT_PATH, os_path};
use crate::snapshot::{Snapshot, Stateroot};
use crate::variants;

/// What is said of an interface.
pub(crate) type Changes = HashMap<&'static str, Value<'static>>;

/// Notices that others have changed the sysroot.
pub(super) async fn watch(daemon: &Arc<Daemon>) {
    let mut seen = times();
    loop {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let now = times();
        // While a transaction runs, it says itself when it has changed something.
        if now != seen && !daemon.is_running() {
            seen = now;
            daemon.refresh(false).await;
        }
    }
}

fn times() -> [Option<SystemTime>; 2] {
    let time = |path: &str| std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    [time("/ostree/deploy"), time("/run/ostree/staged-deployment")]
}

impl Daemon {
    /// Reads the sysroot anew, with the update that is known or without.
    pub(crate) async fn refresh(&self, with_update: bool) {
        let _one = self.reading.lock().await;
        let read = tokio::task::spawn_blocking(Snapshot::read).await;
        let mut new = match read {
            Ok(Ok(snapshot)) => snapshot,
            Ok(Err(error)) => return eprintln!("rpm-ostree: {error:#}"),
            Err(error) => return eprintln!("rpm-ostree: {error}"),
        };
        let old = self.known().snapshot.clone();
        if !with_update {
            for (name, stateroot) in &mut new.stateroots {
                if let Some(known) = old.stateroots.get(name) {
                    stateroot.cached_update = known.cached_update.clone();
                }
            }
        }
        self.known().snapshot = new.clone();
        if let Err(error) = self.tell(&old, &new).await {
            eprintln!("rpm-ostree: {error:#}");
        }
    }

    /// Reads anew only the update that is known.
    pub(crate) async fn refresh_update(&self) {
        let _one = self.reading.lock().await;
        let old = self.known().snapshot.clone();
        let mut new = old.clone();
        for stateroot in new.stateroots.values_mut() {
            let booted = VariantDict::new(Some(&stateroot.booted));
            if let Ok(Some(checksum)) = booted.lookup::<String>("checksum") {
                stateroot.cached_update = cached_update::load(&checksum);
            }
        }
        self.known().snapshot = new.clone();
        if let Err(error) = self.tell(&old, &new).await {
            eprintln!("rpm-ostree: {error:#}");
        }
    }

    async fn tell(&self, old: &Snapshot, new: &Snapshot) -> Result<()> {
        for (name, stateroot) in &new.stateroots {
            let unknown = Stateroot::default();
            let known = old.stateroots.get(name).unwrap_or(&unknown);
            let changes = changes(known, stateroot)?;
            if !changes.is_empty() {
                self.announce(&os_path(name), OS_INTERFACE, changes).await?;
            }
        }
        if old.deployments != new.deployments {
            let all: Vec<_> = new.deployments.iter().map(variants::dictionary).collect::<Result<_>>()?;
            self.announce(SYSROOT_PATH, SYSROOT_INTERFACE, HashMap::from([("Deployments", Value::from(all))])).await?;
        }
        Ok(())
    }

    /// Says that properties have changed.
    pub(crate) async fn announce(&self, path: &str, interface: &str, changes: Changes) -> Result<()> {
        let body = (interface, changes, Vec::<String>::new());
        let none = None::<zbus::names::BusName<'_>>;
        Ok(self.bus.emit_signal(none, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", &body).await?)
    }

    /// Reads its configuration anew.
    pub(crate) async fn reload_configuration(&self) -> Result<()> {
        let new = Configuration::read()?;
        let changed = {
            let mut known = self.known();
            let changed = known.configuration.policy != new.policy;
            known.configuration = new.clone();
            changed
        };
        if changed {
            let changes = HashMap::from([("AutomaticUpdatePolicy", Value::from(new.policy))]);
            self.announce(SYSROOT_PATH, SYSROOT_INTERFACE, changes).await?;
        }
        Ok(())
    }
}

fn changes(old: &Stateroot, new: &Stateroot) -> Result<Changes> {
    let mut changes = Changes::new();
    let mut compare = |name, old: &Variant, new: &Variant| -> Result<()> {
        if old != new {
            changes.insert(name, Value::from(variants::dictionary(new)?));
        }
        Ok(())
    };
    compare("BootedDeployment", &old.booted, &new.booted)?;
    compare("DefaultDeployment", &old.default, &new.default)?;
    compare("RollbackDeployment", &old.rollback, &new.rollback)?;
    compare("CachedUpdate", &old.cached_update, &new.cached_update)?;
    let (had, has) = (old.cached_update.n_children() > 0, new.cached_update.n_children() > 0);
    if had != has {
        changes.insert("HasCachedUpdateRpmDiff", Value::from(has));
    }
    Ok(changes)
}
