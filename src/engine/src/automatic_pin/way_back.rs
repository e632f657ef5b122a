// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{AutomaticPin, DeploymentId, ImageReference, Snapshot, way_back};
use ostree::Sysroot;

use super::{Pin, write};
use crate::failure::Failure;

/// What runs while a switch is made, and how it was pinned before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WayBack {
    /// It.
    pub(crate) deployment: DeploymentId,
    before: Pin,
}

const UNDECIDED: Pin = Pin::Automatic(AutomaticPin { updates_left: None });

impl WayBack {
    /// The way back from a switch to this image, if there is to be one.
    pub(crate) fn from(image: &ImageReference, before: &Snapshot) -> Option<Self> {
        way_back(before, image).map(|booted| Self { deployment: booted.id.clone(), before: Pin::of(booted) })
    }

    /// Pins it. The sysroot's lock is held.
    ///
    /// # Errors
    /// The disk; libostree.
    pub(crate) fn pin(&self, sysroot: &Sysroot) -> Result<(), Failure> {
        if self.before == UNDECIDED { Ok(()) } else { write(sysroot, &self.deployment, UNDECIDED) }
    }

    /// The same where the switch was not begun: what is staged since then is another program's, unless it follows the image
    /// that was to be switched to. The sysroot's lock is held.
    pub(crate) fn take_back_unbegun(
        &self,
        sysroot: &Sysroot,
        before: &Snapshot,
        now: &Snapshot,
        target: Option<&ImageReference>,
    ) {
        if !self.is_needed_for(before, now, target) {
            self.unpin(sysroot);
        }
    }

    /// Takes the pin back where nothing came of the switch. The sysroot's lock is held.
    pub(crate) fn take_back(&self, sysroot: &Sysroot, before: &Snapshot, now: &Snapshot) {
        if !self.is_needed(before, now) {
            self.unpin(sysroot);
        }
    }

    /// Pins it as it was before. The sysroot's lock is held.
    pub(crate) fn unpin(&self, sysroot: &Sysroot) {
        if self.before == UNDECIDED {
            return;
        }
        if let Err(failure) = write(sysroot, &self.deployment, self.before) {
            tracing::warn!("{} stays pinned: {failure:?}", self.deployment);
        }
    }

    /// Something was staged, or somebody else has changed the pin.
    fn is_needed(&self, before: &Snapshot, now: &Snapshot) -> bool {
        now.staged_since(before).is_some() || self.was_decided(now)
    }

    /// What follows this image was staged, or somebody else has changed the pin.
    fn is_needed_for(&self, before: &Snapshot, now: &Snapshot, target: Option<&ImageReference>) -> bool {
        let follows = |image: &ImageReference| target.is_some_and(|target| is_same(image, target));
        let staged = now.staged_since(before).and_then(|staged| staged.image.as_ref());
        staged.is_some_and(follows) || self.was_decided(now)
    }

    /// Somebody else has changed the pin.
    fn was_decided(&self, now: &Snapshot) -> bool {
        now.deployment(&self.deployment).is_none_or(|found| Pin::of(found) != UNDECIDED)
    }
}

/// One image can be written in several ways.
fn is_same(one: &ImageReference, other: &ImageReference) -> bool {
    one == other || one.container().is_some_and(|container| Some(container) == other.container())
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, Host};

    use super::*;

    fn deployment(digit: &str, branch: &str) -> Deployment {
        let image = ImageReference::from_refspec(branch).ok();
        Deployment { image, ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0)) }
    }

    fn host(staged: bool, pin: Pin) -> Snapshot {
        let staged = staged.then(|| Deployment { staged: true, ..deployment("2", "r:kde") });
        let automatic_pin = match pin {
            Pin::Automatic(automatic) => Some(automatic),
            Pin::None | Pin::ByHand => None,
        };
        let pinned = pin != Pin::None;
        let booted = Deployment { booted: true, pinned, automatic_pin, ..deployment("1", "r:gnome") };
        Snapshot { deployments: staged.into_iter().chain([booted]).collect(), ..Snapshot::default() }
    }

    fn kept() -> Pin {
        Pin::Automatic(AutomaticPin { updates_left: Some(1) })
    }

    #[test]
    fn what_runs_is_the_way_back_unless_somebody_pinned_it_or_it_is_not_left() {
        let to = |branch: &str, snapshot: &Snapshot| {
            WayBack::from(&ImageReference::from_refspec(branch).unwrap(), snapshot).map(|way| way.before)
        };
        let table = [(Pin::None, Some(Pin::None)), (UNDECIDED, Some(UNDECIDED)), (kept(), Some(kept()))];
        for (pin, expected) in table.into_iter().chain([(Pin::ByHand, None)]) {
            assert_eq!(to("r:kde", &host(false, pin)), expected, "{pin:?}");
            assert_eq!(to("r:gnome", &host(true, pin)), None, "{pin:?}");
        }
        let snapshot = host(false, Pin::None);
        let composefs = Snapshot { host: Host { composefs: true, ..Host::default() }, ..snapshot };
        assert_eq!(to("r:kde", &composefs), None);
        assert_eq!(to("r:kde", &Snapshot::default()), None);
        let mut follows_nothing = host(false, Pin::None);
        follows_nothing.deployments[0].image = None;
        assert_eq!(to("r:kde", &follows_nothing), None);
    }

    #[test]
    fn the_pin_stays_where_something_came_of_the_switch_or_somebody_decided_meanwhile() {
        let before = host(false, Pin::None);
        let way = WayBack { deployment: deployment("1", "r:gnome").id, before: Pin::None };
        for (now, needed) in [
            (host(false, UNDECIDED), false),
            (host(true, UNDECIDED), true),
            (host(false, Pin::ByHand), true),
            (host(false, Pin::None), true),
            (Snapshot::default(), true),
        ] {
            assert_eq!(way.is_needed(&before, &now), needed, "{now:?}");
        }
    }

    #[test]
    fn what_another_program_staged_keeps_no_pin_of_a_switch_that_was_not_begun() {
        let before = host(false, Pin::None);
        let way = WayBack { deployment: deployment("1", "r:gnome").id, before: Pin::None };
        let (kde, xfce) =
            (ImageReference::from_refspec("r:kde").unwrap(), ImageReference::from_refspec("r:xfce").unwrap());
        for (now, target, needed) in [
            (host(true, UNDECIDED), None, false),
            (host(true, UNDECIDED), Some(&xfce), false),
            (host(true, UNDECIDED), Some(&kde), true),
            (host(false, UNDECIDED), Some(&kde), false),
            (host(true, Pin::ByHand), None, true),
            (Snapshot::default(), None, true),
        ] {
            assert_eq!(way.is_needed_for(&before, &now, target), needed, "{now:?} {target:?}");
        }
    }
}
