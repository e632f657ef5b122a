// SPDX-License-Identifier: GPL-3.0-or-later
//! `rpm-ostree status`, in short.

use anyhow::Result;

use crate::commits::Commit;
use crate::origin::Origin;
use crate::snapshot;

pub(crate) fn print() -> Result<()> {
    let sysroot = snapshot::open()?;
    let (repo, booted) = (sysroot.repo(), sysroot.booted_deployment());
    println!("State: idle\nDeployments:");
    for deployment in sysroot.deployments() {
        let mark = if booted.as_ref().is_some_and(|booted| booted.equal(&deployment)) { "●" } else { " " };
        let origin = Origin::of(&deployment);
        println!("{mark} {}", origin.as_ref().map_or("", Origin::refspec));
        let commit = Commit::load(&repo, &deployment.csum())?;
        let base = Commit::load(&repo, commit.base().unwrap_or(&commit.checksum))?;
        if let Some(version) = base.version(&repo) {
            println!("                  Version: {version}");
        }
        println!("                   Commit: {}", commit.checksum);
        if let Ok(origin) = origin
            && !origin.packages.is_empty()
        {
            println!("          LayeredPackages: {}", origin.packages.join(" "));
        }
    }
    Ok(())
}
