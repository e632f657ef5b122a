// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, Controller, Sender, adw, gtk};

use super::FirstBootInput;
use super::desktops_page::{DesktopsPage, DesktopsPageOutput};
use super::done_page::DonePage;
use super::network_page::{NetworkPage, SettingsWanted};
use super::step_frame::{StepFrame, StepFrameInit, StepFrameInput};
use super::summary_page::{SummaryPage, SummaryPageOutput};
use super::updates_page::{ModeChosen, UpdatesPage};
use super::welcome_page::WelcomePage;
use super::work_page::WorkPage;
use crate::view_model::Network;
use crate::view_model::first_boot::{DoneStep, Step, StepButtons, UpdatesStep, WorkStep};

/// All the steps, each in its frame.
#[derive(Debug)]
pub(super) struct Steps {
    /// What turns from one to the other.
    pub(super) navigation: adw::NavigationView,
    pub(super) welcome: Controller<WelcomePage>,
    pub(super) network: Controller<NetworkPage>,
    pub(super) desktops: Controller<DesktopsPage>,
    pub(super) updates: Controller<UpdatesPage>,
    pub(super) summary: Controller<SummaryPage>,
    pub(super) work: Controller<WorkPage>,
    pub(super) done: Controller<DonePage>,
    frames: Vec<(Step, StepButtons, Controller<StepFrame>)>,
}

/// What the steps show before anything is known.
#[derive(Debug)]
pub(super) struct StepsInit {
    /// How the computer stands to the network.
    pub(super) network: Network,
    /// The settings of the system can be opened.
    pub(super) can_open_settings: bool,
    /// The ways in which updates can come.
    pub(super) updates: UpdatesStep,
    /// What is shown while something is done.
    pub(super) work: WorkStep,
    /// What is shown at the end.
    pub(super) done: DoneStep,
}

impl Steps {
    /// All of them, with the first one in sight.
    pub(super) fn new(init: StepsInit, input: &Sender<FirstBootInput>) -> Self {
        let mut steps = Self {
            navigation: adw::NavigationView::builder().pop_on_escape(false).build(),
            welcome: WelcomePage::builder().launch(init.network).detach(),
            network: NetworkPage::builder()
                .launch((init.network, init.can_open_settings))
                .forward(input, |SettingsWanted| FirstBootInput::SettingsWanted),
            desktops: DesktopsPage::builder().launch(()).forward(input, |output| match output {
                DesktopsPageOutput::Chosen(desktop) => FirstBootInput::DesktopChosen(desktop),
                DesktopsPageOutput::MoreWanted => FirstBootInput::MoreDesktopsWanted,
                DesktopsPageOutput::Retried => FirstBootInput::CatalogsRetried,
            }),
            updates: UpdatesPage::builder()
                .launch(init.updates)
                .forward(input, |ModeChosen(mode)| FirstBootInput::ModeChosen(mode)),
            summary: SummaryPage::builder().launch(()).forward(input, |output| match output {
                SummaryPageOutput::Retried => FirstBootInput::PreflightRetried,
                SummaryPageOutput::ResetToggled(reset) => FirstBootInput::ResetToggled(reset),
            }),
            work: WorkPage::builder().launch(init.work).detach(),
            done: DonePage::builder().launch(init.done).detach(),
            frames: Vec::new(),
        };
        for step in Step::ALL {
            let buttons = match step {
                Step::Welcome => StepButtons::of_welcome(),
                Step::Network => StepButtons::of_words(),
                Step::Desktop | Step::Updates => StepButtons::of_choice(),
                Step::Summary | Step::Work | Step::Done => StepButtons::default(),
            };
            let frame =
                StepFrameInit { step, title: title(step), content: steps.content(step), buttons: buttons.clone() };
            let frame = StepFrame::builder().launch(frame).forward(input, FirstBootInput::Pressed);
            steps.navigation.add(frame.widget());
            steps.frames.push((step, buttons, frame));
        }
        let turned = input.clone();
        steps.navigation.connect_visible_page_notify(move |_| turned.emit(FirstBootInput::Turned));
        steps
    }

    /// The step in sight.
    pub(super) fn shown(&self) -> Step {
        let tag = self.navigation.visible_page().and_then(|page| page.tag());
        tag.and_then(|tag| Step::from_tag(&tag)).unwrap_or(Step::Welcome)
    }

    /// Turns to this one, which may lie before the one in sight.
    pub(super) fn turn_to(&self, step: Step) {
        let stack = self.navigation.navigation_stack();
        let pages = stack.iter::<adw::NavigationPage>().flatten();
        let before = pages.into_iter().find(|page| page.tag().is_some_and(|tag| tag == step.tag()));
        match before {
            _ if self.shown() == step => {}
            Some(page) => {
                self.navigation.pop_to_page(&page);
            }
            None => self.navigation.push_by_tag(step.tag()),
        }
    }

    /// These are the buttons of this step from now on.
    pub(super) fn show_buttons(&mut self, step: Step, buttons: StepButtons) {
        let frame = self.frames.iter_mut().find(|(of, ..)| *of == step);
        if let Some((_, shown, frame)) = frame.filter(|(_, shown, _)| *shown != buttons) {
            frame.sender().emit(StepFrameInput::Show(buttons.clone()));
            *shown = buttons;
        }
    }

    fn content(&self, step: Step) -> gtk::Widget {
        match step {
            Step::Welcome => self.welcome.widget().clone().upcast(),
            Step::Network => self.network.widget().clone().upcast(),
            Step::Desktop => self.desktops.widget().clone().upcast(),
            Step::Updates => gtk::ScrolledWindow::clone(self.updates.widget()).upcast(),
            Step::Summary => gtk::ScrolledWindow::clone(self.summary.widget()).upcast(),
            Step::Work => self.work.widget().clone().upcast(),
            Step::Done => self.done.widget().clone().upcast(),
        }
    }
}

fn title(step: Step) -> String {
    match step {
        Step::Welcome => gettext("Welcome"),
        Step::Network => gettext("Network"),
        Step::Desktop => gettext("Choose Your Desktop"),
        Step::Updates => gettext("How Updates Come"),
        Step::Summary => gettext("What Will Happen"),
        Step::Work => gettext("Setting Up"),
        Step::Done => gettext("Done"),
    }
}
