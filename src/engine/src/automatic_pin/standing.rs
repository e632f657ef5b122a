// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{AutomaticPin, Deployment, Snapshot};

use super::Pin;

/// What an automatic pin is good for, as the deployments stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It is on what runs.
    Running,
    /// It is on another deployment of the image that runs: nobody can be asked about it.
    SameImage,
    /// Nobody has decided about it, and nobody will be asked: there is another way back before it.
    Superseded,
    /// Somebody keeps the new image; for so many updates it stays.
    Kept(u32),
    /// Nobody has decided about it yet: it is the way back of the trial.
    Undecided,
}

/// The automatic pins in boot order, those of the booted stateroot only: nothing is known of what another system needs.
pub(super) fn standings(now: &Snapshot) -> Vec<(&Deployment, Standing)> {
    let Some(booted) = now.booted() else { return Vec::new() };
    let mut asked = false;
    let of = |deployment| {
        let Pin::Automatic(AutomaticPin { updates_left }) = Pin::of(deployment) else { return None };
        let standing = match updates_left {
            _ if deployment.booted => Standing::Running,
            _ if deployment.image == booted.image => Standing::SameImage,
            Some(left) => Standing::Kept(left),
            None if asked => Standing::Superseded,
            None => {
                asked = true;
                Standing::Undecided
            }
        };
        Some((deployment, standing))
    };
    now.written().filter(|deployment| deployment.id.stateroot() == booted.id.stateroot()).filter_map(of).collect()
}
