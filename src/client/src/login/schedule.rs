// SPDX-License-Identifier: GPL-3.0-or-later
//! A restart at a time: the login manager keeps it, for everybody to see and to call off.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_util::{Stream, StreamExt, stream};

use super::manager::LoginManagerProxy;
use super::refusal::{self, RestartRefusal};
use crate::ClientError;

/// What a scheduled shutdown is called that ends in a start.
const RESTARTS: [&str; 3] = ["reboot", "soft-reboot", "kexec"];

/// Asks the login manager to restart the computer at this time, instead of what was scheduled before. A computer that sleeps
/// then is not woken for it, and restarts as soon as it wakes up. The person may be asked for a password if this is
/// `interactive`. What holds a restart back cannot be passed over with this; nothing is asked for then.
///
/// # Errors
/// [`RestartRefusal::TooLate`] where the time is over: it would restart at once. It is not there, or it refuses: see
/// [`RestartRefusal`].
pub async fn schedule_restart(
    connection: &zbus::Connection,
    at: SystemTime,
    interactive: bool,
) -> Result<(), ClientError> {
    super::obstacles::require_none(connection).await?;
    if at <= SystemTime::now() {
        return Err(ClientError::Restart(RestartRefusal::TooLate));
    }
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    // The largest number stands for “one minute from now”.
    let microseconds = u64::try_from(since.as_micros()).unwrap_or(u64::MAX).min(u64::MAX - 1);
    let manager = LoginManagerProxy::new(connection).await?;
    manager.ask("ScheduleShutdown", &("reboot", microseconds), interactive).await.map_err(refusal::of)
}

/// Calls off what is scheduled. False where there was nothing. The person may be asked for a password if this is
/// `interactive`.
///
/// # Errors
/// It is not there, or it refuses: see [`RestartRefusal`].
pub async fn cancel_scheduled_restart(connection: &zbus::Connection, interactive: bool) -> Result<bool, ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    manager.ask("CancelScheduledShutdown", &(), interactive).await.map_err(refusal::of)
}

/// When the computer is to restart, if somebody scheduled that, by whatever program.
///
/// # Errors
/// The login manager is not there, or does not answer.
pub async fn scheduled_restart(connection: &zbus::Connection) -> Result<Option<SystemTime>, ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    let (kind, microseconds) = manager.scheduled_shutdown().await.map_err(refusal::of)?;
    Ok(restart_meant(&kind, microseconds))
}

/// The same now and at every change that the login manager tells of (from systemd 256 on; an older one must be asked
/// again). Ends with the connection.
///
/// # Errors
/// The bus was lost.
pub async fn watch_scheduled_restart(
    connection: &zbus::Connection,
) -> Result<impl Stream<Item = Option<SystemTime>> + use<>, ClientError> {
    let properties = zbus::fdo::PropertiesProxy::builder(connection)
        .destination("org.freedesktop.login1")?
        .path("/org/freedesktop/login1")?
        .build()
        .await?;
    let changes = properties.receive_properties_changed().await?;
    let changes = changes.filter_map(async |change| {
        let changed = change.args().ok()?;
        let names = || changed.changed_properties.keys().copied().chain(changed.invalidated_properties.iter().copied());
        names().any(|name| name == "ScheduledShutdown").then_some(())
    });
    let connection = connection.clone();
    Ok(stream::iter([()]).chain(changes).then(move |()| {
        let connection = connection.clone();
        async move { scheduled_restart(&connection).await.unwrap_or_default() }
    }))
}

/// The time of a restart, where one is meant: not a shutdown, no trial of one (`dry-reboot`), and with a time.
fn restart_meant(kind: &str, microseconds: u64) -> Option<SystemTime> {
    let is_meant = RESTARTS.contains(&kind) && microseconds != 0 && microseconds != u64::MAX;
    is_meant.then(|| UNIX_EPOCH.checked_add(Duration::from_micros(microseconds))).flatten()
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;
    use crate::login::stand_in::{Asked, StandIn, against};

    /// No test runs that late.
    const AT: u64 = 4_102_444_800_000_000;

    fn time(microseconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(microseconds)
    }

    #[test]
    fn only_a_restart_with_a_time_is_one() {
        for (kind, microseconds, restarts) in [
            ("reboot", AT, true),
            ("soft-reboot", AT, true),
            ("kexec", AT, true),
            ("poweroff", AT, false),
            ("halt", AT, false),
            ("dry-reboot", AT, false),
            ("reboot", 0, false),
            ("", u64::MAX, false),
            ("reboot", u64::MAX, false),
        ] {
            assert_eq!(restart_meant(kind, microseconds), restarts.then(|| time(AT)), "{kind} {microseconds}");
        }
    }

    #[test]
    fn what_is_scheduled_is_seen_and_called_off() {
        let manager = StandIn::default();
        against(&manager, async |bus| {
            assert_eq!(scheduled_restart(&bus).await.unwrap(), None);
            schedule_restart(&bus, time(AT), true).await.unwrap();
            assert_eq!(scheduled_restart(&bus).await.unwrap(), Some(time(AT)));
            assert!(cancel_scheduled_restart(&bus, true).await.unwrap());
            assert!(!cancel_scheduled_restart(&bus, true).await.unwrap());
            assert_eq!(scheduled_restart(&bus).await.unwrap(), None);
        });
        assert_eq!(manager.asked(), [Asked::At("reboot".into(), AT)]);
    }

    #[test]
    fn a_change_is_told_of() {
        let manager = StandIn::default();
        against(&manager, async |bus| {
            let mut told = pin!(watch_scheduled_restart(&bus).await.unwrap());
            assert_eq!(told.next().await, Some(None));
            schedule_restart(&bus, time(AT), true).await.unwrap();
            assert_eq!(told.next().await, Some(Some(time(AT))));
            cancel_scheduled_restart(&bus, true).await.unwrap();
            assert_eq!(told.next().await, Some(None));
        });
    }

    #[test]
    fn a_refusal_is_told_from_a_failure() {
        let manager = StandIn { denies: true, ..StandIn::default() };
        against(&manager, async |bus| {
            let refused = schedule_restart(&bus, time(AT), true).await.unwrap_err();
            assert!(matches!(refused, ClientError::Restart(RestartRefusal::NotAuthorised)), "{refused:?}");
        });
    }

    #[test]
    fn a_time_that_is_over_is_no_restart_at_once() {
        let manager = StandIn::default();
        against(&manager, async |bus| {
            for over in [UNIX_EPOCH, SystemTime::now() - Duration::from_secs(1), SystemTime::now()] {
                let refused = schedule_restart(&bus, over, true).await.unwrap_err();
                assert!(matches!(refused, ClientError::Restart(RestartRefusal::TooLate)), "{over:?}: {refused:?}");
            }
            schedule_restart(&bus, SystemTime::now() + Duration::from_secs(60), true).await.unwrap();
        });
        assert!(matches!(manager.asked()[..], [Asked::At(..)]), "{:?}", manager.asked());
    }

    #[test]
    fn nothing_is_scheduled_against_a_program_that_holds_restarts_back() {
        let manager = StandIn { inhibitors: StandIn::held_by("Backup", "Writing"), ..StandIn::default() };
        against(&manager, async |bus| {
            let refused = schedule_restart(&bus, time(AT), true).await.unwrap_err();
            assert!(matches!(refused, ClientError::Restart(RestartRefusal::Inhibited(_))), "{refused:?}");
        });
        assert_eq!(manager.asked(), []);
    }
}
