// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::{ClientError, wording};
use isotope_model::Refusal;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender, Controller, Sender};

use super::{App, AppInput};
use crate::dialogs::{PreferencesDialog, PreferencesInput, PreferencesOutput};
use crate::helper_worker::Order;
use crate::preferences::Preferences;
use crate::view_model::{Configuring, Preference, PreferencesView, Wanted, cannot_be_set};

/// What is set by the person, and the dialog for that.
#[derive(Debug)]
pub(super) struct Preferring {
    kept: Preferences,
    configuring: Configuring,
    dialog: Option<Controller<PreferencesDialog>>,
    shown: Option<PreferencesView>,
}

/// What reaches the window about what is set.
#[derive(Debug)]
pub(crate) enum PreferencesEvent {
    /// The person wants to see it.
    Opened,
    /// The person has changed this in the dialog.
    Changed(Preference),
    /// The catalogs have to be read again.
    CatalogsAsked,
    /// The dialog was closed.
    Closed,
    /// Something that the person has set has changed, here or elsewhere.
    Elsewhere,
}

impl Preferring {
    /// What the person has set; tells when that changes.
    pub(super) fn new(input: &Sender<AppInput>) -> Self {
        let kept = Preferences::of_this_person();
        let input = input.clone();
        kept.connect_changed(move || {
            let _ = input.send(AppInput::Preferences(PreferencesEvent::Elsewhere));
        });
        Self { kept, configuring: Configuring::default(), dialog: None, shown: None }
    }

    /// Notifications are sent.
    pub(super) fn notifications(&self) -> bool {
        self.kept.notifications()
    }

    /// The service is being asked to set the computer otherwise, or a person for a password.
    pub(super) fn is_asked(&self) -> bool {
        self.configuring.asked.is_some()
    }

    /// Details are shown that few people need.
    pub(super) fn expert_details(&self) -> bool {
        self.kept.expert_details()
    }

    /// The vendors whose desktops are not shown.
    pub(super) fn hidden_vendors(&self) -> Vec<String> {
        self.kept.hidden_vendors()
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            notifications: self.kept.notifications(),
            hidden_vendors: self.kept.hidden_vendors(),
            expert_details: self.kept.expert_details(),
        }
    }

    fn hide(&self, vendor: String, shown: bool) {
        let mut hidden = self.kept.hidden_vendors();
        hidden.retain(|one| *one != vendor);
        if !shown {
            hidden.push(vendor);
        }
        self.kept.set_hidden_vendors(&hidden);
    }
}

impl App {
    /// Takes in what concerns the preferences.
    pub(super) fn prefer(&mut self, event: PreferencesEvent, sender: &ComponentSender<Self>) {
        match event {
            PreferencesEvent::Opened => self.open_preferences(sender),
            PreferencesEvent::Changed(preference) => self.set_preference(preference),
            PreferencesEvent::CatalogsAsked => self.desktops.ask_again(),
            PreferencesEvent::Closed => {
                self.preferring.dialog = None;
                self.preferring.shown = None;
            }
            PreferencesEvent::Elsewhere => {}
        }
    }

    fn open_preferences(&mut self, sender: &ComponentSender<Self>) {
        if self.preferring.dialog.is_some() {
            return;
        }
        self.close_sheet();
        self.clear_toast();
        let view = self.preferences_view();
        let dialog =
            PreferencesDialog::builder().launch(Box::new(view.clone())).forward(sender.input_sender(), |output| {
                AppInput::Preferences(match output {
                    PreferencesOutput::Changed(preference) => PreferencesEvent::Changed(preference),
                    PreferencesOutput::CatalogsAsked => PreferencesEvent::CatalogsAsked,
                    PreferencesOutput::Closed => PreferencesEvent::Closed,
                })
            });
        dialog.widget().present(Some(&self.toasts));
        self.preferring.shown = Some(view);
        self.preferring.dialog = Some(dialog);
    }

    fn set_preference(&mut self, preference: Preference) {
        if let Some(dialog) = &self.preferring.dialog {
            dialog.sender().emit(PreferencesInput::Quiet);
        }
        // The row was turned already: it is to go back where nothing comes of that.
        self.preferring.shown = None;
        if let Some(change) = preference.settings_change() {
            if self.session.state().is_some() && self.preferring.configuring.asked.is_none() {
                self.preferring.configuring.asked = Some(change.clone());
                self.order(Order::Configure(change));
            }
            return;
        }
        match preference {
            Preference::Notifications(wanted) => {
                self.preferring.kept.set_notifications(wanted);
                if wanted {
                    self.presence.stay_for_news();
                }
            }
            Preference::ExpertDetails(wanted) => self.preferring.kept.set_expert_details(wanted),
            Preference::Vendor(vendor, shown) => self.preferring.hide(vendor, shown),
            Preference::Automatic(_) | Preference::OnMetered(_) | Preference::OnBattery(_) => {}
        }
    }

    /// The service has answered whether the computer is set otherwise now.
    pub(super) fn configured(&mut self, answer: &Result<(), Arc<ClientError>>) {
        self.preferring.configuring.asked = None;
        self.preferring.configuring.too_old = answer.as_ref().is_err_and(|error| cannot_be_set(error));
        let Err(error) = answer else { return };
        let words = wording::client_error(error);
        match (error.refusal(), &self.preferring.dialog) {
            // That the bus went away is seen anyhow, and that the service is too old is said in the dialog.
            _ if matches!(**error, ClientError::NoBus(_)) || self.preferring.configuring.too_old => {}
            (Some(Refusal::Dismissed { .. }), Some(dialog)) => dialog.sender().emit(PreferencesInput::Tell(words.what)),
            (Some(Refusal::NotAuthorised { .. } | Refusal::Busy { .. }), Some(dialog)) => {
                dialog.sender().emit(PreferencesInput::Tell([words.what, words.remedy].join("\n")));
            }
            (Some(Refusal::Dismissed { .. }), None) => self.tell(&words.what),
            _ => self.fail(&words),
        }
    }

    /// Shows in the dialog how everything is set now.
    pub(super) fn paint_preferences(&mut self) {
        if self.session.state().is_none() {
            // Who asks for something and goes away gets no answer.
            self.preferring.configuring = Configuring::default();
        }
        if self.preferring.dialog.is_none() {
            return;
        }
        if let Some(state) = self.session.state() {
            self.read_catalogs(&state);
        }
        let view = self.preferences_view();
        if let (Some(dialog), true) = (&self.preferring.dialog, self.preferring.shown.as_ref() != Some(&view)) {
            dialog.sender().emit(PreferencesInput::Show(Box::new(view.clone())));
            self.preferring.shown = Some(view);
        }
    }

    fn preferences_view(&self) -> PreferencesView {
        let preferring = &self.preferring;
        PreferencesView::of(self.session.link(), &preferring.configuring, self.desktops.read(), &preferring.wanted())
    }
}
