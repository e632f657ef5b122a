// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::{DeploymentId, UpdateMode};
use relm4::ComponentSender;

use super::{App, AppInput, Page};
use crate::helper_worker::{Deed, Order, Reading, Request};
use crate::view_model::{Meaning, Question};

impl App {
    /// The one button was pressed, or a key that means the same.
    pub(super) fn press(&mut self, meaning: Meaning, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        match meaning {
            Meaning::Check if self.session.idle() => self.order(Order::Start(Deed::Check, state)),
            Meaning::Update => self.update_now(UpdateMode::Stage),
            // Escape means that only where its button is seen.
            Meaning::Cancel if state.running().is_some() && self.views.is_turned_to(Page::System) => {
                self.order(Order::Cancel(state));
            }
            Meaning::Restart if self.session.idle() => self.open_restart(sender),
            _ => {}
        }
    }

    /// Asks whether to roll back, or to take that back.
    pub(super) fn ask_roll_back(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        match Question::roll_back(&state.snapshot) {
            Ok((question, boots_next)) => {
                let input = sender.input_sender().clone();
                self.ask(&question, move || {
                    let order = Order::Start(Deed::RollBack(boots_next.clone()), state.clone());
                    let _ = input.send(AppInput::Agreed(Box::new(order)));
                });
            }
            Err(refusal) => self.fail(&wording::refusal(&refusal)),
        }
    }

    /// What was switched to is kept.
    pub(super) fn keep(&mut self, before: DeploymentId) {
        if let Some(state) = self.session.state().filter(|_| self.session.idle()) {
            self.order(Order::Start(Deed::Keep(before), state));
        }
    }

    /// Asks whether to go back to what ran before the switch.
    pub(super) fn ask_go_back(&mut self, before: DeploymentId, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        let question = Question::go_back(&state.snapshot, &before);
        self.ask_before(Deed::SetDefault(before), question, state, sender);
    }

    /// Starts an update that goes so far.
    pub(super) fn update_now(&mut self, mode: UpdateMode) {
        if let Some(state) = self.session.state().filter(|_| self.session.idle()) {
            self.order(Order::Start(Deed::Update(mode), state));
        }
    }

    /// Passes an order on to the worker.
    pub(super) fn order(&mut self, order: Order) {
        match &order {
            // What downloads or cleans up is followed on the first page.
            Order::Start(Deed::Deploy(_) | Deed::Switch(_) | Deed::CleanUp, _) => {
                self.close_sheet();
                self.close_switch();
                self.close_preflight();
                self.views.turn_to(Page::System);
            }
            Order::Read(Reading::Preflight(Some(image))) => self.looked_up.ask(image),
            Order::Read(Reading::Preview(_)) | Order::StopLookingUp => self.looked_up.stop(),
            _ => {}
        }
        if let Some(request) = Request::of(&order) {
            self.session.ask(request);
        }
        self.worker.sender().emit(order);
    }
}
