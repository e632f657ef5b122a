// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::{BTreeMap, BTreeSet};

use isotope_client::ServiceState;

use super::notification::{self, Matter, Notification, Standing};

/// What is to be done with a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotificationChange {
    /// Send it, in the place of the one before about the same.
    Send(Notification),
    /// It is out of date, or what it says is seen in the window.
    Withdraw(Matter),
}

/// Who is told.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    /// The user id of the person.
    pub(crate) uid: u32,
    /// The person has the window before them.
    pub(crate) watched: bool,
    /// The person wants notifications.
    pub(crate) wanted: bool,
    /// The start of the computer whose notice the person has closed.
    pub(crate) closed_boot: Option<&'a str>,
}

/// Works out which notifications are to be sent and withdrawn. Each matter is told once.
#[derive(Debug)]
pub(crate) struct Notifier {
    /// By matter, the mark of what was told of it last.
    told: BTreeMap<Matter, String>,
    /// What may be on the screen, from this program or the one before.
    shown: BTreeSet<Matter>,
    /// The operation that was seen to run.
    followed: Option<String>,
    /// The one that ended last, and what is to be said of that.
    ended: Option<(String, Notification)>,
}

impl Notifier {
    /// One that has told this before.
    pub(crate) fn new(told: BTreeMap<Matter, String>) -> Self {
        Self { told, shown: Matter::ALL.into(), followed: None, ended: None }
    }

    /// What was told so far.
    pub(crate) fn told(&self) -> &BTreeMap<Matter, String> {
        &self.told
    }

    /// Takes a state in, and returns what is to be done.
    pub(crate) fn see(&mut self, state: &ServiceState, to: &Told<'_>) -> Vec<NotificationChange> {
        self.follow(state, to.uid);
        Matter::ALL.into_iter().filter_map(|matter| self.change(matter, state, to)).collect()
    }

    fn change(&mut self, matter: Matter, state: &ServiceState, to: &Told<'_>) -> Option<NotificationChange> {
        let standing = self.standing(matter, state, to);
        if let Standing::Open(mark, notification) = standing {
            let is_news = self.told.get(&matter) != Some(&mark);
            if to.watched || (to.wanted && is_news) {
                self.told.insert(matter, mark);
            }
            if to.wanted && !to.watched {
                if !is_news {
                    return None;
                }
                self.shown.insert(matter);
                return Some(NotificationChange::Send(notification));
            }
        } else if standing == Standing::None {
            self.told.remove(&matter);
        }
        self.shown.remove(&matter).then_some(NotificationChange::Withdraw(matter))
    }

    fn standing(&self, matter: Matter, state: &ServiceState, to: &Told<'_>) -> Standing {
        match matter {
            Matter::UpdateFound => notification::update_found(state),
            Matter::UpdateReady => notification::update_ready(state),
            Matter::Boot => notification::boot(&state.snapshot, to.closed_boot),
            Matter::OperationEnded | Matter::Failed => match &self.ended {
                Some((mark, ended)) if ended.matter == matter => Standing::Open(mark.clone(), ended.clone()),
                _ => Standing::None,
            },
        }
    }

    /// Only the end of what this person began, and what was seen to run, is told.
    fn follow(&mut self, state: &ServiceState, uid: u32) {
        let Some(operation) = state.operation.as_deref() else { return };
        let path = state.operation_path.as_ref().map(ToString::to_string).unwrap_or_default();
        let mark = format!("{path} {}", operation.started);
        match &operation.outcome {
            None => {
                self.followed = Some(mark);
                self.ended = None;
            }
            Some(outcome) => {
                let own = operation.starter.uid == uid && operation.starter.program.is_none();
                if self.followed.take_if(|followed| *followed == mark).is_some() && own {
                    let told = notification::ended(operation, outcome, &state.snapshot);
                    self.ended = told.map(|notification| (mark, notification));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
