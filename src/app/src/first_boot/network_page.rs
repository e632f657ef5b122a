// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, component,
    gtk,
};

use crate::pages::{StatusInput, StatusOutput, StatusPage};
use crate::view_model::Network;
use crate::view_model::first_boot::NetworkStep;

/// The step that says whether the computer is connected.
#[derive(Debug)]
pub(super) struct NetworkPage {
    step: NetworkStep,
    can_open_settings: bool,
    status: Controller<StatusPage>,
    page: gtk::Box,
}

/// What the step tells: the settings of the system are wanted.
#[derive(Debug)]
pub(super) struct SettingsWanted;

#[component(pub(super))]
impl SimpleComponent for NetworkPage {
    type Init = (Network, bool);
    type Input = Network;
    type Output = SettingsWanted;

    view! {
        gtk::Box {
            #[local_ref]
            status -> gtk::Widget {
                set_hexpand: true,
            },
        }
    }

    fn init(
        (network, can_open_settings): Self::Init,
        root: Self::Root,
        sender: ComponentSender<Self>,
    ) -> ComponentParts<Self> {
        let step = NetworkStep::of(network, can_open_settings);
        let status = StatusPage::builder()
            .launch(step.status.clone())
            .forward(sender.output_sender(), |StatusOutput::Pressed| SettingsWanted);
        let model = Self { step, can_open_settings, status, page: root.clone() };
        let status = model.status.widget().upcast_ref::<gtk::Widget>();
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, network: Self::Input, _sender: ComponentSender<Self>) {
        let step = NetworkStep::of(network, self.can_open_settings);
        if step == self.step {
            return;
        }
        if self.page.is_mapped() {
            self.page
                .upcast_ref::<gtk::Widget>()
                .announce(&step.status.title, gtk::AccessibleAnnouncementPriority::Medium);
        }
        self.status.sender().emit(StatusInput::Show(step.status.clone()));
        self.step = step;
    }
}
