// SPDX-License-Identifier: GPL-3.0-or-later
//! What methods of a stateroot answer at once, without a transaction.

use anyhow::{Context, Result};
use ostree::glib::{Variant, VariantDict};
use ostree::{Deployment, Sysroot};

use crate::commits::base_of;
use crate::deployments::id;
use crate::failure::{Code, Failure};
use crate::origin::{Followed, Origin};
use crate::packages::Difference;
use crate::{snapshot, variants};

/// Rows of a difference, as they go over the bus.
pub(crate) type Rows = Vec<(String, u32, variants::Dictionary)>;

/// How the packages of two deployments differ. Nothing stands for what is booted, and what comes next.
pub(crate) fn deployments(stateroot: &str, from: &str, to: &str) -> Result<Rows, Failure> {
    let sysroot = snapshot::open()?;
    let (from, to) = (by_id(&sysroot, stateroot, from)?, by_id(&sysroot, stateroot, to)?);
    Ok(rows(&Difference::of_commits(&sysroot.repo(), &from.csum(), &to.csum())?)?)
}

fn by_id(sysroot: &Sysroot, stateroot: &str, wanted: &str) -> Result<Deployment, Failure> {
    if wanted.is_empty() {
        return Err(Failure::coded(Code::Failed, "empty deployment ID"));
    }
    let (pending, rollback) = sysroot.query_deployments_for(Some(stateroot));
    let found = match wanted {
        "booted" => sysroot.booted_deployment(),
        "pending" => pending,
        "rollback" => rollback,
        _ => sysroot.deployments().into_iter().find(|deployment| id(deployment) == wanted),
    };
    found.ok_or_else(|| Failure::coded(Code::Failed, format!("Deployment with id '{wanted}' not found")))
}

/// What the update that was found brings, and the update.
pub(crate) fn cached_update(deployment: &str, update: &Variant) -> Result<(Rows, variants::Dictionary), Failure> {
    let sysroot = snapshot::open()?;
    let repo = sysroot.repo();
    let named = sysroot.deployments().into_iter().find(|one| id(one) == deployment);
    let deployment = named.or_else(|| sysroot.booted_deployment()).context("No deployments found")?;
    let origin = Origin::of(&deployment)?;
    let invalid = || format!("Failed to load package list: Loading package list: Invalid refspec {}", origin.refspec());
    let Followed::Branch(branch) = &origin.followed else { return Err(Failure::coded(Code::Failed, invalid())) };
    let new = repo.require_rev(branch).map_err(anyhow::Error::from)?;
    let difference = Difference::of_commits(&repo, &base_of(&repo, &deployment.csum())?, &new)?;
    Ok((rows(&difference)?, variants::dictionary(update)?))
}

fn rows(difference: &Difference) -> Result<Rows> {
    let rows = difference.to_rows().into_iter().map(|(name, kind, packages)| {
        let packages = packages.into_iter().map(|(key, [name, version, architecture])| {
            let value = zbus::zvariant::Value::from((name, version, architecture));
            Ok((key.to_owned(), value.try_to_owned()?))
        });
        Ok((name, kind, packages.collect::<Result<_>>()?))
    });
    rows.collect()
}

/// The boot entry of a deployment by its number; nothing stands for the booted one or the next.
pub(crate) fn boot_configuration(stateroot: &str, number: &str, pending: bool) -> Result<Variant, Failure> {
    const ERROR: &str = "org.projectatomic.rpmostreed.Error.Failed";
    let sysroot = snapshot::open()?;
    let deployment = if number.is_empty() {
        let next = sysroot.query_deployments_for(Some(stateroot)).0;
        let booted = sysroot.booted_deployment();
        if pending { next.or(booted) } else { booted }
    } else {
        let invalid = || format!("Invalid deployment index {number}, must be a number and >= 0");
        let index: usize = number.parse().map_err(|_| Failure::new(ERROR, invalid()))?;
        sysroot.deployments().into_iter().nth(index)
    };
    let deployment = deployment.ok_or_else(|| Failure::new(ERROR, "No deployments found"))?;
    let entry = deployment.bootconfig().context("The deployment has no boot entry")?;
    let shown = VariantDict::new(None);
    shown.insert("staged", deployment.is_staged());
    for key in ["title", "version", "linux", "initrd", "options"] {
        if let Some(text) = entry.get(key) {
            shown.insert(key, text.as_str());
        }
    }
    Ok(shown.end())
}
