// SPDX-License-Identifier: GPL-3.0-or-later
//! Who and what a restart would disturb: to be named before the person decides.

use std::os::unix::fs::MetadataExt;

use super::manager::{InhibitorRow, LoginManagerProxy, LoginSessionProxy, SessionRow};
use super::refusal::{self, RestartRefusal};
use crate::ClientError;
use crate::wording::{self, foreign::cleaned};

/// So many of either kind are looked at; nobody reads more.
const MOST: usize = 64;

/// A program that does not want the computer to shut down now. The texts are its own, on one line and not long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inhibitor {
    /// What it calls itself; empty where it says nothing that can be shown.
    pub who: String,
    /// Why; empty where it says nothing that can be shown.
    pub why: String,
    /// It only wants a moment before the computer goes down, and is given that.
    pub delays_only: bool,
}

/// Somebody else who is logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherSession {
    /// The user's name.
    pub user: String,
    /// The screen and keyboard that they sit at; absent where they came over the network.
    pub seat: Option<String>,
}

/// What a restart would disturb.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RestartObstacles {
    /// Programs that hold it back, those that block it first.
    pub inhibitors: Vec<Inhibitor>,
    /// Other people who are logged in.
    pub others: Vec<OtherSession>,
}

impl RestartObstacles {
    /// Nothing is in the way, and nobody.
    pub fn is_empty(&self) -> bool {
        self.inhibitors.is_empty() && self.others.is_empty()
    }

    /// The login manager refuses an ordinary restart, and a scheduled one, for as long as this stands; see
    /// [`super::restart_despite`].
    pub fn block(&self) -> bool {
        self.holding_back().is_some()
    }

    /// Who and what of this was not named yet, where the person was told of those: to be named before they are passed over.
    /// Whoever only wants a moment is given that anyway, and a program is known by its name, whatever it does meanwhile.
    pub fn unnamed(&self, named: &Self) -> Self {
        let is_same = |new: &Inhibitor, known: &Inhibitor| {
            !known.delays_only && known.who == new.who && (!new.who.is_empty() || known.why == new.why)
        };
        let is_named = |new: &Inhibitor| new.delays_only || named.inhibitors.iter().any(|known| is_same(new, known));
        Self {
            inhibitors: self.inhibitors.iter().filter(|new| !is_named(new)).cloned().collect(),
            others: self.others.iter().filter(|new| !named.others.contains(new)).cloned().collect(),
        }
    }

    /// The first of those that hold it back until they are done.
    pub fn holding_back(&self) -> Option<&Inhibitor> {
        self.inhibitors.iter().find(|inhibitor| !inhibitor.delays_only)
    }
}

/// Asks the login manager what stands in the way of a restart.
///
/// # Errors
/// It is not there, or does not answer.
pub async fn restart_obstacles(connection: &zbus::Connection) -> Result<RestartObstacles, ClientError> {
    let own_user = std::fs::metadata("/proc/self").map_or(u32::MAX, |this_process| this_process.uid());
    obstacles_of(connection, own_user).await
}

async fn obstacles_of(connection: &zbus::Connection, own_user: u32) -> Result<RestartObstacles, ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    let inhibitors = inhibitors(manager.list_inhibitors().await.map_err(refusal::of)?);
    let mut others = Vec::new();
    let sessions = manager.list_sessions().await.map_err(refusal::of)?;
    for session in sessions.into_iter().filter(|(_, user, ..)| *user != own_user).take(MOST) {
        // A session that is gone by now disturbs nobody.
        if class(connection, &session).await.is_ok_and(|class| is_of_a_person(&class)) {
            others.push(other(session));
        }
    }
    Ok(RestartObstacles { inhibitors, others })
}

/// Nobody passes over what holds a restart back without knowing of it: a login manager before systemd 257 would let whoever
/// may do that do it unasked.
///
/// # Errors
/// [`RestartRefusal::Inhibited`], with who it is; or the login manager does not tell.
pub(super) async fn require_none(connection: &zbus::Connection) -> Result<(), ClientError> {
    let manager = LoginManagerProxy::new(connection).await?;
    let inhibitors = inhibitors(manager.list_inhibitors().await.map_err(refusal::of)?);
    match inhibitors.iter().find(|inhibitor| !inhibitor.delays_only) {
        Some(inhibitor) => Err(ClientError::Restart(RestartRefusal::Inhibited(wording::inhibitor(inhibitor)))),
        None => Ok(()),
    }
}

fn inhibitors(rows: Vec<InhibitorRow>) -> Vec<Inhibitor> {
    let of_shutdown = rows.into_iter().filter(|(what, ..)| what.split(':').any(|what| what == "shutdown"));
    let mut found = Vec::new();
    for (_, who, why, mode, ..) in of_shutdown.take(MOST) {
        let inhibitor = Inhibitor {
            who: cleaned(&who).unwrap_or_default(),
            why: cleaned(&why).unwrap_or_default(),
            delays_only: mode == "delay",
        };
        if !found.contains(&inhibitor) {
            found.push(inhibitor);
        }
    }
    found.sort_by_key(|inhibitor| inhibitor.delays_only);
    found
}

async fn class(connection: &zbus::Connection, (.., path): &SessionRow) -> zbus::Result<String> {
    LoginSessionProxy::builder(connection)
        .path(path)?
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await?
        .class()
        .await
}

/// `user`, `user-early`, `user-light`…; not a login screen or what runs in the background.
fn is_of_a_person(class: &str) -> bool {
    class == "user" || class.starts_with("user-")
}

fn other((_, user, name, seat, _): SessionRow) -> OtherSession {
    OtherSession { user: cleaned(&name).unwrap_or_else(|| user.to_string()), seat: cleaned(&seat) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::login::stand_in::{StandIn, against};

    fn row(what: &str, who: &str, mode: &str) -> InhibitorRow {
        (what.into(), who.into(), "Because".into(), mode.into(), 0, 1)
    }

    #[test]
    fn those_who_hold_the_restart_back_are_named() {
        let manager = StandIn {
            inhibitors: vec![
                row("sleep", "NetworkManager", "delay"),
                row("sleep:shutdown", "Waits\na\u{202e} moment", "delay"),
                row("shutdown:idle", "PackageKit", "block"),
                row("shutdown:idle", "PackageKit", "block"),
                row("shutdown-of-something", "x", "block"),
                row("shutdown", &"y".repeat(10_000), "block-weak"),
            ],
            ..StandIn::default()
        };
        against(&manager, async |bus| {
            let found = obstacles_of(&bus, 1000).await.unwrap();
            let who: Vec<_> =
                found.inhibitors.iter().map(|i| (i.who.chars().take(15).collect(), i.delays_only)).collect();
            let expected = [("PackageKit", false), ("yyyyyyyyyyyyyyy", false), ("Waits a moment", true)];
            assert_eq!(who, expected.map(|(who, delays)| (who.to_owned(), delays)));
            assert!(found.inhibitors[1].who.chars().count() <= 121);
            assert!(found.block());
        });
    }

    #[test]
    fn only_what_was_not_named_is_to_be_named() {
        let held = |who: &str, why: &str, delays_only| Inhibitor { who: who.into(), why: why.into(), delays_only };
        let other = |user: &str| OtherSession { user: user.into(), seat: None };
        let named = RestartObstacles {
            inhibitors: vec![held("Backup", "1 %", false), held("", "Writing", false), held("Files", "Closing", true)],
            others: vec![other("person")],
        };
        let known = [held("Backup", "2 %", false), held("", "Writing", false), held("Network", "", true)];
        let new = [held("Files", "Closing", false), held("", "Reading", false), held("PackageKit", "1 %", false)];
        let now = RestartObstacles {
            inhibitors: known.into_iter().chain(new.clone()).collect(),
            others: vec![other("person"), other("administrator")],
        };
        let expected = RestartObstacles { inhibitors: new.to_vec(), others: vec![other("administrator")] };
        assert_eq!(now.unnamed(&named), expected);
        assert!(named.unnamed(&named).is_empty() && RestartObstacles::default().unnamed(&named).is_empty());
    }

    #[test]
    fn other_people_are_named_and_oneself_is_not() {
        let session = |user, name: &str, seat: &str, class: &str| (user, name.into(), seat.into(), class.into());
        let manager = StandIn {
            sessions: vec![
                session(1000, "person", "seat0", "user"),
                session(1001, "administrator", "", "user"),
                session(1002, "", "seat1", "user-early"),
                session(42, "gdm", "seat0", "greeter"),
                session(1003, "backup", "", "background"),
                session(1003, "gone", "", "gone"),
            ],
            ..StandIn::default()
        };
        against(&manager, async |bus| {
            let found = obstacles_of(&bus, 1000).await.unwrap();
            let other = |user: &str, seat: Option<&str>| OtherSession { user: user.into(), seat: seat.map(Into::into) };
            assert_eq!(found.others, [other("administrator", None), other("1002", Some("seat1"))]);
            assert!(!found.block() && !found.is_empty());
        });
    }

    #[test]
    fn endless_lists_are_cut_short() {
        let many = |number: u32| (number, "x".to_owned(), String::new(), "user".to_owned());
        let manager = StandIn {
            inhibitors: (0..1000).map(|number| row("shutdown", &number.to_string(), "block")).collect(),
            sessions: (1..200).map(many).collect(),
            ..StandIn::default()
        };
        against(&manager, async |bus| {
            let found = obstacles_of(&bus, 0).await.unwrap();
            assert_eq!((found.inhibitors.len(), found.others.len()), (MOST, MOST));
        });
    }
}
