// SPDX-License-Identifier: GPL-3.0-or-later
//! Restarting is the login manager's business; a client asks it on the person's behalf: now, at a time, or not at all.
//!
//! What is staged needs nothing of this: it is taken up at the next shutdown, whoever asks for that.

mod manager;
mod obstacles;
mod refusal;
mod schedule;
#[cfg(test)]
mod stand_in;

use manager::LoginManagerProxy;
pub use obstacles::{Inhibitor, OtherSession, RestartObstacles, restart_obstacles};
pub use refusal::RestartRefusal;
pub use schedule::{cancel_scheduled_restart, schedule_restart, scheduled_restart, watch_scheduled_restart};

use crate::ClientError;

/// Restart the hardware only where no root for a soft restart is prepared: `SD_LOGIND_SOFT_REBOOT_IF_NEXTROOT_SET_UP`,
/// from systemd 255 on.
const SOFT_IF_PREPARED: u64 = 1 << 3;
/// Leave aside what holds the restart back, where polkit lets the person do that: `SD_LOGIND_SKIP_INHIBITORS`, from
/// systemd 257 on.
const SKIP_INHIBITORS: u64 = 1 << 4;

/// What a login manager answers that does not know the method, or the flag.
const TOO_OLD: [&str; 2] = ["org.freedesktop.DBus.Error.UnknownMethod", "org.freedesktop.DBus.Error.InvalidArgs"];

/// Asks the login manager to restart the computer, without its hardware where that was prepared. The person may be asked for
/// a password if this is `interactive`. Where a program holds restarts back, nothing is asked for.
///
/// # Errors
/// It is not there, or it refuses: see [`RestartRefusal`].
pub async fn restart(connection: &zbus::Connection, interactive: bool) -> Result<(), ClientError> {
    obstacles::require_none(connection).await?;
    with_flags(connection, &[SOFT_IF_PREPARED], interactive).await
}

/// The same, also where a program holds the restart back or other people are logged in, if the person is allowed to pass
/// over them. They should have been named before: see [`restart_obstacles`].
///
/// # Errors
/// It is not there, or it refuses: see [`RestartRefusal`].
pub async fn restart_despite(connection: &zbus::Connection, interactive: bool) -> Result<(), ClientError> {
    // Before there was a flag for it, every restart that could ask the person passed over them.
    with_flags(connection, &[SOFT_IF_PREPARED | SKIP_INHIBITORS, SOFT_IF_PREPARED], interactive).await
}

/// Takes the first of these that the login manager knows; every one knows the method without flags.
async fn with_flags(connection: &zbus::Connection, choices: &[u64], interactive: bool) -> Result<(), ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    for flags in choices {
        match manager.ask("RebootWithFlags", flags, interactive).await {
            Err(zbus::Error::MethodError(name, ..)) if TOO_OLD.contains(&name.as_str()) => {}
            asked => return asked.map_err(refusal::of),
        }
    }
    manager.ask("Reboot", &interactive, interactive).await.map_err(refusal::of)
}

#[cfg(test)]
mod tests {
    use super::stand_in::{Age, Asked, StandIn, against};
    use super::*;

    #[test]
    fn a_restart_is_soft_where_that_was_prepared() {
        let manager = StandIn::default();
        against(&manager, async |bus| restart(&bus, true).await.unwrap());
        assert_eq!(manager.asked(), [Asked::WithFlags(SOFT_IF_PREPARED)]);
    }

    #[test]
    fn obstacles_are_passed_over_only_when_that_is_said() {
        let despite = Asked::WithFlags(SOFT_IF_PREPARED | SKIP_INHIBITORS);
        for (age, asked) in [
            (Age::New, despite),
            (Age::WithoutSkipping, Asked::WithFlags(SOFT_IF_PREPARED)),
            (Age::WithoutFlags, Asked::Interactive(true)),
        ] {
            let manager = StandIn { age, inhibitors: StandIn::held_by("Backup", "Writing"), ..StandIn::default() };
            against(&manager, async |bus| {
                let refused = restart(&bus, true).await.unwrap_err();
                let ClientError::Restart(RestartRefusal::Inhibited(who)) = refused else { panic!("{refused:?}") };
                assert_eq!(who, "Backup does not want the computer to restart now: Writing");
                assert_eq!(manager.asked(), [], "an old login manager would pass over it");
                restart_despite(&bus, true).await.unwrap();
            });
            assert_eq!(manager.asked(), [asked]);
        }
    }

    #[test]
    fn nobody_is_asked_for_a_password_where_that_is_not_wanted() {
        let manager = StandIn::default();
        against(&manager, async |bus| {
            let at = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
            for refused in [
                restart(&bus, false).await.unwrap_err(),
                restart_despite(&bus, false).await.unwrap_err(),
                schedule_restart(&bus, at, false).await.unwrap_err(),
                cancel_scheduled_restart(&bus, false).await.map(drop).unwrap_err(),
            ] {
                assert!(matches!(refused, ClientError::Restart(RestartRefusal::NotAuthorised)), "{refused:?}");
            }
        });
        assert_eq!(manager.asked(), [Asked::Unasked, Asked::Unasked, Asked::Unasked, Asked::Unasked]);
        let old = StandIn { age: Age::WithoutFlags, ..StandIn::default() };
        against(&old, async |bus| restart(&bus, false).await.unwrap());
        assert_eq!(old.asked(), [Asked::Interactive(false)]);
    }

    #[test]
    fn an_old_login_manager_is_asked_in_its_own_words() {
        for (age, asked) in
            [(Age::WithoutSkipping, Asked::WithFlags(SOFT_IF_PREPARED)), (Age::WithoutFlags, Asked::Interactive(true))]
        {
            let manager = StandIn { age, ..StandIn::default() };
            against(&manager, async |bus| restart_despite(&bus, true).await.unwrap());
            assert_eq!(manager.asked(), [asked]);
        }
    }
}
