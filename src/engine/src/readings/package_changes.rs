// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::Path;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::{DeploymentId, Host, PackageChanges, Refusal, Snapshot, followed_deployment};
use ostree::gio;

use crate::failure::Failure;
use crate::rpm_ostree_backend::cached_update::CachedUpdate;
use crate::rpm_ostree_backend::daemon::Daemon;
use crate::rpm_ostree_backend::errors::MethodError;
use crate::rpm_ostree_backend::in_sight::InSight;
use crate::rpm_ostree_backend::package_changes;
use crate::rpm_ostree_backend::proxies::OsProxy;
use crate::sysroot;

const RPM_OSTREE: &str = "/usr/bin/rpm-ostree";
/// Each answer comes by then, or not at all.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which packages differ between what runs and this deployment; absent for the update that the last check has found.
///
/// # Errors
/// There is no such deployment; there is no rpm-ostree here, or it does not answer.
pub(super) fn read(deployment: Option<&DeploymentId>) -> Result<PackageChanges, Failure> {
    let snapshot = sysroot::read_snapshot()?;
    let Host { backend, composefs, image_based, .. } = snapshot.host;
    if !image_based || composefs || !Path::new(RPM_OSTREE).exists() {
        return Err(Refusal::NotWithBackend { backend, composefs }.into());
    }
    let booted = snapshot.booted().map(|booted| booted.id.clone()).ok_or(Refusal::NotBooted)?;
    if let Some(deployment) = deployment.filter(|deployment| snapshot.deployment(deployment).is_none()) {
        return Err(Refusal::UnknownDeployment { deployment: deployment.clone() }.into());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("a runtime")?;
    runtime.block_on(async {
        let bus = zbus::Connection::system().await.context("the system bus")?;
        let cancellable = gio::Cancellable::new();
        let in_sight = InSight { cancellable: &cancellable, reporter: None, patience: PATIENCE };
        let daemon = Daemon { bus: &bus, in_sight };
        let asked = match deployment {
            None => of_update(&daemon, &snapshot).await,
            Some(deployment) => of_deployment(&daemon, &booted, deployment).await,
        };
        asked.map_err(|error| error.into_refusal().into())
    })
}

async fn of_update(daemon: &Daemon<'_>, snapshot: &Snapshot) -> Result<PackageChanges, MethodError> {
    let cached = daemon.ask("", async |os: &OsProxy<'_>| Ok(CachedUpdate::of(&os.cached_update().await?))).await?;
    let followed = followed_deployment(snapshot);
    // What it tells may be of what is staged already, or of another image than the one that is followed.
    let is_it = |cached: &CachedUpdate| cached.deployment.is_none() && followed.is_some_and(|one| cached.is_of(one));
    Ok(cached.filter(is_it).map_or_else(PackageChanges::unknown, |cached| cached.changes))
}

async fn of_deployment(
    daemon: &Daemon<'_>,
    booted: &DeploymentId,
    deployment: &DeploymentId,
) -> Result<PackageChanges, MethodError> {
    let (from, to) = (name(booted), name(deployment));
    let ask = async |os: &OsProxy<'_>| {
        let rows = os.get_deployments_rpm_diff(&from, &to).await?;
        Ok((rows, CachedUpdate::of(&os.cached_update().await?)))
    };
    let (rows, cached) = daemon.ask(&to, ask).await?;
    let mut changes = package_changes::of_rows(&rows);
    // What the vendor says is only told of the one that is staged.
    if let Some(cached) = cached.filter(|cached| cached.deployment.as_deref() == Some(&to)) {
        changes.advisories = cached.changes.advisories;
        changes.truncated |= cached.changes.truncated;
    }
    Ok(changes)
}

/// What rpm-ostree calls a deployment.
fn name(id: &DeploymentId) -> String {
    format!("{}-{}.{}", id.stateroot(), id.checksum(), id.serial())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rpm_ostree_names_deployments_in_its_own_way() {
        let checksum = "a".repeat(64);
        assert_eq!(name(&DeploymentId::new("fedora", &*checksum, 1)), format!("fedora-{checksum}.1"));
    }
}
