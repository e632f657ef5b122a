// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::OperationKind;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender};

use super::choices::impossible;
use super::{App, AppInput};
use crate::dialogs::{SwitchDialog, SwitchOutput};
use crate::helper_worker::{Answer, Comparison, Deed, Order, Reading, SwitchWish};
use crate::view_model::Question;

impl App {
    /// Opens the dialog in which another image is named.
    pub(super) fn open_switch(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        if let Some(refusal) = impossible(&state, OperationKind::Switch) {
            self.fail(&wording::refusal(&refusal));
            return;
        }
        self.clear_toast();
        let dialog = SwitchDialog::builder().launch((state.snapshot.clone(), self.session.idle())).forward(
            sender.input_sender(),
            |output| match output {
                SwitchOutput::Wished(wish) => AppInput::SwitchWished(wish),
                SwitchOutput::Asked(reading) => AppInput::ImageAsked(reading),
                SwitchOutput::Closed => AppInput::SwitchClosed,
            },
        );
        dialog.widget().present(Some(&self.toasts));
        self.switch = Some(dialog);
    }

    /// Finds out what switching to this image would change, before the person is asked. The newest wish counts.
    pub(super) fn weigh(&mut self, wish: SwitchWish) {
        self.order(Order::Read(Reading::Comparison(wish.image.clone())));
        self.wish = Some(wish);
    }

    /// Asks whether to switch, if that is still what the person wants.
    pub(super) fn ask_switch(&mut self, image: &str, answer: &Answer<Comparison>, sender: &ComponentSender<Self>) {
        let Some(wish) = self.wish.take_if(|wish| wish.image == image) else { return };
        let Some(state) = self.session.state() else { return };
        match answer {
            Ok(comparison) => {
                let question = Question::switch(&state.snapshot, comparison);
                self.ask_before(Deed::Switch(wish), Ok(question), state, sender);
            }
            Err(error) => self.fail(&wording::client_error(error)),
        }
    }

    /// Closes the dialog in which another image is named.
    pub(super) fn close_switch(&self) {
        if let Some(dialog) = &self.switch {
            dialog.widget().force_close();
        }
    }
}
