// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Deployment, Snapshot};

use super::names::newer;

/// What a restart would do, where it would do anything.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NextStart<'a> {
    /// It finishes an update.
    Update(&'a Deployment),
    /// It finishes a switch to another image.
    Switch(&'a Deployment),
    /// It goes back to an older version.
    GoesBack(&'a Deployment),
    /// It starts another version that is not older.
    Other(&'a Deployment),
}

impl<'a> NextStart<'a> {
    /// What a restart would do on this host.
    pub(crate) fn of(snapshot: &'a Snapshot) -> Option<Self> {
        if !snapshot.restart_changes_something() {
            return None;
        }
        let (booted, next) = (snapshot.booted()?, snapshot.next()?);
        Some(match next {
            next if next.staged && next.image != booted.image => Self::Switch(next),
            next if next.staged => Self::Update(next),
            next if newer(next, booted) => Self::Other(next),
            next => Self::GoesBack(next),
        })
    }

    /// The deployment that would start.
    pub(crate) fn deployment(self) -> &'a Deployment {
        match self {
            Self::Update(next) | Self::Switch(next) | Self::GoesBack(next) | Self::Other(next) => next,
        }
    }

    /// The line of the banner; a soft restart does not restart the hardware.
    pub(crate) fn banner(self, soft: bool) -> String {
        let line = match self {
            Self::Update(_) => gettext("Restart to finish updating"),
            Self::Switch(_) => gettext("Restart to finish switching"),
            Self::GoesBack(_) => gettext("Restart to go back"),
            Self::Other(next) => gettext("Restart to start {version}").replace("{version}", next.label()),
        };
        match soft {
            // Translators: {what} is for example "Restart to finish updating".
            true => gettext("{what}: it takes only moments").replace("{what}", &line),
            false => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, deployment, snapshot, staged};
    use super::*;

    fn built(seconds: u64, deployment: Deployment) -> Deployment {
        Deployment { built: Some(seconds), ..deployment }
    }

    #[test]
    fn the_banner_says_what_a_restart_is_for() {
        let other = Deployment { image: None, ..staged('2') };
        let locked = Deployment { finalization_locked: true, ..staged('2') };
        for (deployments, banner) in [
            (vec![booted('1')], None),
            (vec![staged('2'), booted('1')], Some("Restart to finish updating")),
            (vec![other, booted('1')], Some("Restart to finish switching")),
            (vec![locked, booted('1')], None),
            (vec![built(5, deployment('1')), built(9, booted('2'))], Some("Restart to go back")),
            (vec![built(9, deployment('2')), built(5, booted('1'))], Some("Restart to start 10.2")),
            (vec![deployment('1')], None),
        ] {
            let snapshot = snapshot(deployments);
            let banner_of = |soft| NextStart::of(&snapshot).map(|next| next.banner(soft));
            assert_eq!(banner_of(false).as_deref(), banner);
            assert_eq!(banner_of(true), banner.map(|line| format!("{line}: it takes only moments")));
        }
    }
}
