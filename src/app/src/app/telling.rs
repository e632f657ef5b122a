// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording::Explanation;

use super::App;
use crate::dialogs;
use crate::view_model::Question;

impl App {
    /// Asks, with nothing told in passing behind the question.
    pub(super) fn ask(&mut self, question: &Question, agreed: impl Fn() + 'static) {
        self.clear_toast();
        dialogs::ask(&self.toasts, question, agreed);
    }

    /// Says what went wrong.
    pub(super) fn fail(&mut self, explanation: &Explanation) {
        self.clear_toast();
        dialogs::present_failure(&self.toasts, explanation);
    }

    /// Tells something in passing; the newest replaces the one before.
    pub(super) fn tell(&mut self, text: &str) {
        self.clear_toast();
        self.toast = Some(dialogs::tell(&self.toasts, text));
    }

    /// What was told in passing would be half covered by a dialog.
    pub(super) fn clear_toast(&mut self) {
        if let Some(sheet) = &self.sheet {
            sheet.quiet();
        }
        if let Some(toast) = self.toast.take() {
            toast.dismiss();
        }
    }
}
