// SPDX-License-Identifier: GPL-3.0-or-later
use crate::{Refusal, Snapshot};

/// Clocks of vendors and of this computer may differ by this many seconds.
const TOLERANCE: u64 = 24 * 3600;

/// A clock that says `now`, in seconds since 1970, does not stand before the time when the running image was built:
/// otherwise every signature and certificate would be judged by a wrong date.
///
/// # Errors
/// [`Refusal::ClockWrong`].
pub fn require_plausible_clock(snapshot: &Snapshot, now: u64) -> Result<(), Refusal> {
    match snapshot.booted().and_then(|booted| booted.built) {
        Some(at_least) if now.saturating_add(TOLERANCE) < at_least => Err(Refusal::ClockWrong { now, at_least }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deployment;
    use crate::deployment::tests::deployment;

    #[test]
    fn a_clock_before_the_image_was_built_is_wrong() {
        let built = 1_793_361_600;
        let host = |built| Snapshot {
            deployments: vec![Deployment { booted: true, built, ..deployment('1') }],
            ..Snapshot::default()
        };
        let wrong = require_plausible_clock(&host(Some(built)), 10);
        assert!(matches!(wrong, Err(Refusal::ClockWrong { now: 10, .. })));
        assert_eq!(require_plausible_clock(&host(Some(built)), built - 3600), Ok(()));
        assert_eq!(require_plausible_clock(&host(None), 10), Ok(()));
    }
}
