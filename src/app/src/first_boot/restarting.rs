// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender};

use super::{FirstBoot, FirstBootInput};
use crate::dialogs::{self, RestartDialog, RestartDialogInput, RestartDialogOutput};
use crate::helper_worker::{Order, RestartFact, RestartOrder};
use crate::view_model::RestartView;

/// The number of the dialog: what was asked for an earlier one holds for this one as well.
const ONLY: u64 = 0;

impl FirstBoot {
    /// Asks once more before the restart, and looks for what that would disturb.
    pub(super) fn open_restart(&mut self, sender: &ComponentSender<Self>) {
        let Some(state) = self.state.as_ref().filter(|_| self.restart_dialog.is_none()) else { return };
        (self.obstacles, self.passed_over) = (None, None);
        let view = RestartView::of(&state.snapshot, None, state.running().is_none());
        // A time cannot be chosen here: nobody would be there to show it or to call it off.
        let dialog =
            RestartDialog::builder().launch((view, false)).forward(sender.input_sender(), FirstBootInput::Restart);
        dialog.widget().present(Some(&self.window));
        self.restart_dialog = Some(dialog);
        self.order(Order::Restarting(RestartOrder::LookForObstacles(ONLY)));
    }

    /// The dialog tells what the person wants.
    pub(super) fn restart(&mut self, output: &RestartDialogOutput) {
        match output {
            RestartDialogOutput::Now { despite: false } => {
                self.restarting = true;
                self.order(Order::Restart);
            }
            RestartDialogOutput::Now { despite: true } => {
                self.passed_over = self.obstacles.as_ref().and_then(|told| told.as_ref().ok()).cloned();
                self.order(Order::Restarting(RestartOrder::LookForObstacles(ONLY)));
            }
            RestartDialogOutput::At(_) => {}
            RestartDialogOutput::Closed => self.restart_dialog = None,
        }
    }

    /// Takes in what the login manager tells.
    pub(super) fn hear_of_restart(&mut self, fact: RestartFact) {
        match fact {
            RestartFact::Obstacles(_, answer) => match (self.passed_over.take(), &answer) {
                // Something has come since: the person is to decide anew.
                (Some(told), Ok(now)) if !now.unnamed(&told).is_empty() => {
                    self.obstacles = Some(answer);
                    dialogs::tell(&self.toasts, &gettext("Something else is in the way of a restart now"));
                }
                (Some(_), Ok(_)) => {
                    self.restarting = true;
                    self.order(Order::Restarting(RestartOrder::Despite));
                }
                // Nobody knows what would be passed over.
                (Some(_), Err(error)) => dialogs::present_failure(&self.toasts, &wording::client_error(error)),
                (None, _) => self.obstacles = Some(answer),
            },
            RestartFact::Answered(Err(error)) => {
                dialogs::present_failure(&self.toasts, &wording::client_error(&error));
            }
            RestartFact::Answered(Ok(())) | RestartFact::Scheduled(_) => {}
        }
    }

    /// Shows in the dialog what a restart would disturb.
    pub(super) fn paint_restart(&self) {
        if let (Some(dialog), Some(state)) = (&self.restart_dialog, &self.state) {
            let view = RestartView::of(&state.snapshot, self.obstacles.as_ref(), state.running().is_none());
            dialog.sender().emit(RestartDialogInput::Show(view));
        }
    }
}
