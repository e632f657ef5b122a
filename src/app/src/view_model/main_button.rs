// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::OperationKind;

use super::situation::Situation;
use super::{Looker, impossible};
use crate::helper_worker::Request;

/// What the one button does now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// Look for an update.
    Check,
    /// Download and stage it.
    Update,
    /// Stop what runs.
    Cancel,
    /// Restart the computer.
    Restart,
}

/// The one button of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MainButton {
    /// What it does.
    pub(crate) meaning: Meaning,
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// It is what a person most likely wants.
    pub(crate) suggested: bool,
    /// It can be pressed.
    pub(crate) sensitive: bool,
    /// Why it cannot be on this host, where it is not just a matter of the moment.
    pub(crate) reason: Option<String>,
}

impl MainButton {
    /// The button in this state, where there is anything to press.
    pub(crate) fn of(state: &ServiceState, looker: &Looker) -> Option<Self> {
        let waiting = looker.asked.is_some();
        let reason = |kind| impossible(state, kind).map(|refusal| wording::refusal(&refusal).what);
        let button = |meaning, label: String, suggested, sensitive| {
            let reason = match meaning {
                Meaning::Check => reason(OperationKind::Check),
                Meaning::Update => reason(OperationKind::Update),
                Meaning::Cancel | Meaning::Restart => None,
            };
            Some(Self { meaning, label, suggested, sensitive: sensitive && reason.is_none(), reason })
        };
        match Situation::of(state) {
            Situation::Busy(_) => match looker.asked {
                Some(Request::Cancel) => button(Meaning::Cancel, gettext("Cancelling…"), false, false),
                _ => button(Meaning::Cancel, gettext("_Cancel"), false, true),
            },
            Situation::Restart(_) => button(Meaning::Restart, gettext("_Restart…"), true, !waiting),
            Situation::Available(_) => {
                button(Meaning::Update, gettext("_Download Update"), state.can(OperationKind::Update), !waiting)
            }
            Situation::OnlyByUpdating => button(Meaning::Update, gettext("_Update"), false, !waiting),
            Situation::NoUpdates(_) => None,
            Situation::HeldBack(_)
            | Situation::Changing
            | Situation::RolledBack { .. }
            | Situation::UpToDate
            | Situation::NotChecked => button(Meaning::Check, gettext("_Check for Updates"), false, !waiting),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{Deployment, Outcome, Progress, Snapshot};

    use super::super::test_states::{
        NOON, available, booted, container_host, deployment, operation, service, snapshot, staged,
    };
    use super::*;

    fn button(state: &ServiceState, asked: Option<Request>) -> Option<(Meaning, bool)> {
        MainButton::of(state, &Looker { asked, ..Looker::for_tests() }).map(|button| (button.meaning, button.sensitive))
    }

    #[test]
    fn its_meaning_follows_the_state() {
        let found = Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) };
        let mut composefs = container_host("ostree-unverified-image:oci:/var/lab/gnome");
        composefs.host.composefs = true;
        for (snapshot, meaning) in [
            (snapshot(vec![booted('1')]), Some(Meaning::Check)),
            (Snapshot { last_checked: Some(NOON), ..snapshot(vec![booted('1')]) }, Some(Meaning::Check)),
            (found, Some(Meaning::Update)),
            (snapshot(vec![staged('2'), booted('1')]), Some(Meaning::Restart)),
            (snapshot(vec![deployment('1'), booted('2')]), Some(Meaning::Restart)),
            (
                snapshot(vec![Deployment { finalization_locked: true, ..staged('2') }, booted('1')]),
                Some(Meaning::Check),
            ),
            (snapshot(vec![Deployment { image: None, ..booted('1') }]), None),
            (composefs, Some(Meaning::Update)),
        ] {
            assert_eq!(button(&service(snapshot), None), meaning.map(|meaning| (meaning, true)));
        }
    }

    #[test]
    fn where_another_program_drives_the_updates_it_says_so() {
        let mut host = Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) };
        let driver = isotope_model::UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() };
        host.host.update_driver = Some(driver);
        let button = MainButton::of(&service(host), &Looker::for_tests()).unwrap();
        assert!(!button.sensitive && !button.suggested && button.reason.unwrap().contains("Zincati"));
    }

    #[test]
    fn while_something_runs_it_cancels_that_once() {
        let mut state = service(snapshot(vec![booted('1')]));
        let mut running = operation(OperationKind::Update, Progress::default());
        state.operation = Some(Arc::new(running.clone()));
        assert_eq!(button(&state, None), Some((Meaning::Cancel, true)));
        assert_eq!(button(&state, Some(Request::Start(OperationKind::Update))), Some((Meaning::Cancel, true)));
        assert_eq!(button(&state, Some(Request::Cancel)), Some((Meaning::Cancel, false)));
        running.outcome = Some(Outcome::UpToDate);
        state.operation = Some(Arc::new(running));
        assert_eq!(button(&state, None), Some((Meaning::Check, true)));
    }

    #[test]
    fn it_waits_while_the_password_is_asked_for() {
        let state = service(snapshot(vec![booted('1')]));
        assert_eq!(button(&state, Some(Request::Start(OperationKind::Check))), Some((Meaning::Check, false)));
    }
}
