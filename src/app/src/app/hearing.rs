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

impl App {
    /// Takes in what the worker has seen.
    pub(super) fn hear(&mut self, fact: Fact, sender: &ComponentSender<Self>) {
        let before = self.session.interruption();
        if let Fact::Found(found) = &fact {
            self.hear_found(found, sender);
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
            Found::Picture(entry, answer) => self.show_picture(entry, answer, sender),
            _ => {}
        }
    }
}
