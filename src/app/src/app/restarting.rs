// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use isotope_client::login::RestartObstacles;
use isotope_client::wording;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender, Controller};

use super::{App, AppInput};
use crate::dialogs::{RestartDialog, RestartDialogInput, RestartDialogOutput};
use crate::helper_worker::{Answer, Order, RestartFact, RestartOrder};
use crate::view_model::{Link, RestartView, hindrance};

/// What concerns a restart of the computer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RestartInput {
    /// The person wants to restart, from where the window is not seen.
    Shown,
    /// The person has agreed to a restart now; in spite of what holds it back, where something does.
    Agreed {
        /// Something holds it back.
        despite: bool,
    },
    /// The person wants a restart at this time, in seconds since 1970.
    Scheduled(u64),
    /// The person does not want what is scheduled.
    CalledOff,
    /// The dialog was closed.
    Closed,
}

/// What is known of restarts, and the dialog about them.
#[derive(Debug, Default)]
pub(super) struct Restarting {
    scheduled: Option<SystemTime>,
    obstacles: Option<Answer<RestartObstacles>>,
    /// What the person has been told of and agreed to pass over; it is looked at once more before that is done.
    agreed: Option<Arc<RestartObstacles>>,
    dialog: Option<Controller<RestartDialog>>,
    /// How often the dialog was opened.
    opened: u64,
    /// The person wants it, from before it was known how things stand.
    wanted: bool,
    /// How many times the login manager is being asked to schedule one or to call that off.
    asked: u32,
}

impl Restarting {
    /// When the computer is to restart, in seconds since 1970.
    pub(super) fn scheduled(&self) -> Option<u64> {
        Some(self.scheduled?.duration_since(UNIX_EPOCH).ok()?.as_secs())
    }

    /// The login manager is being asked for something, or a person for a password.
    pub(super) fn is_asked(&self) -> bool {
        self.asked > 0
    }

    /// Whoever wanted the dialog does not look any more.
    pub(super) fn forget_wish(&mut self) {
        self.wanted = false;
    }
}

impl App {
    /// Something concerns a restart.
    pub(super) fn restart(&mut self, input: RestartInput) {
        match input {
            RestartInput::Shown => {
                self.presence.show();
                self.restarting.wanted = true;
            }
            RestartInput::Agreed { despite: false } if self.session.idle() => self.order(Order::Restart),
            RestartInput::Agreed { despite: true } if self.session.idle() => {
                self.restarting.agreed =
                    self.restarting.obstacles.as_ref().and_then(|told| told.as_ref().ok()).cloned();
                self.order(Order::Restarting(RestartOrder::LookForObstacles(self.restarting.opened)));
            }
            RestartInput::Agreed { .. } => self.tell(&hindrance()),
            RestartInput::Scheduled(seconds) => {
                if let Some(time) = UNIX_EPOCH.checked_add(Duration::from_secs(seconds)) {
                    self.restarting.asked += 1;
                    self.order(Order::Restarting(RestartOrder::At(time)));
                }
            }
            RestartInput::CalledOff => {
                self.restarting.asked += 1;
                self.order(Order::Restarting(RestartOrder::CallOff));
            }
            RestartInput::Closed => self.restarting.dialog = None,
        }
    }

    /// Opens the dialog that was wanted as soon as it is known how things stand, or says why it cannot be.
    fn open_wanted_restart(&mut self, sender: &ComponentSender<Self>) {
        if matches!(self.session.link(), Link::Connecting | Link::Interrupted { .. }) {
            return;
        }
        if self.restarting.dialog.is_some() || !std::mem::take(&mut self.restarting.wanted) {
            return;
        }
        let Some(state) = self.session.state() else { return };
        if self.session.idle() && state.snapshot.booted().is_some() {
            self.open_restart(sender);
        } else if !self.session.idle() {
            self.tell(&hindrance());
        }
    }

    /// Asks when to restart, and looks for what that would disturb.
    pub(super) fn open_restart(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state().filter(|_| self.restarting.dialog.is_none()) else { return };
        self.clear_toast();
        (self.restarting.obstacles, self.restarting.agreed) = (None, None);
        self.restarting.opened += 1;
        let view = RestartView::of(&state.snapshot, None, self.session.idle());
        let dialog =
            RestartDialog::builder().launch((view, true)).forward(sender.input_sender(), |output| match output {
                RestartDialogOutput::Now { despite } => AppInput::Restarting(RestartInput::Agreed { despite }),
                RestartDialogOutput::At(seconds) => AppInput::Restarting(RestartInput::Scheduled(seconds)),
                RestartDialogOutput::Closed => AppInput::Restarting(RestartInput::Closed),
            });
        dialog.widget().present(Some(&self.toasts));
        self.restarting.dialog = Some(dialog);
        self.order(Order::Restarting(RestartOrder::LookForObstacles(self.restarting.opened)));
    }

    /// Takes in what the login manager tells.
    pub(super) fn hear_of_restart(&mut self, fact: &RestartFact) {
        match fact {
            RestartFact::Scheduled(scheduled) => self.restarting.scheduled = *scheduled,
            RestartFact::Obstacles(opened, answer) if *opened == self.restarting.opened => {
                match (self.restarting.agreed.take(), answer) {
                    // Something has come since: it is asked again.
                    (Some(told), Ok(now)) if !now.unnamed(&told).is_empty() => self.restarting.wanted = true,
                    (Some(_), Ok(_)) => self.order(Order::Restarting(RestartOrder::Despite)),
                    // Nobody knows what would be passed over.
                    (Some(_), Err(error)) => self.fail(&wording::client_error(error)),
                    (None, _) => self.restarting.obstacles = Some(answer.clone()),
                }
            }
            // A dialog asked that was closed meanwhile.
            RestartFact::Obstacles(..) => {}
            RestartFact::Answered(answer) => {
                self.restarting.asked = self.restarting.asked.saturating_sub(1);
                if let Err(error) = answer {
                    self.fail(&wording::client_error(error));
                }
            }
        }
    }

    /// Shows in the dialog how things stand; without the service there is none.
    pub(super) fn paint_restart(&mut self, sender: &ComponentSender<Self>) {
        self.open_wanted_restart(sender);
        let Some(dialog) = &self.restarting.dialog else { return };
        match self.session.state() {
            Some(state) => {
                let obstacles = self.restarting.obstacles.as_ref();
                let view = RestartView::of(&state.snapshot, obstacles, self.session.idle());
                dialog.sender().emit(RestartDialogInput::Show(view));
            }
            None => dialog.widget().force_close(),
        }
    }

    /// Looks whether somebody has scheduled a restart meanwhile.
    pub(super) fn look_at_schedule(&mut self) {
        self.order(Order::Restarting(RestartOrder::LookAtSchedule));
    }
}
