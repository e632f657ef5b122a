// SPDX-License-Identifier: GPL-3.0-or-later
//! How long a busy registry is waited for.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Mutex;
use std::time::{Duration, SystemTime};

use jiff::fmt::rfc2822::DateTimeParser;
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;

use crate::exchange::Answer;
use crate::limits;

/// What may still be spent on waiting, over all requests of a lookup.
#[derive(Debug)]
pub(crate) struct Patience {
    left: Mutex<Duration>,
}

impl Patience {
    /// As much as there is.
    pub(crate) fn new() -> Self {
        Self { left: Mutex::new(limits::WAITING) }
    }

    /// None: who is busy is not asked again.
    pub(crate) fn none() -> Self {
        Self { left: Mutex::new(Duration::ZERO) }
    }

    /// How long to wait before asking again after so many tries; absent where it is better told what was answered.
    pub(crate) fn pause(&self, answer: &Answer, tries: u32) -> Option<Duration> {
        if !is_busy(answer.status) || tries >= limits::TRIES {
            return None;
        }
        let asked = answer.header(&RETRY_AFTER).and_then(|text| retry_after(text, SystemTime::now()));
        let pause = backoff(tries, chance()).max(asked.unwrap_or_default());
        let mut left = self.left.lock().ok()?;
        *left = left.checked_sub(pause)?;
        Some(pause)
    }
}

/// It may answer otherwise in a moment.
fn is_busy(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 500 | 502 | 503 | 504)
}

/// Each time twice as long, and not all computers at the same moment: 0 ≤ `chance` < 1.
fn backoff(tries: u32, chance: f64) -> Duration {
    let longest = Duration::from_secs(1) * 2_u32.saturating_pow(tries.saturating_sub(1).min(4));
    longest.mul_f64(0.5 + chance / 2.0)
}

/// Good enough to spread requests.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(());
    (random >> 11) as f64 / (1_u64 << 53) as f64
}

/// Seconds, or a date. Source: RFC 9110, 10.2.3.
fn retry_after(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let date = SystemTime::from(DateTimeParser::new().parse_timestamp(text).ok()?);
    Some(date.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use reqwest::header::HeaderMap;

    use super::*;

    fn answer(status: u16, retry_after: Option<&'static str>) -> Answer {
        let mut headers = HeaderMap::new();
        headers.extend(retry_after.map(|text| (RETRY_AFTER, text.parse().unwrap())));
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers, body: vec![], address: "https://quay.io/".parse().unwrap() }
    }

    #[test]
    fn pauses_grow_and_vary() {
        for (tries, shortest, longest) in [(1, 500, 1000), (2, 1000, 2000), (3, 2000, 4000), (4, 4000, 8000)] {
            assert_eq!(backoff(tries, 0.0), Duration::from_millis(shortest));
            assert!(backoff(tries, 0.999_999) < Duration::from_millis(longest));
        }
        assert!(backoff(u32::MAX, 0.999) <= Duration::from_secs(16));
        for _ in 0..100 {
            assert!((0.0..1.0).contains(&chance()));
        }
    }

    #[test]
    fn a_registry_says_when_to_come_back() {
        let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
        let table = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:49:57 GMT", Some(20)),
            ("Sun, 06 Nov 1994 08:49:17 GMT", Some(0)),
            ("-1", None),
            ("soon", None),
            ("99999999999999", None),
        ];
        for (text, expected) in table {
            assert_eq!(retry_after(text, now), expected.map(Duration::from_secs), "{text}");
        }
    }

    #[test]
    fn patience_ends() {
        let patience = Patience::new();
        assert!(patience.pause(&answer(200, None), 1).is_none());
        assert!(patience.pause(&answer(404, None), 1).is_none());
        assert!(patience.pause(&answer(501, None), 1).is_none());
        assert_eq!(patience.pause(&answer(429, Some("25")), 1), Some(Duration::from_secs(25)));
        assert_eq!(patience.pause(&answer(503, Some("3600")), 2), None);
        assert_eq!(patience.pause(&answer(503, Some("25")), 2), Some(Duration::from_secs(25)));
        assert_eq!(patience.pause(&answer(503, Some("25")), 3), None);
        assert!(patience.pause(&answer(500, None), limits::TRIES).is_none());
        assert!(Patience::none().pause(&answer(429, None), 1).is_none());
    }
}
