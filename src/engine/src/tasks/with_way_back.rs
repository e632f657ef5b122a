// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Backend, DeploymentId, ImageReference, Outcome, Snapshot};

use crate::automatic_pin::WayBack;
use crate::failure::Failure;
use crate::session::Session;
use crate::sysroot;

/// Has another program switch to `target`. With `pin` what runs is pinned before, as the way back, and stays so only where
/// something was staged. `switch` is told how everything stands then, and what was pinned.
pub(super) fn with_way_back<T>(
    session: &Session<'_>,
    before: &Snapshot,
    target: &ImageReference,
    pin: bool,
    outcome: impl Fn(&T) -> Option<&Outcome>,
    switch: impl FnOnce(&Snapshot, Option<&DeploymentId>) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(way_back) = pin.then(|| WayBack::from(target, before)).flatten() else {
        return switch(before, None);
    };
    let pinned = session.unless_changed(before, |sysroot, _| {
        session.require_not_cancelled()?;
        let pinned = way_back.pin(sysroot).and_then(|()| Ok(sysroot::snapshot_of(sysroot)?));
        pinned.inspect_err(|_| way_back.unpin(sysroot))
    })?;
    let made = switch(&pinned, Some(&way_back.deployment));
    let is_staged = made.as_ref().is_ok_and(|made| matches!(outcome(made), Some(Outcome::Staged { .. })));
    if !is_staged {
        let came = match &made {
            Ok(made) if outcome(made).is_none() => Came::NotBegun,
            // There it is not known which error came before the beginning.
            Err(_) if session.host.backend == Backend::RpmOstree => Came::Failed,
            _ => Came::Something,
        };
        take_back(session, &way_back, before, target, came);
    }
    made
}

/// What came of a switch that staged nothing, as far as is known.
#[derive(Clone, Copy, Debug)]
enum Came {
    /// It was not begun, because another program was at work.
    NotBegun,
    /// It was not begun, or failed; another program may have been at work before.
    Failed,
    /// It was begun.
    Something,
}

/// Should somebody else hold the lock and this be cancelled, the pin stays until the next update.
fn take_back(session: &Session<'_>, way_back: &WayBack, before: &Snapshot, target: &ImageReference, came: Came) {
    let taken_back = session.after(|sysroot, now| {
        match came {
            Came::NotBegun => way_back.take_back_unbegun(sysroot, before, now, None),
            Came::Failed => way_back.take_back_unbegun(sysroot, before, now, Some(target)),
            Came::Something => way_back.take_back(sysroot, before, now),
        }
        Ok(())
    });
    if let Err(failure) = taken_back {
        tracing::warn!("{} stays pinned: {failure:?}", way_back.deployment);
    }
}
