// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use gettextrs::gettext;
use isotope_client::ServiceState;
use isotope_model::DeploymentId;

use super::super::Question;
use super::ChosenDesktop;

/// What the person was asked about: what was staged, in the state in which it was seen.
#[derive(Clone, Debug)]
pub(crate) struct Unwanted {
    /// What was staged.
    pub(crate) staged: DeploymentId,
    /// How everything stood.
    pub(crate) seen: Arc<ServiceState>,
}

/// What has become of it while the person was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meanwhile {
    /// It is still staged.
    Stays,
    /// Nothing is staged any more.
    Gone,
    /// Something else is staged, about which nobody was asked.
    Replaced,
}

impl Unwanted {
    /// What is staged in this state, if anything is.
    pub(crate) fn of(state: &Arc<ServiceState>) -> Option<Self> {
        Some(Self { staged: state.snapshot.staged()?.id.clone(), seen: state.clone() })
    }

    /// What has become of it in this state.
    pub(crate) fn meanwhile(&self, state: &ServiceState) -> Meanwhile {
        match state.snapshot.staged() {
            Some(staged) if staged.id == self.staged => Meanwhile::Stays,
            Some(_) => Meanwhile::Replaced,
            None => Meanwhile::Gone,
        }
    }
}

impl Question {
    /// What to ask before what was just downloaded is discarded.
    pub(crate) fn stay(desktop: &ChosenDesktop, installed: &str) -> Self {
        Self {
            heading: gettext("Stay With {name}?").replace("{name}", installed),
            body: gettext("What was downloaded of {name} is discarded. It can be downloaded again at any time.")
                .replace("{name}", &desktop.name),
            yes: gettext("_Discard"),
            destructive: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::test_states::{booted, service, snapshot, staged};
    use super::*;

    #[test]
    fn only_what_was_asked_about_is_discarded() {
        let with = |deployments| Arc::new(service(snapshot(deployments)));
        let asked = with(vec![staged('2'), booted('1')]);
        let unwanted = Unwanted::of(&asked).unwrap();
        assert!(unwanted.staged == staged('2').id && Arc::ptr_eq(&unwanted.seen, &asked));
        assert_eq!(unwanted.meanwhile(&asked), Meanwhile::Stays);
        assert_eq!(unwanted.meanwhile(&with(vec![staged('3'), booted('1')])), Meanwhile::Replaced);
        let nothing = with(vec![booted('1')]);
        assert_eq!(unwanted.meanwhile(&nothing), Meanwhile::Gone);
        assert!(Unwanted::of(&nothing).is_none());
    }

    #[test]
    fn discarding_names_both() {
        let kde = ChosenDesktop { entry: "kde".into(), name: "Lab KDE".into(), image: "quay.io/lab/kde:stable".into() };
        let question = Question::stay(&kde, "Lab GNOME");
        assert!(question.heading.contains("Lab GNOME") && question.body.contains("Lab KDE") && question.destructive);
    }
}
