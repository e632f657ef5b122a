// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::boot_order_plan::require_booted;
use crate::{Deployment, ImageReference, Refusal, Snapshot};

/// Why a deployment is pinned that nobody pinned by hand: a switch left it as the way back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AutomaticPin {
    /// After so many more updates it is pinned no longer, or before where /boot has no room; absent as long as nobody has said
    /// that the other image is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updates_left: Option<u32>,
}

impl AutomaticPin {
    /// For so many updates the way back stays once a person has decided to keep the new image.
    pub const UPDATES: u32 = 3;

    /// Somebody has decided to keep the new image.
    pub fn is_kept(self) -> bool {
        self.updates_left.is_some()
    }
}

/// What a switch to this image pins as the way back: what runs, where that follows another image and nobody has pinned it by
/// hand.
pub fn way_back<'a>(snapshot: &'a Snapshot, image: &ImageReference) -> Option<&'a Deployment> {
    let booted = snapshot.booted()?;
    let leaves = booted.image.as_ref().is_some_and(|present| present != image);
    let by_hand = booted.pinned && booted.automatic_pin.is_none();
    (leaves && !by_hand && !snapshot.host.composefs).then_some(booted)
}

/// A computer runs another image since a switch, and nobody has said yet whether that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trial<'a> {
    /// What ran before.
    pub before: &'a Deployment,
    /// What runs now.
    pub now: &'a Deployment,
}

impl<'a> Trial<'a> {
    /// The trial that a host is in.
    ///
    /// # Errors
    /// [`Refusal::NothingToKeep`]; it runs no deployment.
    pub fn of(snapshot: &'a Snapshot) -> Result<Self, Refusal> {
        require_booted(snapshot)?;
        let now = snapshot.booted().ok_or(Refusal::NotBooted)?;
        let way_back = |other: &&Deployment| {
            let undecided = other.automatic_pin.is_some_and(|pin| !pin.is_kept());
            let elsewhere = !other.booted && !other.staged && other.id.stateroot() == now.id.stateroot();
            other.pinned && undecided && elsewhere && other.image != now.image
        };
        // Whoever has chosen to go back has decided.
        let starts = snapshot.next().map(|next| &next.id);
        let before = snapshot
            .deployments
            .iter()
            .find(way_back)
            .filter(|before| Some(&before.id) != starts)
            .ok_or(Refusal::NothingToKeep)?;
        Ok(Self { before, now })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{DeploymentId, Host};

    fn host(before: Deployment) -> Snapshot {
        let image = |branch: &str| ImageReference::from_refspec(branch).ok();
        let now = Deployment { booted: true, image: image("r:kde"), ..deployment('2') };
        let before = Deployment { image: image("r:gnome"), ..before };
        let host = Host { image_based: true, ..Host::default() };
        Snapshot { host, deployments: vec![now, before], ..Snapshot::default() }
    }

    #[test]
    fn a_trial_lasts_until_somebody_decides() {
        let automatic = |updates_left| Deployment {
            pinned: true,
            automatic_pin: Some(AutomaticPin { updates_left }),
            ..deployment('1')
        };
        let undecided = host(automatic(None));
        assert_eq!(Trial::of(&undecided).unwrap().before.id, deployment('1').id);
        let by_hand = Deployment { pinned: true, ..deployment('1') };
        let unpinned = Deployment { pinned: false, ..automatic(None) };
        for before in [automatic(Some(3)), by_hand, unpinned, deployment('1')] {
            assert_eq!(Trial::of(&host(before)), Err(Refusal::NothingToKeep));
        }
        let mut goes_back = undecided.clone();
        goes_back.deployments.rotate_left(1);
        assert_eq!(Trial::of(&goes_back), Err(Refusal::NothingToKeep), "a restart goes back");
        let mut went_back = undecided;
        went_back.deployments[0].booted = false;
        went_back.deployments[1].booted = true;
        assert_eq!(Trial::of(&went_back), Err(Refusal::NothingToKeep));
        assert_eq!(Trial::of(&Snapshot::default()), Err(Refusal::NotImageBased));
        let mut of_another_system = host(automatic(None));
        of_another_system.deployments[1].id = DeploymentId::new("other", "1".repeat(64), 0);
        assert_eq!(Trial::of(&of_another_system), Err(Refusal::NothingToKeep));
    }

    #[test]
    fn what_runs_is_the_way_back_unless_it_is_not_left_or_pinned_by_hand() {
        let kde = ImageReference::from_refspec("r:kde").unwrap();
        let xfce = ImageReference::from_refspec("r:xfce").unwrap();
        let mut snapshot = host(deployment('1'));
        let found = |snapshot: &Snapshot, image| way_back(snapshot, image).is_some();
        assert!(found(&snapshot, &xfce) && !found(&snapshot, &kde));
        snapshot.deployments[0].pinned = true;
        assert!(!found(&snapshot, &xfce), "pinned by hand");
        snapshot.deployments[0].automatic_pin = Some(AutomaticPin::default());
        assert!(found(&snapshot, &xfce), "pinned by an earlier switch");
        snapshot.host.composefs = true;
        assert!(!found(&snapshot, &xfce));
        assert!(!found(&Snapshot::default(), &xfce));
    }
}
