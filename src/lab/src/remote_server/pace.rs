// SPDX-License-Identifier: GPL-3.0-or-later
//! One rate for all connections together.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

const LARGEST_PIECE: u64 = 64 << 10;
const SMALLEST_PIECE: u64 = 256;

/// When the next piece may be sent.
#[derive(Debug, Default)]
pub(super) struct Pace {
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// Waits until `bytes` more keep to the rate.
    pub(super) async fn wait_for_turn(&self, bytes: usize, bytes_per_second: u64) {
        let turn = self.book(Instant::now(), bytes, bytes_per_second);
        tokio::time::sleep_until(turn).await;
    }

    fn book(&self, now: Instant, bytes: usize, bytes_per_second: u64) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let start = next.map_or(now, |next| next.max(now));
        let end = start + Duration::from_secs_f64(bytes as f64 / bytes_per_second.max(1) as f64);
        *next = Some(end);
        end
    }
}

/// Pieces small enough that a slow body flows instead of jumping.
pub(super) fn piece_size(bytes_per_second: Option<u64>) -> usize {
    let size = bytes_per_second.map_or(LARGEST_PIECE, |rate| (rate / 20).clamp(SMALLEST_PIECE, LARGEST_PIECE));
    usize::try_from(size).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_share_the_rate() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert_eq!(pace.book(now, 500, 1000) - now, Duration::from_millis(500));
        assert_eq!(pace.book(now, 500, 1000) - now, Duration::from_secs(1));
        let later = now + Duration::from_secs(9);
        assert_eq!(pace.book(later, 100, 1000) - later, Duration::from_millis(100));
    }
}
