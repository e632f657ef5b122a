// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::OperationKind;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender};

use super::{App, AppInput};
use crate::dialogs::{SwitchDialog, SwitchOutput};
use crate::helper_worker::Order;
use crate::view_model::impossible;

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
                SwitchOutput::Wished(image) => AppInput::SwitchWished(image),
                SwitchOutput::Renamed => AppInput::SwitchRenamed,
                SwitchOutput::Asked(reading) => AppInput::ImageAsked(reading),
                SwitchOutput::Closed => AppInput::SwitchClosed,
            },
        );
        dialog.widget().present(Some(&self.toasts));
        self.switch = Some(dialog);
    }

    /// The person has turned away from what was being found out about an image; the page of a variant may wait all the
    /// same.
    pub(super) fn let_go(&mut self) {
        let awaited = self.looked_up.waiting().is_some_and(|image| self.variant_wants().as_deref() == Some(image));
        if self.preflight.is_none() && !awaited {
            self.order(Order::StopLookingUp);
        }
    }

    /// Closes the dialog in which another image is named.
    pub(super) fn close_switch(&self) {
        if let Some(dialog) = &self.switch {
            dialog.widget().force_close();
        }
    }
}
