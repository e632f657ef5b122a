// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, adw, component, gtk};

use super::step_status;
use crate::dialogs::{FindingGroupBox, show_findings};
use crate::view_model::first_boot::DoneStep;

/// The last step: what has come of it.
#[derive(Debug)]
pub(super) struct DonePage {
    step: DoneStep,
    findings: FactoryVecDeque<FindingGroupBox>,
    page: adw::StatusPage,
}

#[component(pub(super))]
impl SimpleComponent for DonePage {
    type Init = DoneStep;
    type Input = Box<DoneStep>;
    type Output = ();

    view! {
        page = adw::StatusPage {
            adw::Clamp {
                set_maximum_size: 480,

                #[local_ref]
                findings -> gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    #[watch]
                    set_visible: !model.step.findings.is_empty(),
                },
            },
        }
    }

    fn init(step: Self::Init, root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self {
            step,
            findings: FactoryVecDeque::builder().launch(gtk::Box::default()).detach(),
            page: root.clone(),
        };
        let findings = model.findings.widget();
        let widgets = view_output!();
        step_status::show(&model.page, &model.step.status);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, step: Self::Input, _sender: ComponentSender<Self>) {
        if *step == self.step {
            return;
        }
        show_findings(&mut self.findings, &self.step.findings, &step.findings);
        step_status::show(&self.page, &step.status);
        self.step = *step;
    }
}
