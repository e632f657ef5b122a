// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::wording;
use isotope_model::Snapshot;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender, Controller};

use super::{App, AppInput};
use crate::dialogs::{PreflightDialog, PreflightInput, PreflightOutput};
use crate::helper_worker::{Deed, Found, Order, SwitchWish};
use crate::view_model::PreflightSubject;

/// The dialog with everything there is to know before a switch.
#[derive(Debug)]
pub(super) struct OpenPreflight {
    number: u64,
    subject: PreflightSubject,
    dialog: Controller<PreflightDialog>,
}

impl OpenPreflight {
    /// This is how the host stands.
    pub(super) fn show(&self, snapshot: Arc<Snapshot>, idle: bool) {
        self.dialog.sender().emit(PreflightInput::Show { snapshot, idle });
    }
}

impl App {
    /// Shows everything there is to know before a switch to this image, which a person calls so.
    pub(super) fn look_before(&mut self, image: String, name: Option<String>, sender: &ComponentSender<Self>) {
        let name = name.unwrap_or_else(|| wording::image_named(&image));
        let known = self.looked_up.fresh(&image).cloned();
        let awaited = self.looked_up.waiting() == Some(&image);
        let subject = PreflightSubject { image: image.clone(), name, staged: false };
        let reading = subject.reading();
        self.present(subject, sender);
        match known {
            Some(answer) => self.tell_preflight(Found::Preflight(Some(image), answer)),
            None if awaited => {}
            None => self.order(Order::Read(reading)),
        }
    }

    /// Takes in what was found out; where it is about what was staged just now, that is a reason to say something.
    pub(super) fn hear_preflight(&mut self, found: &Found, sender: &ComponentSender<Self>) {
        if let Found::Preflight(None, Ok(preflight)) = found
            && self.preflight.is_none()
            && let Some(staged) = self.session.state().and_then(|state| state.snapshot.staged().cloned())
            && preflight.findings.iter().any(|finding| !finding.severity.is_harmless())
        {
            let name = staged.image.as_ref().map(wording::image_name);
            let name = staged.name.clone().or(name).unwrap_or_else(|| staged.label().to_owned());
            self.present(PreflightSubject { image: String::new(), name, staged: true }, sender);
        }
        self.tell_preflight(found.clone());
    }

    /// What the dialog shows is asked for again.
    pub(super) fn ask_preflight_again(&mut self) {
        if let Some(reading) = self.preflight.as_ref().map(|preflight| preflight.subject.reading()) {
            self.order(Order::Read(reading));
        }
    }

    /// The person has agreed to this switch.
    pub(super) fn switch(&mut self, wish: SwitchWish) {
        if let Some(state) = self.session.state().filter(|_| self.session.idle()) {
            self.looked_up.forget(&wish.image);
            self.order(Order::Start(Deed::Switch(wish), state));
        }
    }

    /// The person does not want what was staged.
    pub(super) fn discard_staged(&mut self) {
        let Some(state) = self.session.state().filter(|_| self.session.idle()) else { return };
        if let Some(staged) = state.snapshot.staged().map(|staged| staged.id.clone()) {
            self.close_preflight();
            self.order(Order::Start(Deed::Discard(staged), state));
        }
    }

    /// The dialog of this number was closed.
    pub(super) fn preflight_closed(&mut self, number: u64) {
        if self.preflight.take_if(|preflight| preflight.number == number).is_some() {
            self.let_go();
        }
    }

    /// Closes the dialog, if it is open; that it is closed is heard afterwards.
    pub(super) fn close_preflight(&self) {
        if let Some(preflight) = &self.preflight {
            preflight.dialog.widget().force_close();
        }
    }

    fn present(&mut self, subject: PreflightSubject, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        self.clear_toast();
        self.close_preflight();
        self.opened += 1;
        let number = self.opened;
        let dialog =
            PreflightDialog::builder().launch(subject.clone()).forward(
                sender.input_sender(),
                move |output| match output {
                    PreflightOutput::Agreed(wish) => AppInput::SwitchAgreed(wish),
                    PreflightOutput::Retried => AppInput::PreflightRetried,
                    PreflightOutput::DiscardPressed => AppInput::DiscardPressed,
                    PreflightOutput::Closed => AppInput::PreflightClosed(number),
                },
            );
        dialog.widget().present(Some(&self.toasts));
        let preflight = OpenPreflight { number, subject, dialog };
        preflight.show(state.snapshot.clone(), self.session.idle());
        self.preflight = Some(preflight);
    }

    fn tell_preflight(&self, found: Found) {
        if let Some(preflight) = &self.preflight {
            preflight.dialog.sender().emit(PreflightInput::Heard(found));
        }
    }
}
