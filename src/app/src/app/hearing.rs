// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use isotope_model::{OperationKind, Outcome};
use relm4::gtk::prelude::*;
use relm4::{ComponentController as _, ComponentSender, gtk};

use super::session::Notice;
use super::{App, AppInput};
use crate::dialogs::SwitchInput;
use crate::helper_worker::{Fact, Found, Order, Reading, Request};

/// How long the service may be away before that is called trouble.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long the first answer may take: the bus gives a service that it starts less.
const FIRST_PATIENCE: Duration = Duration::from_secs(40);

impl App {
    /// Takes in what the worker has seen.
    pub(super) fn hear(&mut self, fact: Fact, sender: &ComponentSender<Self>) {
        let before = self.session.interruption();
        if let Fact::Found(found) = &fact {
            self.hear_found(found, sender);
        }
        match &fact {
            Fact::State(state) => self.operating.see(state),
            Fact::Restarting(fact) => self.hear_of_restart(fact),
            Fact::Configured(answer) => self.configured(answer),
            _ => {}
        }
        let told = self.sheet.as_mut().is_some_and(|sheet| sheet.hear(&fact));
        if let Fact::Ended(_, outcome) = &fact
            && self.sheet.as_ref().is_some_and(|sheet| sheet.is_over_by(outcome))
        {
            self.close_sheet();
        }
        if let Fact::Ended(Request::Start(OperationKind::Switch), Outcome::Staged { .. }) = &fact {
            // Now that it is here, what is in it can be looked at.
            self.order(Order::Read(Reading::Preflight(None)));
        }
        let notice = self.session.hear(fact).filter(|_| !told);
        if let Some(interruption) = self.session.interruption().filter(|now| Some(*now) != before) {
            let input = sender.input_sender().clone();
            relm4::spawn(async move {
                tokio::time::sleep(PATIENCE).await;
                let _ = input.send(AppInput::WaitedLong(interruption));
            });
        }
        match notice {
            Some(Notice::Toast(text)) => match &self.sheet {
                Some(sheet) => sheet.tell(text),
                None => self.tell(&text),
            },
            Some(Notice::Failure(explanation)) => self.fail(&explanation),
            Some(Notice::Announcement(text)) => {
                self.toasts.upcast_ref::<gtk::Widget>().announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            None => {}
        }
    }

    /// Reads out that the network has gone or costs now; that can be seen anyhow.
    pub(super) fn read_out_network(&self) {
        let Some(state) = self.session.state() else { return };
        if let Some(words) = self.network.now().banner(&state.snapshot) {
            self.toasts.upcast_ref::<gtk::Widget>().announce(&words, gtk::AccessibleAnnouncementPriority::Low);
        }
    }

    /// Waits for the first answer of the service, but not for ever.
    pub(super) fn wait_for_first_answer(&self, sender: &ComponentSender<Self>) {
        let Some(attempt) = self.session.attempt() else { return };
        let input = sender.input_sender().clone();
        relm4::spawn(async move {
            tokio::time::sleep(FIRST_PATIENCE).await;
            let _ = input.send(AppInput::NeverAnswered(attempt));
        });
    }

    fn hear_found(&mut self, found: &Found, sender: &ComponentSender<Self>) {
        if let Some(dialog) = &self.switch {
            dialog.sender().emit(SwitchInput::Heard(found.clone()));
        }
        match found {
            Found::Preflight(image, answer) => {
                self.looked_up.hear(image.as_deref(), answer);
                self.hear_preflight(found, sender);
            }
            Found::Catalogs(answer) => self.desktops.hear(answer.clone()),
            Found::History(number, answer) => {
                let failure = self.history.hear(*number, answer.clone());
                // Without the service the page is not seen.
                if let Some(text) = failure.filter(|_| self.session.state().is_some()) {
                    self.tell(&text);
                }
            }
            Found::Picture(entry, answer) => self.show_picture(entry, answer, sender),
            _ => {}
        }
    }
}
