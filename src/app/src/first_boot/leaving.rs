// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use relm4::adw::prelude::*;
use relm4::gtk::gio;
use relm4::{ComponentSender, adw, gtk};

use super::{FirstBoot, FirstBootInput, machine_settings};
use crate::view_model::first_boot::{Begun, LeavingQuestion, Step, Work, own_operation, ready};

const GO_ON: &str = "go-on";
const LATER: &str = "later";
const NEVER: &str = "never";

/// How long the computer is waited for once the window is closed.
const PATIENCE: Duration = Duration::from_secs(3);
/// What was told to the pages is taken in before the end: they cannot be told anything any more while they end.
const PAUSE: Duration = Duration::from_millis(100);

/// Escape asks to leave, wherever no dialog is open.
pub(super) fn escape(sender: &ComponentSender<FirstBoot>) -> gtk::ShortcutController {
    let controller = gtk::ShortcutController::new();
    let sender = sender.clone();
    let action = gtk::CallbackAction::new(move |_, _| {
        sender.input(FirstBootInput::LeaveAsked);
        gtk::glib::Propagation::Stop
    });
    let trigger = gtk::KeyvalTrigger::new(gtk::gdk::Key::Escape, gtk::gdk::ModifierType::empty());
    controller.add_shortcut(gtk::Shortcut::new(Some(trigger), Some(action)));
    controller
}

impl FirstBoot {
    /// Asks whether the welcome comes back; where it has come to its end there is nothing to ask.
    pub(super) fn ask_to_leave(&mut self, sender: &ComponentSender<Self>) {
        if self.steps.shown() == Step::Done {
            self.finish(sender);
            return;
        }
        if self.window.visible_dialog().is_some() {
            return;
        }
        let question = LeavingQuestion::of(&self.begun());
        let dialog = adw::AlertDialog::new(Some(&question.heading), Some(&question.body));
        dialog.add_response(GO_ON, &question.go_on);
        if let Some(later) = &question.later {
            dialog.add_response(LATER, later);
        }
        dialog.add_response(NEVER, &question.never);
        dialog.set_close_response(GO_ON);
        dialog.set_default_response(Some(GO_ON));
        for (response, for_good) in [(LATER, false), (NEVER, true)] {
            let sender = sender.clone();
            dialog.connect_response(Some(response), move |_, _| sender.input(FirstBootInput::Left { for_good }));
        }
        dialog.present(Some(&self.window));
        self.leaving_dialog = dialog.downgrade();
    }

    /// What is asked goes with what is being done meanwhile.
    pub(super) fn paint_leaving(&self) {
        if let Some(dialog) = self.leaving_dialog.upgrade() {
            let question = LeavingQuestion::of(&self.begun());
            dialog.set_body(&question.body);
            dialog.set_response_label(NEVER, &question.never);
            if question.later.is_none() && dialog.has_response(LATER) {
                dialog.remove_response(LATER);
            }
        }
    }

    /// There is nothing left to come back for.
    pub(super) fn close_leaving(&self) {
        if let Some(dialog) = self.leaving_dialog.upgrade() {
            dialog.force_close();
        }
    }

    fn begun(&self) -> Begun {
        let state = self.state.as_deref();
        let for_everybody = state.is_some_and(|state| state.snapshot.settings.first_boot_finished);
        Begun {
            lost: self.lost && self.work != Work::NotBegun,
            runs: state.is_some_and(|state| own_operation(state, self.uid)),
            ready: state.and_then(|state| ready(state, self.choices.desktop.as_ref())).map(|desktop| desktop.name),
            asked: self.work.is_busy(),
            settings_done: self.settings_done,
            marked: for_everybody || self.preferences.first_boot_finished(),
        }
    }

    /// The person leaves, for good or for now.
    pub(super) fn leave(&mut self, for_good: bool, sender: &ComponentSender<Self>) {
        match for_good {
            true => {
                self.mark_finished(sender);
                self.finish(sender);
            }
            // It came to its end in the moment of the answer.
            false if self.steps.shown() == Step::Done => {}
            false => self.quit(sender),
        }
    }

    /// Nobody is to be welcomed any more: neither this person nor, as far as that can be said without a password, anybody
    /// else.
    pub(super) fn mark_finished(&mut self, sender: &ComponentSender<Self>) {
        self.mark_for_this_person();
        let is_set = self.state.as_ref().is_some_and(|state| state.snapshot.settings.first_boot_finished);
        if !is_set && !self.marking {
            self.marking = true;
            machine_settings::mark_finished(sender.input_sender());
        }
    }

    /// This person is not welcomed again.
    pub(super) fn mark_for_this_person(&self) {
        self.preferences.set_first_boot_finished(true);
        gio::Settings::sync();
    }

    /// The window closes; the program ends as soon as nothing is under way any more.
    pub(super) fn finish(&mut self, sender: &ComponentSender<Self>) {
        self.leaving = true;
        self.window.set_visible(false);
        if !self.marking {
            self.quit(sender);
            return;
        }
        let input = sender.input_sender().clone();
        relm4::spawn(async move {
            tokio::time::sleep(PATIENCE).await;
            let _ = input.send(FirstBootInput::WaitedLong);
        });
    }

    /// The computer knows, or cannot know.
    pub(super) fn marked(&mut self, sender: &ComponentSender<Self>) {
        self.marking = false;
        if self.leaving {
            self.quit(sender);
        }
    }

    /// The program ends; from now on nothing is shown any more.
    pub(super) fn quit(&mut self, sender: &ComponentSender<Self>) {
        self.over = true;
        self.window.set_visible(false);
        let input = sender.input_sender().clone();
        gtk::glib::timeout_add_local_once(PAUSE, move || input.emit(FirstBootInput::Over));
    }
}
