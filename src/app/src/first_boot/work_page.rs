// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use super::step_status;
use crate::failure_details::FailureDetails;
use crate::pages::{OperationBar, OperationBarInput};
use crate::view_model::first_boot::WorkStep;

/// The step in which everything is done.
#[derive(Debug)]
pub(super) struct WorkPage {
    step: WorkStep,
    bar: Controller<OperationBar>,
    page: adw::StatusPage,
}

#[component(pub(super))]
impl SimpleComponent for WorkPage {
    type Init = WorkStep;
    type Input = Box<WorkStep>;
    type Output = ();

    view! {
        page = adw::StatusPage {
            adw::Clamp {
                set_maximum_size: 400,

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_spacing: 12,

                    append: model.bar.widget(),

                    #[template]
                    FailureDetails {
                        #[watch]
                        set_visible: model.step.detail.is_some(),

                        #[template_child]
                        detail {
                            #[watch]
                            set_label: model.step.detail.as_deref().unwrap_or_default(),
                            #[watch]
                            update_property: &[gtk::accessible::Property::Label(
                            model.step.detail.as_deref().unwrap_or_default(),
                            )],
                        },
                    },
                },
            },
        }
    }

    fn init(step: Self::Init, root: Self::Root, _sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let bar = OperationBar::builder().launch(None).detach();
        let model = Self { step, bar, page: root.clone() };
        let widgets = view_output!();
        step_status::show(&model.page, &model.step.status);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, step: Self::Input, _sender: ComponentSender<Self>) {
        if *step == self.step {
            return;
        }
        self.bar.sender().emit(OperationBarInput::Show(step.progress.clone()));
        step_status::show(&self.page, &step.status);
        if step.status.title != self.step.status.title && self.page.is_mapped() {
            let page = self.page.upcast_ref::<gtk::Widget>();
            page.announce(&step.status.title, gtk::AccessibleAnnouncementPriority::Medium);
        }
        self.step = *step;
    }
}
