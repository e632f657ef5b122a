// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::{ClientError, wording};
use isotope_model::Refusal;
use relm4::ComponentSender;

use super::{FirstBoot, FirstBootInput, machine_settings};
use crate::dialogs;
use crate::helper_worker::{Deed, Order};
use crate::view_model::Question;
use crate::view_model::first_boot::{Ending, Meanwhile, Step, Task, Unwanted, Work, installed, own_operation, ready};

impl FirstBoot {
    /// The summary was agreed to.
    pub(super) fn start(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.state.clone() else { return };
        let settings = &state.snapshot.settings;
        if self.choices.are_nothing(settings) {
            self.mark_finished(sender);
            self.finish(sender);
            return;
        }
        if let Some(desktop) = &self.choices.desktop {
            self.wish = desktop.wish(self.answer(), self.choices.reset);
            if self.wish.is_none() {
                return;
            }
        }
        self.steps.turn_to(Step::Work);
        match self.choices.change(settings) {
            Some(change) => {
                self.task = Task::Choices;
                self.work = Work::Setting;
                machine_settings::set(change, sender.input_sender());
            }
            None => self.switch(sender),
        }
    }

    /// The computer was set, or not.
    pub(super) fn hear_set(&mut self, result: Result<(), Arc<ClientError>>, sender: &ComponentSender<Self>) {
        match result {
            Ok(()) => {
                self.settings_done = true;
                self.switch(sender);
            }
            Err(error) => self.stopped(&error),
        }
    }

    /// Downloads and stages the chosen desktop.
    fn switch(&mut self, sender: &ComponentSender<Self>) {
        match (self.wish.clone(), self.state.clone()) {
            (Some(wish), Some(state)) => {
                self.task = Task::Switch;
                self.work = Work::Switching;
                self.order(Order::Start(Deed::Switch(wish), state));
            }
            _ => self.end(Ending::Stays, sender),
        }
    }

    /// What did not come to its end is tried once more.
    pub(super) fn try_again(&mut self, sender: &ComponentSender<Self>) {
        match self.task {
            Task::Choices => self.start(sender),
            Task::Switch => self.switch(sender),
            Task::Discard => {
                if let Some(unwanted) = self.unwanted.clone() {
                    self.discard(unwanted, sender);
                }
            }
        }
    }

    /// It is left at what was done so far, whatever that is.
    pub(super) fn give_up(&mut self, sender: &ComponentSender<Self>) {
        let ending = match self.task {
            Task::Choices => Ending::Stays,
            Task::Switch | Task::Discard => Ending::Left,
        };
        self.end(ending, sender);
    }

    /// Stops the download.
    pub(super) fn cancel(&mut self) {
        if let Some(state) = self.state.clone().filter(|state| own_operation(state, self.uid)) {
            self.work = Work::Cancelling;
            self.order(Order::Cancel(state));
        }
    }

    /// It did not come to its end, for this reason.
    pub(super) fn stopped(&mut self, error: &ClientError) {
        self.work = match error {
            ClientError::Refused(refusal) => Work::refused(refusal),
            other => Work::Stopped(wording::client_error(other)),
        };
    }

    /// All of it has come to an end.
    pub(super) fn end(&mut self, ending: Ending, sender: &ComponentSender<Self>) {
        self.work = Work::Done;
        self.ending = ending;
        self.close_leaving();
        self.mark_finished(sender);
        self.steps.turn_to(Step::Done);
    }

    /// Asks whether what was downloaded is discarded.
    pub(super) fn ask_to_discard(&self, sender: &ComponentSender<Self>) {
        let Some(state) = &self.state else { return };
        let Some(unwanted) = Unwanted::of(state) else { return };
        let switched = match &self.ending {
            Ending::Switched(switched) => Some(switched.desktop.clone()),
            Ending::Stays | Ending::Left => None,
        };
        let Some(desktop) = ready(state, self.choices.desktop.as_ref()).or(switched) else { return };
        let question = Question::stay(&desktop, &installed(state, self.catalogs.there()));
        let sender = sender.clone();
        dialogs::ask(&self.toasts, &question, move || sender.input(FirstBootInput::DiscardAgreed(unwanted.clone())));
    }

    /// Discards what the person was asked about, and nothing else.
    pub(super) fn discard(&mut self, unwanted: Unwanted, sender: &ComponentSender<Self>) {
        let Some(state) = &self.state else { return };
        let meanwhile = unwanted.meanwhile(state);
        self.task = Task::Discard;
        self.unwanted = Some(unwanted.clone());
        match meanwhile {
            Meanwhile::Stays => {
                self.work = Work::Discarding;
                self.steps.turn_to(Step::Work);
                self.order(Order::Start(Deed::Discard(unwanted.staged), unwanted.seen));
            }
            Meanwhile::Gone => self.end(Ending::Stays, sender),
            Meanwhile::Replaced => self.show_again(&Refusal::StateChanged),
        }
    }
}
