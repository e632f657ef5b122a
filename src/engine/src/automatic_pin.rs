// SPDX-License-Identifier: GPL-3.0-or-later
//! The way back that a switch leaves: a mark beside libostree's pin, in the origin file of the deployment, tells that nobody
//! has pinned it by hand, and how long it stays.

mod releases;
mod stale_marks;
mod standing;
#[cfg(test)]
mod tests;
mod way_back;

use anyhow::anyhow;
use isotope_model::{AutomaticPin, Deployment, DeploymentId, Outcome};
use ostree::gio;
use ostree::glib::{KeyFile, KeyFileFlags};
use ostree::{Deployment as Written, Sysroot};

pub(crate) use self::releases::{keep, let_go_of_running, releasable, release, restore, settle, would_settle};
pub(crate) use self::way_back::WayBack;
use crate::deployment_reader;
use crate::failure::{Failure, of_change};
use crate::sysroot;

/// What of an origin belongs to the one deployment only. Source: libostree's `ostree-deployment.c`.
const GROUP: &str = "libostree-transient";
const PINNED: &str = "pinned";
const MARK: &str = "isotope-pin";
/// Nobody has decided yet.
const SWITCH: &str = "switch";
/// Somebody has: the number of updates follows.
const KEPT: &str = "kept ";

/// Whether a deployment is pinned, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pin {
    /// It is not.
    None,
    /// Somebody has pinned it.
    ByHand,
    /// A switch has.
    Automatic(AutomaticPin),
}

impl Pin {
    /// That of a deployment.
    pub(crate) fn of(deployment: &Deployment) -> Self {
        match deployment.automatic_pin {
            _ if !deployment.pinned => Self::None,
            Some(automatic) => Self::Automatic(automatic),
            None => Self::ByHand,
        }
    }

    /// That of an origin file. A mark that makes no sense is none: then a person has pinned it.
    fn of_origin(origin: &KeyFile) -> Self {
        match origin.boolean(GROUP, PINNED) {
            Ok(true) => {
                let mark = origin.string(GROUP, MARK).ok();
                mark.and_then(|mark| parse(&mark)).map_or(Self::ByHand, Self::Automatic)
            }
            _ => Self::None,
        }
    }

    fn write_to(self, origin: &KeyFile) {
        match self {
            Self::None => drop(origin.remove_key(GROUP, PINNED)),
            Self::ByHand | Self::Automatic(_) => origin.set_boolean(GROUP, PINNED, true),
        }
        match self {
            Self::None | Self::ByHand => drop(origin.remove_key(GROUP, MARK)),
            Self::Automatic(AutomaticPin { updates_left: None }) => origin.set_string(GROUP, MARK, SWITCH),
            Self::Automatic(AutomaticPin { updates_left: Some(left) }) => {
                origin.set_string(GROUP, MARK, &format!("{KEPT}{left}"));
            }
        }
        // What nobody has pinned is as it was before anybody did.
        if origin.keys(GROUP).is_ok_and(|keys| keys.is_empty()) {
            drop(origin.remove_group(GROUP));
        }
    }
}

fn parse(mark: &str) -> Option<AutomaticPin> {
    if mark == SWITCH {
        return Some(AutomaticPin { updates_left: None });
    }
    let left = mark.strip_prefix(KEPT).filter(|left| left.bytes().all(|byte| byte.is_ascii_digit()))?;
    let left = left.parse().ok().filter(|left| (1..=AutomaticPin::UPDATES).contains(left))?;
    Some(AutomaticPin { updates_left: Some(left) })
}

/// The mark of an origin, as long as the deployment is pinned.
pub(crate) fn of_origin(origin: &KeyFile) -> Option<AutomaticPin> {
    match Pin::of_origin(origin) {
        Pin::Automatic(automatic) => Some(automatic),
        Pin::None | Pin::ByHand => None,
    }
}

/// Writes pin and mark of a deployment at once. The sysroot's lock is held; `sysroot` shows what was written.
///
/// # Errors
/// There is no such deployment; the disk; libostree.
pub(crate) fn write(sysroot: &Sysroot, id: &DeploymentId, pin: Pin) -> Result<(), Failure> {
    let deployment = sysroot::find(sysroot, id)?;
    let origin = deployment.origin().ok_or_else(|| anyhow!("{id} has no origin file"))?;
    let new = copy(&origin)?;
    pin.write_to(&new);
    let new = copy(&new)?;
    sysroot.write_origin_file(&deployment, Some(&new), gio::Cancellable::NONE).map_err(|error| of_change(&error))?;
    if on_disk(sysroot, &deployment)? != pin {
        return Err(anyhow!("the pin of {id} was written, but the sysroot does not show it").into());
    }
    // Two changes within one tick of the clock are one to libostree, which would not read the second.
    pin.write_to(&origin);
    Ok(())
}

/// The outcome of staging, with what was pinned and released with it. Of several one is told.
pub(crate) fn told(outcome: Outcome, way_back: Option<&DeploymentId>, releases: &[DeploymentId]) -> Outcome {
    match outcome {
        Outcome::Staged { deployment, replaced, .. } => {
            let released = releases.first().cloned();
            Outcome::Staged { deployment, replaced, pinned: way_back.cloned(), released }
        }
        other => other,
    }
}

/// A copy without the blank line that a group leaves behind which was removed.
fn copy(origin: &KeyFile) -> anyhow::Result<KeyFile> {
    let copy = KeyFile::new();
    let text = format!("{}\n", origin.to_data().trim_end());
    copy.load_from_data(&text, KeyFileFlags::NONE)?;
    Ok(copy)
}

fn on_disk(sysroot: &Sysroot, deployment: &Written) -> anyhow::Result<Pin> {
    let origin = KeyFile::new();
    origin.load_from_file(deployment_reader::origin_path(sysroot, deployment), KeyFileFlags::NONE)?;
    Ok(Pin::of_origin(&origin))
}
