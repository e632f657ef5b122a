// SPDX-License-Identifier: GPL-3.0-or-later
//! Marks whose pin is gone: libostree's own unpinning leaves them. Whoever pins such a deployment later has done it by hand.

use isotope_model::DeploymentId;
use ostree::Sysroot;
use ostree::glib::KeyFile;

use super::{GROUP, MARK, Pin, write};
use crate::deployment_reader;

/// An origin has such a mark.
pub(super) fn is_in(origin: &KeyFile) -> bool {
    Pin::of_origin(origin) == Pin::None && origin.has_key(GROUP, MARK).unwrap_or(false)
}

/// There is any.
pub(super) fn any(sysroot: &Sysroot) -> bool {
    !find(sysroot).is_empty()
}

/// Removes them. The sysroot's lock is held; what cannot be written waits for the next time.
pub(super) fn remove(sysroot: &Sysroot) {
    for deployment in find(sysroot) {
        if let Err(failure) = write(sysroot, &deployment, Pin::None) {
            tracing::warn!("the mark of {deployment} stays: {failure:?}");
        }
    }
}

fn find(sysroot: &Sysroot) -> Vec<DeploymentId> {
    let deployments = sysroot.deployments().into_iter().filter(|deployment| !deployment.is_staged());
    let stale = deployments.filter(|deployment| deployment.origin().is_some_and(|origin| is_in(&origin)));
    stale.filter_map(|deployment| deployment_reader::id(&deployment).ok()).collect()
}
