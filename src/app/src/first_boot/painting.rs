// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::Preflight;
use relm4::ComponentController as _;

use super::FirstBoot;
use super::desktops_page::DesktopsPageInput;
use super::updates_page::UpdatesPageInput;
use crate::helper_worker::{Answer, Order, Reading};
use crate::view_model::Calendar;
use crate::view_model::first_boot::{
    DesktopsStep, DoneContext, DoneStep, Step, SummaryContext, SummaryStep, UpdatesStep, WorkStep,
};

impl FirstBoot {
    /// Shows in every step how things stand.
    pub(super) fn paint(&mut self) {
        let Some(state) = self.state.clone() else { return };
        self.paint_desktops();
        let updates = UpdatesPageInput::Show(UpdatesStep::of(&state.snapshot), self.choices.automatic);
        self.steps.updates.sender().emit(updates);
        let catalogs = self.catalogs.there();
        let (choices, settings_done) = (&self.choices, self.settings_done);
        let context = SummaryContext { state: &state, catalogs, choices, answer: self.answer(), settings_done };
        let summary = SummaryStep::of(context, &Calendar::here_and_now());
        let work = WorkStep::of(&self.work, self.task, self.choices.desktop.as_ref(), &state, self.uid);
        let done = DoneStep::of(DoneContext {
            ending: &self.ending,
            restarting: self.restarting,
            state: &state,
            lost: self.lost,
            settings_done,
            catalogs,
            desktop: self.choices.desktop.as_ref(),
            answer: self.found_after.as_ref(),
        });
        self.steps.show_buttons(Step::Summary, summary.buttons.clone());
        self.steps.show_buttons(Step::Work, work.buttons.clone());
        self.steps.show_buttons(Step::Done, done.buttons.clone());
        self.steps.summary.sender().emit(Box::new(summary));
        self.steps.work.sender().emit(Box::new(work));
        self.steps.done.sender().emit(Box::new(done));
        self.paint_leaving();
        self.paint_restart();
    }

    /// What is known of the desktop that is chosen now.
    pub(super) fn answer(&self) -> Option<&Answer<Preflight>> {
        let (asked, answer) = self.looked_up.as_ref()?;
        let chosen = self.choices.desktop.as_ref()?;
        answer.as_ref().filter(|_| chosen.image == *asked)
    }

    fn paint_desktops(&mut self) {
        let Some(state) = &self.state else { return };
        let chosen = self.choices.desktop.as_ref();
        let step = DesktopsStep::of(state, &self.catalogs, self.network.now(), chosen, self.all_desktops);
        if let DesktopsStep::Cards(cards) = &step {
            let wanted: Vec<_> =
                cards.pictures().filter(|entry| !self.pictures.contains(*entry)).map(ToOwned::to_owned).collect();
            for entry in wanted {
                self.order(Order::Read(Reading::Picture(entry.clone())));
                self.pictures.insert(entry);
            }
        }
        self.steps.desktops.sender().emit(DesktopsPageInput::Show(Box::new(step)));
    }
}
