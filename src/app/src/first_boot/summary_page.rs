// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use super::step_page::StepPage;
use crate::dialogs::{ChoiceList, ChoiceListInit, FindingGroupBox, Toggled, show_findings};
use crate::rows::{LineRow, show_lines};
use crate::view_model::first_boot::SummaryStep;

/// The step that says what all that was chosen comes to.
#[derive(Debug)]
pub(super) struct SummaryPage {
    step: SummaryStep,
    plan: FactoryVecDeque<LineRow>,
    facts: FactoryVecDeque<LineRow>,
    blocking: FactoryVecDeque<FindingGroupBox>,
    others: FactoryVecDeque<FindingGroupBox>,
    reset: Controller<ChoiceList>,
    page: gtk::ScrolledWindow,
}

/// What the step tells.
#[derive(Debug)]
pub(super) enum SummaryPageOutput {
    /// What there is to know has to be asked again.
    Retried,
    /// The person chooses whether what rpm-ostree has changed is taken back.
    ResetToggled(bool),
}

#[component(pub(super))]
impl SimpleComponent for SummaryPage {
    type Init = ();
    type Input = Box<SummaryStep>;
    type Output = SummaryPageOutput;

    view! {
        #[template]
        StepPage {
            #[template_child]
            heading {
                set_label: &gettext("What Will Happen"),
            },

            #[template_child]
            words {
                #[watch]
                set_label: &model.step.so_far,
            },

            #[template_child]
            body {
                #[local_ref]
                plan -> gtk::ListBox {
                    set_selection_mode: gtk::SelectionMode::None,
                    add_css_class: "boxed-list",
                    update_property: &[gtk::accessible::Property::Label(&gettext("What Will Happen"))],
                },

                #[local_ref]
                blocking -> gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                },

                adw::PreferencesGroup {
                    add_css_class: "preflight-group",
                    #[watch]
                    set_visible: !model.step.facts.is_empty(),
                    #[watch]
                    set_title: &gtk::glib::markup_escape_text(&model.step.about),

                    #[local_ref]
                    facts -> gtk::ListBox {
                        set_selection_mode: gtk::SelectionMode::None,
                        add_css_class: "boxed-list",
                        #[watch]
                        update_property: &[gtk::accessible::Property::Label(&model.step.about)],
                    },
                },

                #[local_ref]
                others -> gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                },

                #[local_ref]
                reset -> gtk::ListBox {},
            },
        }
    }

    fn init((): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        // Translators: the heading of what was changed with rpm-ostree on this computer.
        let label = gettext("What Was Changed");
        let model = Self {
            step: SummaryStep::default(),
            plan: FactoryVecDeque::builder().launch(gtk::ListBox::default()).detach(),
            facts: FactoryVecDeque::builder()
                .launch(gtk::ListBox::default())
                .forward(sender.output_sender(), |_| SummaryPageOutput::Retried),
            blocking: FactoryVecDeque::builder().launch(gtk::Box::default()).detach(),
            others: FactoryVecDeque::builder().launch(gtk::Box::default()).detach(),
            reset: ChoiceList::builder()
                .launch(ChoiceListInit { label, active: false })
                .forward(sender.output_sender(), |Toggled(reset)| SummaryPageOutput::ResetToggled(reset)),
            page: gtk::ScrolledWindow::clone(&root),
        };
        let (plan, facts, reset) = (model.plan.widget(), model.facts.widget(), model.reset.widget());
        let (blocking, others) = (model.blocking.widget(), model.others.widget());
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, step: Self::Input, _sender: ComponentSender<Self>) {
        if *step == self.step {
            return;
        }
        show_lines(&mut self.plan, &step.plan);
        show_lines(&mut self.facts, &step.facts);
        show_findings(&mut self.blocking, &self.step.blocking, &step.blocking);
        show_findings(&mut self.others, &self.step.others, &step.others);
        self.reset.sender().emit(step.reset.clone());
        if !step.spoken.is_empty() && step.spoken != self.step.spoken {
            let page = self.page.upcast_ref::<gtk::Widget>();
            page.announce(&step.spoken, gtk::AccessibleAnnouncementPriority::Medium);
        }
        self.step = *step;
    }
}
