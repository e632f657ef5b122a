// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::{ImagePreview, OperationKind};
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender};

use super::choices::impossible;
use super::{App, AppInput};
use crate::dialogs::{SwitchDialog, SwitchOutput};
use crate::helper_worker::{Answer, Comparison, Deed, Order, Reading, SwitchWish};
use crate::view_model::Question;

/// What the person wants to switch to, until what it would change is found out.
#[derive(Debug)]
pub(super) struct WeighedWish {
    wish: SwitchWish,
    seen: Option<ImagePreview>,
}

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
                SwitchOutput::Wished(wish, seen) => AppInput::SwitchWished(wish, seen),
                SwitchOutput::Renamed => AppInput::SwitchRenamed,
                SwitchOutput::Asked(reading) => AppInput::ImageAsked(reading),
                SwitchOutput::Closed => AppInput::SwitchClosed,
            },
        );
        dialog.widget().present(Some(&self.toasts));
        self.switch = Some(dialog);
    }

    /// Finds out what switching to this image would change, before the person is asked. The newest wish counts.
    /// Where the question tells what the registry has, a yes means that and no other.
    pub(super) fn weigh(&mut self, wish: SwitchWish, seen: Option<ImagePreview>) {
        let Some(state) = self.session.state() else { return };
        let running = state.snapshot.booted().and_then(|booted| booted.image.as_ref()).map(ToString::to_string);
        self.order(Order::Read(Reading::Comparison(wish.image.clone(), running)));
        let expected = wish.expected.or_else(|| seen.as_ref().map(|seen| seen.digest.clone()));
        self.wish = Some(WeighedWish { wish: SwitchWish { expected, ..wish }, seen });
    }

    /// The person has turned away from what was being found out about an image.
    pub(super) fn let_go(&mut self) {
        self.wish = None;
        self.order(Order::StopLookingUp);
    }

    /// Asks whether to switch, if that is still what the person wants.
    pub(super) fn ask_switch(&mut self, image: &str, answer: &Answer<Comparison>, sender: &ComponentSender<Self>) {
        let Some(weighed) = self.wish.take_if(|weighed| weighed.wish.image == image) else { return };
        let Some(state) = self.session.state() else { return };
        match answer {
            Ok(comparison) => {
                let WeighedWish { wish, seen } = weighed;
                match Question::switch(&state.snapshot, comparison, seen.as_ref()) {
                    Ok(question) => self.ask_before(Deed::Switch(wish), Ok(question), state, sender),
                    Err(refused) => self.fail(&refused),
                }
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
