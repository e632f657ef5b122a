// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{BootRoom, DeploymentId, ImageReference, Snapshot, way_back};
use ostree::Sysroot;

use crate::automatic_pin::releasable;
use crate::free_space;
use crate::ostree_backend::kernel_files::KernelFiles;
use crate::ostree_backend::room::BootFolder;

/// The room for the kernel of an image, which may not be known; what a switch lets go counts as room.
pub(super) fn read(
    sysroot: &Sysroot,
    snapshot: &Snapshot,
    image: &ImageReference,
    kernel: Option<KernelFiles>,
) -> Option<BootRoom> {
    let boot = BootFolder::read(sysroot)?;
    let reclaimable = boot.reclaimable(&let_go(snapshot, image));
    let separate = free_space::boot_is_separate();
    let known = kernel.map(|kernel| boot.needed_by(&kernel, &[]));
    let needed = known.or_else(|| boot.needed_by_largest())?;
    Some(BootRoom { separate, free: boot.free, reclaimable, needed, known: known.is_some() })
}

/// What a switch would pin no longer, if it had to.
fn let_go(snapshot: &Snapshot, image: &ImageReference) -> Vec<DeploymentId> {
    let pinned = way_back(snapshot, image).map(|way_back| way_back.id.clone());
    releasable(snapshot, pinned.as_ref())
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticPin, Deployment};

    use super::*;

    #[test]
    fn the_way_back_from_before_goes_where_the_switch_leaves_another() {
        let deployment = |digit: &str, branch: &str| Deployment {
            image: ImageReference::from_refspec(branch).ok(),
            pinned: true,
            automatic_pin: Some(AutomaticPin::default()),
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        };
        let booted = Deployment { booted: true, ..deployment("1", "r:gnome") };
        let older = deployment("2", "r:sway");
        let of_older = vec![older.id.clone()];
        let snapshot = Snapshot { deployments: vec![booted, older], ..Snapshot::default() };
        let to = |snapshot: &Snapshot, branch| let_go(snapshot, &ImageReference::from_refspec(branch).unwrap());
        assert_eq!(to(&snapshot, "r:kde"), of_older);
        assert!(to(&snapshot, "r:gnome").is_empty(), "nothing is left");
        let mut by_hand = snapshot;
        by_hand.deployments[0].automatic_pin = None;
        assert!(to(&by_hand, "r:kde").is_empty(), "the switch pins nothing");
    }
}
