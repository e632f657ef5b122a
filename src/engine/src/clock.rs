// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::{SystemTime, UNIX_EPOCH};

use isotope_model::{Refusal, Snapshot};

/// Clocks of vendors and of this computer may differ by this many seconds.
const TOLERANCE: u64 = 24 * 3600;

/// The clock does not stand before the time when the running image was built: otherwise every signature and certificate
/// would be judged by a wrong date.
///
/// # Errors
/// [`Refusal::ClockWrong`].
pub(crate) fn require_plausible(snapshot: &Snapshot) -> Result<(), Refusal> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    plausible(now, snapshot.booted().and_then(|booted| booted.built))
}

fn plausible(now: u64, built: Option<u64>) -> Result<(), Refusal> {
    match built {
        Some(at_least) if now.saturating_add(TOLERANCE) < at_least => Err(Refusal::ClockWrong { now, at_least }),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_before_the_image_was_built_is_wrong() {
        let built = 1_793_361_600;
        assert!(matches!(plausible(10, Some(built)), Err(Refusal::ClockWrong { now: 10, .. })));
        assert_eq!(plausible(built - 3600, Some(built)), Ok(()));
        assert_eq!(plausible(10, None), Ok(()));
    }
}
