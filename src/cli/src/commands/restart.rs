// SPDX-License-Identifier: GPL-3.0-or-later
//! The computer is restarted by the login manager, when the person says so, and never otherwise.

use std::time::{Duration, UNIX_EPOCH};

use isotope_client::login::{self, RestartObstacles, RestartRefusal};
use isotope_client::{Client, ClientError, wording};
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp, ToSpan as _, tz::TimeZone};

use crate::context::{Context, in_time};
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{json, restart};
use crate::{confirmation, following, output};

/// The login manager answers at once.
const LONGEST: Duration = Duration::from_secs(10);
/// What starts is good to know; a restart does not wait long for a service that does not tell.
const LONGEST_READING: Duration = Duration::from_secs(3);
/// Closer than this nobody calls a restart off any more.
const SOONEST: SignedDuration = SignedDuration::from_mins(1);

/// Restarts the computer, or schedules that, once the person knows what is in the way and has agreed to it.
pub(crate) async fn run(context: &Context, at: Option<Time>, agreed: bool) -> Result<Exit, Failure> {
    let client = Client::connect().await?.interactive(context.ask);
    let bus = client.connection();
    let mut obstacles = in_time(LONGEST, login::restart_obstacles(bus)).await?;
    let typed = typed(at);
    let at = at.map(|time| moment(time, now(), &context.view.zone)).transpose()?;
    let asked = confirmation::needed(context, agreed, &typed.iter().map(String::as_str).collect::<Vec<_>>())?;
    // Nobody is asked about what the login manager would refuse whatever they say.
    if at.is_some()
        && let Some(inhibitor) = obstacles.holding_back()
    {
        output::remarks(context.terminal, &restart::in_the_way(&obstacles));
        return Err(ClientError::Restart(RestartRefusal::Inhibited(wording::inhibitor(inhibitor))).into());
    }
    require_ahead(at, now())?;
    if asked {
        let reading = in_time(LONGEST_READING, client.state());
        let (scheduled, state) = tokio::join!(scheduled(&client, LONGEST), reading);
        let snapshot = state.ok().map(|state| state.snapshot);
        let lines = restart::what_follows(&obstacles, scheduled, snapshot.as_deref(), &context.view);
        confirmation::ask(context, restart::question(lines, at, &context.view)).await?;
        // The question may have stood for hours.
        require_ahead(at, now())?;
        if at.is_none() {
            obstacles = named(context, bus, obstacles).await?;
        }
    } else {
        output::remarks(context.terminal, &restart::in_the_way(&obstacles));
    }
    match at {
        Some(at) => {
            let time = UNIX_EPOCH + Duration::from_secs(at);
            following::answered(context, &client, login::schedule_restart(bus, time, context.ask)).await?;
        }
        // Whoever was shown what is in the way, and agreed, means it.
        None if asked && obstacles.block() => {
            gone(following::answered(context, &client, login::restart_despite(bus, context.ask)).await)?;
        }
        None => gone(following::answered(context, &client, login::restart(bus, context.ask)).await)?,
    }
    tell(context, &obstacles, at)?;
    Ok(Exit::Done)
}

/// What is in the way now, once the person was told of all of it and has agreed to that too.
async fn named(
    context: &Context,
    bus: &zbus::Connection,
    mut named: RestartObstacles,
) -> Result<RestartObstacles, Failure> {
    loop {
        let now = in_time(LONGEST, login::restart_obstacles(bus)).await?;
        let new = now.unnamed(&named);
        if new.is_empty() {
            return Ok(now);
        }
        let lines = restart::come_since(&new, &context.view);
        confirmation::ask(context, restart::question(lines, None, &context.view)).await?;
        named.inhibitors.extend(new.inhibitors);
        named.others.extend(new.others);
    }
}

/// Calls off what is scheduled.
pub(crate) async fn cancel(context: &Context) -> Result<Exit, Failure> {
    let client = Client::connect().await?.interactive(context.ask);
    let bus = client.connection();
    // A shutdown that is to stay one is left to whoever scheduled it.
    let is_scheduled = in_time(LONGEST, login::scheduled_restart(bus)).await?.is_some();
    let request = login::cancel_scheduled_restart(bus, context.ask);
    let cancelled = is_scheduled && following::answered(context, &client, request).await?;
    if context.json {
        output::document(&json::restart_cancelled(cancelled))?;
    } else {
        output::results(context.terminal, &[restart::cancelled(cancelled)])?;
    }
    Ok(Exit::Done)
}

/// When the computer is to restart, in seconds since 1970; nothing also where nobody can tell within this time.
pub(crate) async fn scheduled(client: &Client, longest: Duration) -> Option<u64> {
    let at = in_time(longest, login::scheduled_restart(client.connection())).await.ok()??;
    Some(at.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

fn tell(context: &Context, obstacles: &RestartObstacles, at: Option<u64>) -> Result<(), Failure> {
    if context.json {
        output::document(&json::restart(obstacles, at))?;
    } else {
        output::results(context.terminal, &restart::asked_for(at, &context.view))?;
    }
    Ok(())
}

/// The bus may go down with the computer before it can deliver the answer.
fn gone(answer: Result<(), Failure>) -> Result<(), Failure> {
    match answer {
        Err(Failure::Service(ClientError::NoBus(_))) => Ok(()),
        other => other,
    }
}

fn now() -> Timestamp {
    Timestamp::now()
}

/// When it is this time the next time, in seconds since 1970.
///
/// # Errors
/// No calendar has it; a restart now is something else.
fn moment(time: Time, now: Timestamp, zone: &TimeZone) -> Result<u64, Failure> {
    next(time, now, zone).ok_or_else(|| Failure::NoSuchTime { time: time.strftime("%H:%M").to_string() })
}

/// The login manager restarts at once where the time is over, and nobody could call it off where it almost is.
///
/// # Errors
/// [`RestartRefusal::TooLate`].
fn require_ahead(at: Option<u64>, now: Timestamp) -> Result<(), Failure> {
    let ahead = |at: u64| Timestamp::from_second(i64::try_from(at).ok()?).ok().map(|at| at.duration_since(now));
    match at.and_then(ahead) {
        Some(ahead) if ahead < SOONEST => Err(ClientError::Restart(RestartRefusal::TooLate).into()),
        _ => Ok(()),
    }
}

fn next(time: Time, now: Timestamp, zone: &TimeZone) -> Option<u64> {
    let today = now.to_zoned(zone.clone()).date();
    let days = [0, 1].into_iter().filter_map(|days| today.checked_add(days.days()).ok());
    let mut moments = days.filter_map(|day| day.to_datetime(time).to_zoned(zone.clone()).ok());
    let next = moments.find(|moment| moment.timestamp() > now)?;
    u64::try_from(next.timestamp().as_second()).ok()
}

/// What was typed, to be shown again.
fn typed(at: Option<Time>) -> Vec<String> {
    let at = at.map(|at| ["--at".to_owned(), at.strftime("%H:%M").to_string()]);
    std::iter::once("restart".to_owned()).chain(at.into_iter().flatten()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_is_over_today_is_tomorrows() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        // 2025-11-18 11:30:00 there.
        let now = Timestamp::from_second(1_763_458_200).unwrap();
        let at = |hour, minute| next(Time::constant(hour, minute, 0, 0), now, &zone).unwrap() - 1_763_458_200;
        assert_eq!(at(12, 0), 30 * 60);
        assert_eq!(at(11, 30), 24 * 60 * 60, "it is that time now");
        assert_eq!(at(11, 0), (24 * 60 - 30) * 60);
    }

    #[test]
    fn a_restart_is_scheduled_only_while_it_is_a_minute_away() {
        let now = Timestamp::from_millisecond(1_763_458_200_500).unwrap();
        let refused = |at| match require_ahead(at, now) {
            Ok(()) => false,
            Err(Failure::Service(ClientError::Restart(RestartRefusal::TooLate))) => true,
            Err(other) => panic!("{other:?}"),
        };
        for (at, too_late) in [(-3600, true), (0, true), (1, true), (60, true), (61, false), (3600, false)] {
            assert_eq!(refused(1_763_458_200_u64.checked_add_signed(at)), too_late, "{at}");
        }
        assert!(!refused(None), "that is now");
    }

    #[test]
    fn a_time_that_no_calendar_has_is_not_now() {
        let evening = Time::constant(23, 59, 0, 0);
        for now in [Timestamp::MAX, Timestamp::from_second(-1_000_000).unwrap()] {
            let failure = moment(evening, now, &TimeZone::UTC).unwrap_err();
            assert!(matches!(&failure, Failure::NoSuchTime { time } if time == "23:59"), "{failure:?}");
        }
    }
}
