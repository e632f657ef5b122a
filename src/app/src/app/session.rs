// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::wording::{self, Explanation};
use isotope_client::{ClientError, ServiceState};
use isotope_model::{OperationKind, Outcome, Refusal, Snapshot};

use crate::helper_worker::{Fact, Request};
use crate::view_model::{Link, never_answered};

/// Something that is told once.
#[derive(Debug)]
pub(super) enum Notice {
    /// In passing, below.
    Toast(String),
    /// In a dialog.
    Failure(Explanation),
    /// Only read out: it can be seen anyhow.
    Announcement(String),
}

/// What the window has heard and asked so far.
#[derive(Debug, Default)]
pub(super) struct Session {
    link: Link,
    asked: Option<Request>,
    /// The operation that was to be cancelled.
    cancelled: Option<String>,
    restarting: bool,
    interruptions: u64,
    attempts: u64,
    /// The operation that runs was asked for here: its end is told as an answer to that.
    own: bool,
    loss: Option<Arc<ClientError>>,
}

impl Session {
    /// How the app and the service stand to each other.
    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// What was asked for and not taken up yet.
    pub(super) fn asked(&self) -> Option<Request> {
        self.asked
    }

    /// The state that is shown.
    pub(super) fn state(&self) -> Option<Arc<ServiceState>> {
        match &self.link {
            Link::Live(state) => Some(state.clone()),
            _ => None,
        }
    }

    /// Nothing runs and nothing was asked for.
    pub(super) fn idle(&self) -> bool {
        self.asked.is_none() && self.state().is_some_and(|state| state.running().is_none())
    }

    /// The number of the interruption that lasts, if one does.
    pub(super) fn interruption(&self) -> Option<u64> {
        matches!(self.link, Link::Interrupted { .. }).then_some(self.interruptions)
    }

    /// The person has asked for this.
    pub(super) fn ask(&mut self, request: Request) {
        self.asked = Some(request);
        self.cancelled = self.state().filter(|_| request == Request::Cancel).and_then(|state| path(&state));
    }

    /// The person wants another try.
    pub(super) fn try_again(&mut self) {
        self.link = Link::Connecting;
        self.attempts += 1;
    }

    /// The number of the try to reach the service that goes on, if one does.
    pub(super) fn attempt(&self) -> Option<u64> {
        matches!(self.link, Link::Connecting).then_some(self.attempts)
    }

    /// In this try the service has not said a word for as long as anybody waits.
    pub(super) fn give_up_attempt(&mut self, attempt: u64) {
        if self.attempt() == Some(attempt) {
            self.link = Link::Lost(Arc::new(never_answered()));
        }
    }

    /// This interruption has lasted too long to be called one.
    pub(super) fn give_up(&mut self, interruption: u64) {
        if self.interruption() == Some(interruption)
            && let Some(error) = self.loss.take()
        {
            self.restarting = false;
            self.link = Link::Lost(error);
        }
    }

    /// Takes a fact in, and returns what to tell of it.
    pub(super) fn hear(&mut self, fact: Fact) -> Option<Notice> {
        match fact {
            Fact::State(state) => {
                let ended = self.ended_elsewhere(&state);
                self.see(state);
                ended
            }
            Fact::Lost(error) => {
                self.lose(error);
                None
            }
            Fact::Accepted(request) => {
                if request == Request::Restart {
                    self.restarting = true;
                    self.asked = None;
                }
                None
            }
            Fact::Ended(request, outcome) => {
                self.answered(request);
                notice_of_outcome(request, &outcome, &self.snapshot())
            }
            Fact::Found(_) | Fact::Configured(_) | Fact::Restarting(_) => None,
            Fact::Refused(request, error) => {
                self.answered(request);
                self.notice_of_error(&error)
            }
        }
    }

    /// What somebody else has started is over: that is only read out.
    fn ended_elsewhere(&self, now: &ServiceState) -> Option<Notice> {
        let before = self.state().filter(|before| before.running().is_some() && !self.own)?;
        let outcome = now.operation.as_ref().filter(|_| path(&before) == path(now))?.outcome.as_ref()?;
        let unasked = self.asked.is_none_or(|asked| asked == Request::Cancel);
        unasked.then(|| Notice::Announcement(wording::outcome(outcome, &now.snapshot)))
    }

    fn see(&mut self, state: Arc<ServiceState>) {
        if self.interruption().is_some() {
            self.restarting = false;
        }
        let taken_up = match self.asked {
            Some(Request::Start(_)) => state.running().is_some(),
            // What may take long to end is still being cancelled; what began after it is not.
            Some(Request::Cancel) => state.running().is_none() || path(&state) != self.cancelled,
            Some(Request::Restart) | None => false,
        };
        if taken_up {
            self.own |= matches!(self.asked, Some(Request::Start(_)));
            self.asked = None;
        }
        self.own &= state.running().is_some();
        self.link = Link::Live(state);
    }

    fn lose(&mut self, error: Arc<ClientError>) {
        self.asked = None;
        match self.link {
            Link::Live(_) => {
                self.interruptions += 1;
                self.loss = Some(error);
                self.link = Link::Interrupted { restarting: self.restarting };
            }
            Link::Interrupted { .. } => self.loss = Some(error),
            Link::Connecting | Link::Lost(_) => self.link = Link::Lost(error),
        }
    }

    fn answered(&mut self, request: Request) {
        if self.asked == Some(request) {
            self.asked = None;
        }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.state().map(|state| state.snapshot.clone()).unwrap_or_default()
    }

    /// That the bus or the service went away is seen in the window anyhow.
    fn notice_of_error(&self, error: &ClientError) -> Option<Notice> {
        match error {
            ClientError::NoBus(_) => None,
            _ if self.restarting || !matches!(self.link, Link::Live(_)) => None,
            ClientError::Refused(refusal) => Some(notice_of_refusal(refusal)),
            _ => Some(Notice::Failure(wording::client_error(error))),
        }
    }
}

fn path(state: &ServiceState) -> Option<String> {
    state.operation_path.as_ref().map(ToString::to_string)
}

fn notice_of_refusal(refusal: &Refusal) -> Notice {
    let explanation = wording::refusal(refusal);
    match refusal {
        Refusal::Cancelled | Refusal::Dismissed { .. } | Refusal::AlreadyEnded => Notice::Toast(explanation.what),
        _ => Notice::Failure(explanation),
    }
}

/// What can be seen on the page anyhow is only read out; a sheet that lies over it hides what was chosen there.
fn notice_of_outcome(request: Request, outcome: &Outcome, after: &Snapshot) -> Option<Notice> {
    let words = wording::outcome(outcome, after);
    Some(match outcome {
        Outcome::Failed { refusal } => notice_of_refusal(refusal),
        Outcome::Versions { .. } | Outcome::Tags { .. } => return None,
        Outcome::BootOrderChanged { .. } if request == Request::Start(OperationKind::SetDefault) => {
            Notice::Toast(words)
        }
        Outcome::UpdateAvailable { .. } | Outcome::Staged { .. } | Outcome::BootOrderChanged { .. } => {
            Notice::Announcement(words)
        }
        Outcome::UpToDate
        | Outcome::OnlyUpdateTells
        | Outcome::Discarded { .. }
        | Outcome::Pinned { .. }
        | Outcome::Unpinned { .. }
        | Outcome::Kept { .. }
        | Outcome::Removed { .. }
        | Outcome::CleanedUp { .. }
        | Outcome::Cancelled { .. }
        | Outcome::Unknown => Notice::Toast(words),
    })
}

#[cfg(test)]
mod tests {
    use isotope_model::{CancelledWith, DeploymentId, OperationStatus, Progress, Starter};

    use super::*;

    fn idle() -> Fact {
        Fact::State(Arc::default())
    }

    fn running() -> Fact {
        let status = OperationStatus {
            kind: OperationKind::Check,
            starter: Starter { uid: 1000, user: None, program: None },
            started: 0,
            title: None,
            progress: Progress::default(),
            outcome: None,
        };
        Fact::State(Arc::new(ServiceState { operation: Some(Arc::new(status)), ..ServiceState::default() }))
    }

    fn no_bus() -> Arc<ClientError> {
        Arc::new(ClientError::NoBus("gone".into()))
    }

    fn refused(refusal: Refusal) -> Fact {
        Fact::Refused(Request::Start(OperationKind::Check), Arc::new(ClientError::Refused(refusal)))
    }

    #[test]
    fn a_request_stands_until_it_is_taken_up() {
        let mut session = Session::default();
        session.hear(idle());
        session.ask(Request::Start(OperationKind::Check));
        session.hear(idle());
        assert_eq!(session.asked(), Some(Request::Start(OperationKind::Check)));
        session.hear(running());
        assert_eq!(session.asked(), None);
        session.ask(Request::Cancel);
        session.hear(running());
        assert_eq!(session.asked(), Some(Request::Cancel));
        session.hear(idle());
        assert!(session.idle());
    }

    #[test]
    fn only_the_operation_that_was_to_be_cancelled_is_being_cancelled() {
        let at = |path: &str| {
            let Fact::State(state) = running() else { unreachable!() };
            let operation_path = path.to_owned().try_into().ok();
            Fact::State(Arc::new(ServiceState { operation_path, ..(*state).clone() }))
        };
        let mut session = Session::default();
        session.hear(at("/operation/1"));
        session.ask(Request::Cancel);
        session.hear(Fact::Accepted(Request::Cancel));
        session.hear(at("/operation/1"));
        assert_eq!(session.asked(), Some(Request::Cancel), "it may take long");
        session.hear(at("/operation/2"));
        assert_eq!(session.asked(), None);
    }

    #[test]
    fn a_service_that_goes_away_is_waited_for_before_that_is_trouble() {
        let mut session = Session::default();
        session.hear(idle());
        session.hear(Fact::Lost(no_bus()));
        let first = session.interruption().unwrap();
        assert!(matches!(session.link(), Link::Interrupted { restarting: false }));
        session.hear(idle());
        session.hear(Fact::Lost(no_bus()));
        session.give_up(first);
        assert!(session.interruption().is_some(), "the first interruption is over");
        session.give_up(session.interruption().unwrap());
        assert!(matches!(session.link(), Link::Lost(_)));
    }

    #[test]
    fn a_service_that_never_says_a_word_is_trouble_after_a_while() {
        let mut session = Session::default();
        let first = session.attempt().unwrap();
        session.try_again();
        session.give_up_attempt(first);
        assert!(session.attempt().is_some(), "the first try is over");
        session.give_up_attempt(session.attempt().unwrap());
        assert!(matches!(session.link(), Link::Lost(_)));
        session.hear(idle());
        assert_eq!(session.attempt(), None);
    }

    #[test]
    fn how_the_operation_of_somebody_else_ended_is_read_out_and_ones_own_is_not() {
        let ended = |outcome: Outcome| {
            let Fact::State(state) = running() else { unreachable!() };
            let status = OperationStatus { outcome: Some(outcome), ..(**state.operation.as_ref().unwrap()).clone() };
            Fact::State(Arc::new(ServiceState { operation: Some(Arc::new(status)), ..ServiceState::default() }))
        };
        let mut session = Session::default();
        session.hear(running());
        assert!(matches!(session.hear(ended(Outcome::UpToDate)), Some(Notice::Announcement(_))));
        assert!(session.hear(ended(Outcome::UpToDate)).is_none(), "it is said once");
        session.ask(Request::Start(OperationKind::Check));
        session.hear(running());
        assert!(session.hear(ended(Outcome::UpToDate)).is_none());
    }

    #[test]
    fn a_service_that_never_was_there_is_trouble_at_once() {
        let mut session = Session::default();
        session.hear(Fact::Lost(Arc::new(ClientError::ServiceMissing)));
        assert!(matches!(session.link(), Link::Lost(_)));
    }

    #[test]
    fn a_restart_is_waited_for_in_its_own_words_once() {
        let mut session = Session::default();
        session.hear(idle());
        session.ask(Request::Restart);
        session.hear(Fact::Accepted(Request::Restart));
        session.hear(Fact::Lost(no_bus()));
        assert!(matches!(session.link(), Link::Interrupted { restarting: true }));
        session.hear(idle());
        session.hear(Fact::Lost(no_bus()));
        assert!(matches!(session.link(), Link::Interrupted { restarting: false }));
    }

    #[test]
    fn what_a_sheet_hides_is_told_and_a_list_of_versions_is_not() {
        let mut session = Session::default();
        session.hear(idle());
        let id = DeploymentId::new("lab", "1".repeat(64), 0);
        let changed = || Outcome::BootOrderChanged { boots_next: id.clone(), discarded: None };
        let mut hear = |kind, outcome| session.hear(Fact::Ended(Request::Start(kind), outcome));
        assert!(matches!(hear(OperationKind::SetDefault, changed()), Some(Notice::Toast(_))));
        assert!(matches!(hear(OperationKind::RollBack, changed()), Some(Notice::Announcement(_))));
        let pinned = Outcome::Pinned { deployment: id.clone() };
        assert!(matches!(hear(OperationKind::Pin, pinned), Some(Notice::Toast(_))));
        assert!(hear(OperationKind::ListVersions, Outcome::Versions { versions: Vec::new() }).is_none());
    }

    #[test]
    fn a_cancel_and_a_closed_password_dialog_are_no_failures() {
        let mut session = Session::default();
        session.hear(idle());
        let dismissed = refused(Refusal::Dismissed { action: "x".into() });
        assert!(matches!(session.hear(dismissed), Some(Notice::Toast(_))));
        let cancelled = Outcome::Cancelled { left: CancelledWith::NothingChanged };
        assert!(matches!(
            session.hear(Fact::Ended(Request::Start(OperationKind::Update), cancelled)),
            Some(Notice::Toast(_))
        ));
        let failed = Outcome::Failed { refusal: Refusal::Network { detail: "x".into() } };
        assert!(matches!(
            session.hear(Fact::Ended(Request::Start(OperationKind::Update), failed)),
            Some(Notice::Failure(_))
        ));
        assert!(matches!(session.hear(refused(Refusal::NotBooted)), Some(Notice::Failure(_))));
        assert!(session.hear(Fact::Refused(Request::Start(OperationKind::Check), no_bus())).is_none());
    }
}
