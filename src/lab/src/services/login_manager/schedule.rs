// SPDX-License-Identifier: GPL-3.0-or-later
//! A shutdown at a time.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::task::JoinHandle;

use super::error::LoginError;
use crate::control::Start;
use crate::services::{Reboot, ServiceEvent, next_root};

/// Scheduled without a time.
const SOON: Duration = Duration::from_secs(60);

/// What is scheduled.
#[derive(Debug)]
pub(super) struct Scheduled {
    pub(super) kind: String,
    /// Since the epoch.
    pub(super) microseconds: u64,
    pub(super) waiting: JoinHandle<()>,
}

impl Drop for Scheduled {
    fn drop(&mut self) {
        self.waiting.abort();
    }
}

/// What comes of a kind when its time comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Plan {
    Restart(Start),
    PowerOff,
    /// Nothing but the words.
    Trial,
}

impl Plan {
    pub(super) fn of_kind(kind: &str) -> Result<Self, LoginError> {
        let (plain, trial) = kind.strip_prefix("dry-").map_or((kind, false), |plain| (plain, true));
        let plan = match plain {
            "reboot" | "kexec" => Self::Restart(Start::Hard),
            "soft-reboot" => Self::Restart(Start::Soft),
            "poweroff" | "halt" => Self::PowerOff,
            other => return Err(LoginError::InvalidArgs(format!("Unsupported shutdown type: {other}"))),
        };
        Ok(if trial { Self::Trial } else { plan })
    }

    /// The action that polkit is asked for, to which more may be added.
    pub(super) fn action(self) -> &'static str {
        match self {
            Self::PowerOff => "org.freedesktop.login1.power-off",
            Self::Restart(_) | Self::Trial => "org.freedesktop.login1.reboot",
        }
    }

    pub(super) fn event(self) -> Option<ServiceEvent> {
        match self {
            Self::Restart(Start::Soft) => Some(ServiceEvent::Reboot(Reboot {
                start: Start::Soft,
                next_root: next_root::deployment(),
                flags: None,
            })),
            Self::Restart(Start::Hard) => Some(ServiceEvent::Reboot(Reboot::default())),
            Self::PowerOff => Some(ServiceEvent::PowerOff),
            Self::Trial => None,
        }
    }
}

/// The time that is meant, since the epoch, and how long it is until then.
pub(super) fn time_meant(microseconds: u64, now: SystemTime) -> (u64, Duration) {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let at = if microseconds == u64::MAX { now + SOON } else { Duration::from_micros(microseconds) };
    (u64::try_from(at.as_micros()).unwrap_or(u64::MAX), at.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_those_of_the_login_manager() {
        for (kind, plan) in [
            ("reboot", Some(Plan::Restart(Start::Hard))),
            ("soft-reboot", Some(Plan::Restart(Start::Soft))),
            ("poweroff", Some(Plan::PowerOff)),
            ("dry-reboot", Some(Plan::Trial)),
            ("suspend", None),
            ("", None),
            ("dry-", None),
        ] {
            assert_eq!(Plan::of_kind(kind).ok(), plan, "{kind}");
        }
    }

    #[test]
    fn no_time_is_soon_and_a_past_one_is_now() {
        let now = UNIX_EPOCH + Duration::from_secs(1000);
        assert_eq!(time_meant(u64::MAX, now), (1_060_000_000, SOON));
        assert_eq!(time_meant(1_002_000_000, now), (1_002_000_000, Duration::from_secs(2)));
        assert_eq!(time_meant(5, now), (5, Duration::ZERO));
    }
}
