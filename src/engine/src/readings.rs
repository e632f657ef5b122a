// SPDX-License-Identifier: GPL-3.0-or-later
//! What is only read, by anybody and without the sysroot's lock; one file per reading.

mod boot_evidence;
pub(crate) mod configuration_changes;
mod details;
mod disk_usage;
pub(crate) mod folder;
mod leftovers;
mod package_changes;
mod stored_layers;
mod trust;

use anyhow::Context as _;
use isotope_model::engine_protocol::{Reply, Request, Task};

use crate::authority;
use crate::failure::Failure;
use crate::sysroot;

/// Answers a request that only reads; nothing for any other.
pub(crate) fn answer(request: &Request) -> Option<Result<Reply, Failure>> {
    Some(match &request.task {
        Task::Status => sysroot::read_snapshot().map(|snapshot| Reply::Snapshot(Box::new(snapshot))),
        Task::Details { deployment } => details::read(deployment).map(|details| Reply::Details(Box::new(details))),
        Task::DiskUsage => disk_usage::read().map(|usage| Reply::DiskUsage(Box::new(usage))),
        Task::ConfigurationChanges { deployment } => sees_everything(request)
            .and_then(|everything| configuration_changes::read(deployment, everything))
            .map(|changes| Reply::ConfigurationChanges(Box::new(changes))),
        Task::Trust { image } => trust::read(image.as_deref()).map(|trust| Reply::Trust(Box::new(trust))),
        Task::StoredLayers => stored_layers::read().map(Reply::StoredLayers),
        Task::PackageChanges { deployment } => {
            package_changes::read(deployment.as_ref()).map(|changes| Reply::PackageChanges(Box::new(changes)))
        }
        Task::BootEvidence => Ok(Reply::BootEvidence(Box::new(boot_evidence::read()))),
        _ => return None,
    })
}

/// Only root is told names from folders that nobody else may look into.
fn sees_everything(request: &Request) -> Result<bool, Failure> {
    let Some(caller) = &request.caller else { return Ok(false) };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
    let user = runtime.block_on(async {
        let bus = zbus::Connection::system().await.context("the system bus")?;
        authority::user(&bus, caller).await
    })?;
    Ok(user == 0)
}
