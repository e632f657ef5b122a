// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;

/// Whether there is anything to welcome somebody to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// There is.
    Welcome,
    /// There is not, for this reason; it is written to the log.
    Nothing(&'static str),
}

impl Beginning {
    /// On a computer in this state, for somebody who may have been welcomed before.
    pub(crate) fn of(state: &ServiceState, welcomed: bool) -> Self {
        let snapshot = &state.snapshot;
        match () {
            () if welcomed => Self::Nothing("this person was welcomed before"),
            () if snapshot.settings.first_boot_finished => Self::Nothing("this computer was set up before"),
            () if !snapshot.host.image_based => Self::Nothing("this system is not image-based"),
            () if snapshot.booted().is_none() => Self::Nothing("no deployment of this computer runs"),
            () => Self::Welcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Settings, Snapshot};

    use super::super::super::test_states::{booted, deployment, service, snapshot};
    use super::*;

    #[test]
    fn somebody_is_welcomed_once_and_only_where_there_is_something_to_choose() {
        let fresh = snapshot(vec![booted('1')]);
        assert_eq!(Beginning::of(&service(fresh.clone()), false), Beginning::Welcome);
        let nothing = |snapshot: Snapshot, welcomed| Beginning::of(&service(snapshot), welcomed) != Beginning::Welcome;
        assert!(nothing(fresh.clone(), true));
        let settings = Settings { first_boot_finished: true, ..Settings::default() };
        assert!(nothing(Snapshot { settings, ..fresh }, false));
        assert!(nothing(Snapshot::default(), false));
        assert!(nothing(snapshot(vec![deployment('1')]), false), "a live medium");
    }
}
