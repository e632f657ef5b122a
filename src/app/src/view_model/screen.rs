// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use gettextrs::gettext;
use isotope_client::wording::{self, Explanation};
use isotope_client::{ClientError, ServiceState};
use isotope_model::Refusal;

use super::{Looker, SystemView, service_trouble};

/// How the app and the service stand to each other.
#[derive(Clone, Debug, Default)]
pub(crate) enum Link {
    /// Nothing was heard yet.
    #[default]
    Connecting,
    /// The service tells how things stand.
    Live(Arc<ServiceState>),
    /// The service was there a moment ago and is expected back.
    Interrupted {
        /// The person has just agreed to a restart of the computer.
        restarting: bool,
    },
    /// The service is not there.
    Lost(Arc<ClientError>),
}

/// A page that says one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusView {
    /// The name of the symbolic icon; without one a spinner turns.
    pub(crate) icon: Option<&'static str>,
    /// What is the matter.
    pub(crate) title: String,
    /// What that means and what to do.
    pub(crate) description: String,
    /// What can be done about it.
    pub(crate) button: Option<StatusButton>,
}

/// The button of such a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusButton {
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// It is what a person most likely wants.
    pub(crate) suggested: bool,
    /// It can be pressed.
    pub(crate) sensitive: bool,
}

impl StatusButton {
    /// Trying again may help.
    pub(crate) fn retry() -> Self {
        Self { label: gettext("_Try Again"), suggested: false, sensitive: true }
    }
}

impl StatusView {
    /// What is shown before anything was heard.
    pub(crate) fn loading() -> Self {
        waiting(gettext("Loading…"), String::new())
    }
}

/// What the window shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Screen {
    /// A page that says one thing.
    Status(StatusView),
    /// The system page.
    System(Box<SystemView>),
}

impl Screen {
    /// What the window shows now.
    pub(crate) fn of(link: &Link, looker: &Looker) -> Self {
        match link {
            Link::Connecting => Self::Status(StatusView::loading()),
            Link::Interrupted { restarting: true } => Self::Status(waiting(
                gettext("Restarting…"),
                gettext("If the computer does not restart, an app may be holding it up."),
            )),
            Link::Interrupted { restarting: false } => {
                Self::Status(waiting(gettext("Reconnecting…"), gettext("The Isotope service is away for a moment.")))
            }
            Link::Lost(error) => {
                Self::Status(trouble("isotope-attention-symbolic", &service_trouble::explain(error), true))
            }
            Link::Live(state) => Self::live(state, looker),
        }
    }

    fn live(state: &ServiceState, looker: &Looker) -> Self {
        let snapshot = &state.snapshot;
        let refusal = match snapshot.booted() {
            Some(booted) if snapshot.host.image_based => {
                return Self::System(Box::new(SystemView::of(state, booted, looker)));
            }
            _ if !snapshot.host.image_based => Refusal::NotImageBased,
            _ => Refusal::NotBooted,
        };
        Self::Status(trouble("isotope-system-symbolic", &wording::refusal(&refusal), false))
    }
}

fn waiting(title: String, description: String) -> StatusView {
    StatusView { icon: None, title, description, button: None }
}

fn trouble(icon: &'static str, explanation: &Explanation, retry: bool) -> StatusView {
    let description = service_trouble::in_words(explanation);
    StatusView {
        icon: Some(icon),
        title: explanation.what.clone(),
        description,
        button: retry.then(StatusButton::retry),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::Snapshot;

    use super::super::test_states::{booted, deployment, service, snapshot};
    use super::*;

    fn status(link: &Link) -> StatusView {
        match Screen::of(link, &Looker::for_tests()) {
            Screen::Status(status) => status,
            Screen::System(view) => unreachable!("{view:?}"),
        }
    }

    fn live(snapshot: Snapshot) -> Link {
        Link::Live(Arc::new(service(snapshot)))
    }

    #[test]
    fn a_computer_with_a_running_deployment_gets_the_system_page() {
        let screen = Screen::of(&live(snapshot(vec![booted('1')])), &Looker::for_tests());
        assert!(matches!(screen, Screen::System(_)));
    }

    #[test]
    fn waiting_turns_a_spinner_and_offers_nothing() {
        for link in [Link::Connecting, Link::Interrupted { restarting: true }, Link::Interrupted { restarting: false }]
        {
            let status = status(&link);
            assert!(status.icon.is_none() && status.button.is_none());
        }
    }

    #[test]
    fn trouble_is_explained_and_can_be_tried_again_where_that_helps() {
        let missing = status(&Link::Lost(Arc::new(ClientError::ServiceMissing)));
        assert!(missing.button.is_some() && missing.icon.is_some());
        let other_system = status(&live(Snapshot::default()));
        assert!(other_system.button.is_none() && other_system.title.contains("not an image-based"));
        let live_medium = status(&live(snapshot(vec![deployment('1')])));
        assert_ne!(live_medium.title, other_system.title);
    }
}
