// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::{ClientError, ServiceState, wording};
use isotope_model::{OperationKind, Outcome, Refusal};
use relm4::gtk::gio;
use relm4::gtk::prelude::*;
use relm4::{ComponentController as _, ComponentSender};

use super::{FirstBoot, FirstBootInput};
use crate::dialogs;
use crate::helper_worker::{Fact, Found, Order, Reading, Request};
use crate::pictures;
use crate::view_model::first_boot::{Beginning, Choices, Ending, Step, Switched, Task, Work};
use crate::view_model::{Network, Read};

impl FirstBoot {
    /// Takes in what the worker has seen.
    pub(super) fn hear(&mut self, fact: Fact, sender: &ComponentSender<Self>) {
        match fact {
            Fact::State(state) => self.see(state, sender),
            Fact::Lost(error) => self.lose(&error, sender),
            Fact::Found(found) => self.hear_found(found, sender),
            Fact::Ended(Request::Start(OperationKind::Switch), outcome) => self.hear_switched(&outcome, sender),
            Fact::Ended(Request::Start(OperationKind::Discard), outcome) => match outcome {
                Outcome::Discarded { .. } => self.end(Ending::Stays, sender),
                Outcome::Failed { refusal } if self.look_again(&refusal) => {}
                Outcome::Failed { refusal } => self.work = Work::refused(&refusal),
                other => {
                    let snapshot = self.state.as_ref().map(|state| state.snapshot.clone()).unwrap_or_default();
                    self.work = Work::Declined(wording::outcome(&other, &snapshot));
                }
            },
            Fact::Refused(Request::Start(_), error) => self.hear_refused(&error),
            Fact::Refused(Request::Cancel, error) if self.work == Work::Cancelling => {
                self.work = Work::Switching;
                self.tell(&error);
            }
            Fact::Refused(Request::Cancel, _) => {}
            Fact::Refused(Request::Restart, error) => {
                self.restarting = false;
                self.tell(&error);
            }
            Fact::Restarting(fact) => self.hear_of_restart(fact),
            _ => {}
        }
    }

    fn see(&mut self, state: Arc<ServiceState>, sender: &ComponentSender<Self>) {
        if self.state.is_none() {
            if let Beginning::Nothing(reason) = Beginning::of(&state, self.preferences.first_boot_finished()) {
                tracing::info!("nobody is welcomed: {reason}");
                self.quit(sender);
                return;
            }
            self.choices = Choices::proposed(&state.snapshot.settings);
            self.state = Some(state);
            self.read_catalogs();
            self.window.present();
            return;
        }
        // The computer was restarted and this window was not: there is nothing left to do for it.
        if std::mem::take(&mut self.lost) && self.restarting {
            self.quit(sender);
            return;
        }
        if let Ending::Switched(switched) = &mut self.ending {
            switched.see(&state.snapshot);
        }
        self.state = Some(state);
        self.look_up_what_changed();
    }

    fn lose(&mut self, error: &ClientError, sender: &ComponentSender<Self>) {
        self.lost = true;
        if self.state.is_none() {
            tracing::info!("nobody is welcomed: {error}");
            self.quit(sender);
        }
    }

    /// A service that does not answer keeps nobody waiting for a window.
    pub(super) fn waited_for_service(&mut self, sender: &ComponentSender<Self>) {
        if self.state.is_none() {
            tracing::warn!("nobody is welcomed: the service does not answer");
            self.quit(sender);
        }
    }

    fn hear_switched(&mut self, outcome: &Outcome, sender: &ComponentSender<Self>) {
        let Some(state) = self.state.clone() else { return };
        if let Outcome::Failed { refusal } = outcome
            && self.look_again(refusal)
        {
            return;
        }
        self.work = Work::switched(outcome, &state);
        if let (Work::Done, Some(desktop)) = (&self.work, self.choices.desktop.clone()) {
            // Now that it is here, what is in it can be looked at.
            self.order(Order::Read(Reading::Preflight(None)));
            let staged = match outcome {
                Outcome::Staged { deployment, .. } => Some(deployment.clone()),
                _ => None,
            };
            let mut switched = Switched::new(desktop, staged);
            switched.see(&state.snapshot);
            self.end(Ending::Switched(switched), sender);
        }
    }

    fn hear_refused(&mut self, error: &ClientError) {
        if let ClientError::Refused(refusal) = error
            && self.look_again(refusal)
        {
            return;
        }
        self.stopped(error);
    }

    /// Where what was agreed to is not what it would be now, that is told, and looked at once more. Says whether it is so.
    fn look_again(&mut self, refusal: &Refusal) -> bool {
        let overtaken = self.work.is_overtaken(refusal);
        if overtaken {
            self.show_again(refusal);
        }
        overtaken
    }

    /// The person looks once more at what there is to agree to, and is told why.
    pub(super) fn show_again(&mut self, refusal: &Refusal) {
        match self.task {
            Task::Choices | Task::Switch => {
                self.work = Work::NotBegun;
                self.steps.turn_to(Step::Summary);
                self.look_up();
            }
            Task::Discard => {
                self.work = Work::Done;
                self.steps.turn_to(Step::Done);
            }
        }
        dialogs::present_failure(&self.toasts, &wording::refusal(refusal));
    }

    fn hear_found(&mut self, found: Found, sender: &ComponentSender<Self>) {
        match found {
            Found::Catalogs(answer) if answer.is_ok() || self.catalogs.there().is_none() => {
                self.catalogs = answer.into();
            }
            Found::Picture(entry, Ok(bytes)) => {
                let input = sender.input_sender().clone();
                relm4::spawn_blocking(move || {
                    if let Some(texture) = pictures::decode(&bytes) {
                        let _ = input.send(FirstBootInput::Pictured(entry, texture));
                    }
                });
            }
            Found::Preflight(Some(image), answer) => {
                if let Some((asked, known)) = &mut self.looked_up
                    && *asked == image
                {
                    *known = Some(answer);
                }
            }
            Found::Preflight(None, answer) => self.found_after = Some(answer),
            _ => {}
        }
    }

    /// Reads what vendors publish.
    pub(super) fn read_catalogs(&mut self) {
        if self.catalogs.there().is_none() {
            self.catalogs = Read::Waiting;
        }
        self.order(Order::Read(Reading::Catalogs));
    }

    /// Another step is in sight.
    pub(super) fn turned(&mut self) {
        let chosen = self.choices.desktop.as_ref().map(|desktop| &desktop.image);
        let asked = self.looked_up.as_ref().map(|(image, _)| image);
        if self.steps.shown() == Step::Summary && chosen.is_some() && chosen != asked {
            self.look_up();
        }
    }

    /// Asks what there is to know before a switch to the chosen desktop.
    pub(super) fn look_up(&mut self) {
        if let Some(desktop) = &self.choices.desktop {
            let reading = desktop.subject().reading();
            self.looked_up = Some((desktop.image.clone(), None));
            self.order(Order::Read(reading));
        }
    }

    /// What was found out about another state of the deployments does not count any more.
    fn look_up_what_changed(&mut self) {
        let token = self.state.as_ref().map(|state| state.snapshot.token.clone());
        let outdated = self
            .answer()
            .and_then(|answer| answer.as_ref().ok())
            .is_some_and(|found| Some(&found.token) != token.as_ref());
        let at_rest = self.state.as_ref().is_some_and(|state| state.running().is_none());
        if outdated && at_rest && self.steps.shown() == Step::Summary {
            self.look_up();
        }
    }

    /// The computer stands otherwise to the network.
    pub(super) fn network_changed(&self, network: Network) {
        self.steps.welcome.sender().emit(network);
        self.steps.network.sender().emit(network);
    }

    /// Opens the settings of the system.
    pub(super) fn open_network_settings(&self) {
        let launched = self.network_settings.as_ref().map(|app| app.launch(&[], gio::AppLaunchContext::NONE));
        if let Some(Err(error)) = launched {
            tracing::warn!("the settings of the network cannot be opened: {error}");
        }
    }

    /// Says what came of something that the person asked for in passing.
    fn tell(&self, error: &ClientError) {
        let explanation = wording::client_error(error);
        match error {
            ClientError::Refused(Refusal::Cancelled | Refusal::Dismissed { .. } | Refusal::AlreadyEnded) => {
                dialogs::tell(&self.toasts, &explanation.what);
            }
            _ => dialogs::present_failure(&self.toasts, &explanation),
        }
    }
}
